// Ratios -> their typical size: a gain and an equal loss cancel.

/** Null of nothing, or where a value is not positive. Source: Fleming and Wallace, CACM 29 (1986). */
export function geometricMean(values: readonly number[]): number | null {
  if (values.length === 0 || values.some((value) => !(value > 0))) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
