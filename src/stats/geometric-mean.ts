// Ratios -> their typical size: a gain and an equal loss cancel.

/**
 * Geometric mean of positive values; null of nothing, or where one is not positive.
 * Source: Fleming and Wallace, "How not to lie with statistics", Communications of the ACM 29 (1986).
 */
export function geometricMean(values: readonly number[]): number | null {
  if (values.length === 0 || values.some((value) => !(value > 0))) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
