// Values in the order of time -> whether they drift, and whether each resembles the one before.

import { mean } from "./moments.ts";
import { midranks } from "./midranks.ts";
import { normalUpperTail } from "./normal.ts";

export interface TrendTest {
  /** Pairs that rise minus pairs that fall. */
  readonly s: number;
  readonly variance: number;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Whether `values` drift up or down, whatever the shape of the drift.
 * Source: Mann, Econometrica 13 (1945); Kendall, "Rank Correlation Methods" (1975), with ties and continuity correction.
 */
export function mannKendall(values: readonly number[]): TrendTest {
  const count = values.length;
  let s = 0;
  for (const [index, later] of values.entries()) {
    for (const earlier of values.slice(0, index)) s += Math.sign(later - earlier);
  }
  const ties = midranks(values).ties.reduce((sum, size) => sum + size * (size - 1) * (2 * size + 5), 0);
  const variance = (count * (count - 1) * (2 * count + 5) - ties) / 18;
  const z = variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  return { s, variance, z, p: Math.min(1, 2 * normalUpperTail(Math.abs(z))) };
}

export interface AutocorrelationTest {
  /** From -1 to 1: how much each value resembles the one before it. */
  readonly coefficient: number;
  /** One-sided: how likely a coefficient so large is when values are independent. */
  readonly p: number;
}

/**
 * Whether neighbours resemble each other, in which case the values are worth fewer than they are.
 * Source: Box and Jenkins, "Time Series Analysis", 2.1; expected value -1/n, variance 1/n of independent values.
 */
export function autocorrelation(values: readonly number[]): AutocorrelationTest {
  const center = mean(values) ?? 0;
  const deviations = values.map((value) => value - center);
  const squares = deviations.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) return { coefficient: 0, p: 1 };
  const products = deviations.slice(1).reduce((sum, value, index) => sum + value * (deviations[index] ?? 0), 0);
  const coefficient = products / squares;
  const count = values.length;
  return { coefficient, p: normalUpperTail((coefficient + 1 / count) * Math.sqrt(count)) };
}
