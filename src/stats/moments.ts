// Numbers -> their mean and how far they scatter around it.

/** Arithmetic mean; null of nothing. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.1. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumOfSquaredDeviations(values: readonly number[], center: number): number {
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0);
}

/**
 * Population standard deviation (divisor n): the scatter of values that are all there is, such as every interval of
 * a round; null of nothing. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.6, with n for n - 1.
 */
export function standardDeviation(values: readonly number[]): number | null {
  const center = mean(values);
  return center === null ? null : Math.sqrt(sumOfSquaredDeviations(values, center) / values.length);
}

/**
 * Coefficient of variation of a few rounds: their sample standard deviation (divisor n - 1, because they stand for all
 * the rounds that could have been run) divided by their mean. A ratio: 0.02 is 2 %. Null of fewer than two values or
 * around a mean of 0. Source: NIST/SEMATECH Dataplot Reference Manual, "Coefficient of Variation".
 */
export function coefficientOfVariation(values: readonly number[]): number | null {
  const center = mean(values);
  if (center === null || center === 0 || values.length < 2) return null;
  return Math.sqrt(sumOfSquaredDeviations(values, center) / (values.length - 1)) / center;
}
