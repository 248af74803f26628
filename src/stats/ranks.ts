// Percentages and counts -> ranks, in integers: which of n sorted values a percentile is, and whether n suffices for it.

/** A percentile is exact to this many parts per percent, so that 99.9999 is an integer. */
const PARTS_PER_PERCENT = 1_000_000;
const PARTS_IN_ALL = BigInt(100 * PARTS_PER_PERCENT);

function partsOf(percentile: number): bigint {
  // NaN fails the comparison too.
  if (!(percentile >= 0 && percentile <= 100)) throw new RangeError(`percentile ${percentile} is not within 0 and 100`);
  return BigInt(Math.round(percentile * PARTS_PER_PERCENT));
}

/**
 * Nearest rank of a percentile (0 to 100, up to six decimals) among `count` sorted values: ceil(percentile / 100 *
 * count), from 1 to `count`; 0 when there are no values. In floating point 99.9 % of 1000 would become rank 1000.
 * Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), type 1.
 */
export function nearestRank(percentile: number, count: number): number {
  const rank = (partsOf(percentile) * BigInt(count) + PARTS_IN_ALL - 1n) / PARTS_IN_ALL;
  return Math.min(Math.max(Number(rank), 1), count);
}

/**
 * Whether `count` values say anything about a percentile: at least ten of them are expected beyond it, that is
 * count >= 10 / (1 - percentile / 100). p90 needs 100, p99 1000, p99.99 100000.
 */
export function isCountSufficient(percentile: number, count: number): boolean {
  return BigInt(count) * (PARTS_IN_ALL - partsOf(percentile)) >= 10n * PARTS_IN_ALL;
}

/** Null of nothing. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.1. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
