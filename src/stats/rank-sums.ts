// Ranks -> how likely each of their sums is when nothing but chance decides which ranks are summed.

/** Probabilities by sum: `probabilities[s]` is that of the sum `s / scale`. */
export interface SumDistribution {
  readonly probabilities: Float64Array;
  /** 2 where ranks are halves, else 1. */
  readonly scale: 1 | 2;
}

const scaleOf = (ranks: readonly number[]): 1 | 2 => (ranks.every(Number.isInteger) ? 1 : 2);

function normalized(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/**
 * The sum of `size` of `ranks` drawn without replacement, every choice as likely as every other: the exact distribution
 * of a rank sum given the ties. Source: Lehmann, "Nonparametrics: Statistical Methods Based on Ranks", 1.2 and 1.4.
 */
export function sumOfChosen(ranks: readonly number[], size: number): SumDistribution {
  const scale = scaleOf(ranks);
  const weights = ranks.map((rank) => rank * scale).sort((a, b) => a - b);
  const largest = weights.slice(weights.length - size).reduce((sum, weight) => sum + weight, 0);
  // counts[k][s]: ways to choose k of the weights so far with the sum s.
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(largest + 1));
  counts[0]?.fill(1, 0, 1);
  for (const [index, weight] of weights.entries()) {
    for (let chosen = Math.min(size, index + 1); chosen >= 1; chosen--) {
      const into = counts[chosen];
      const from = counts[chosen - 1];
      if (into === undefined || from === undefined) continue;
      for (let sum = weight; sum <= largest; sum++) into[sum] = (into[sum] ?? 0) + (from[sum - weight] ?? 0);
    }
  }
  return { probabilities: normalized(counts[size] ?? new Float64Array(1)), scale };
}

/** The exact distribution of the signed-rank statistic, given the ties. Source: Lehmann, "Nonparametrics", 3.2. */
export function sumOfSigned(ranks: readonly number[]): SumDistribution {
  const scale = scaleOf(ranks);
  const weights = ranks.map((rank) => rank * scale);
  const largest = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = new Float64Array(largest + 1);
  counts[0] = 1;
  for (const weight of weights) {
    for (let sum = largest; sum >= weight; sum--) counts[sum] = (counts[sum] ?? 0) + (counts[sum - weight] ?? 0);
  }
  return { probabilities: normalized(counts), scale };
}

/** Both tails at `sum`, itself included in each. */
export function tailsAt(
  distribution: SumDistribution,
  sum: number,
): { readonly lower: number; readonly upper: number } {
  const { probabilities, scale } = distribution;
  const at = Math.round(sum * scale);
  let lower = 0;
  let upper = 0;
  for (let index = 0; index <= at; index++) lower += probabilities[index] ?? 0;
  for (let index = at; index < probabilities.length; index++) upper += probabilities[index] ?? 0;
  return { lower: Math.min(lower, 1), upper: Math.min(upper, 1) };
}
