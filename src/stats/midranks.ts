// Values -> their ranks, equal values sharing the mean of theirs.

export interface Midranks {
  /** Rank of each value in the order given, from 1; halves where two share. */
  readonly ranks: readonly number[];
  /** Sizes of the groups of equal values, those of one value left out. */
  readonly ties: readonly number[];
}

/** Ranks with ties shared (Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945). */
export function midranks(values: readonly number[]): Midranks {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = values.map(() => 0);
  const ties: number[] = [];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let place = start; place < end; place++) ranks[order[place] ?? 0] = (start + 1 + end) / 2;
    if (end - start > 1) ties.push(end - start);
    start = end;
  }
  return { ranks, ties };
}

/** What ties take from the variance of a rank sum: the sum of t^3 - t over groups of t equal values. */
export function tieCorrection(ties: readonly number[]): number {
  return ties.reduce((sum, size) => sum + size ** 3 - size, 0);
}
