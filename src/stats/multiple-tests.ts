// p-values of several tests -> p-values that hold for all of them together.

/** Puts `adjust(p, place)` at each p, places counted from 0 at the smallest. */
function inOrder(p: readonly number[], adjust: (sorted: readonly number[]) => readonly number[]): readonly number[] {
  const order = p.map((_, index) => index).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
  const adjusted = adjust(order.map((index) => p[index] ?? 1));
  const result = p.map(() => 1);
  for (const [place, index] of order.entries()) result[index] = adjusted[place] ?? 1;
  return result;
}

/**
 * Adjusted so that the chance of even one false alarm among all tests stays at the level asked for.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(p: readonly number[]): readonly number[] {
  return inOrder(p, (sorted) => {
    let largest = 0;
    return sorted.map((value, place) => {
      largest = Math.max(largest, Math.min(1, value * (sorted.length - place)));
      return largest;
    });
  });
}

/**
 * Adjusted so that of the alarms raised, the expected share of false ones stays at the level asked for: for warnings.
 * Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995).
 */
export function benjaminiHochberg(p: readonly number[]): readonly number[] {
  return inOrder(p, (sorted) => {
    let smallest = 1;
    return sorted
      .map((value, place) => [value, place] as const)
      .toReversed()
      .map(([value, place]) => {
        smallest = Math.min(smallest, (value * sorted.length) / (place + 1));
        return smallest;
      })
      .toReversed();
  });
}
