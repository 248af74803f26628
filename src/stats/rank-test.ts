// What the rank tests have in common: what they say, when they count exactly, and how they approximate.

import { normalUpperTail } from "./normal.ts";

export interface RankTest {
  /** Mann-Whitney: U of the first sample. Signed ranks: W+, the sum of the ranks of positive differences. */
  readonly statistic: number;
  /** One-sided: how likely a statistic so small, or so large, is by chance. */
  readonly pLess: number;
  readonly pGreater: number;
  readonly pTwoSided: number;
  /** False: by the normal distribution, with tie and continuity correction. */
  readonly exact: boolean;
}

const EXACT_UP_TO = 50;
const EXACT_WITH_TIES_UP_TO = 25;

/** Whether `count` values (of the larger sample) are few enough to count all arrangements. */
export function isExact(count: number, hasTies: boolean): boolean {
  return count <= (hasTies ? EXACT_WITH_TIES_UP_TO : EXACT_UP_TO);
}

export function exactTest(statistic: number, tails: { readonly lower: number; readonly upper: number }): RankTest {
  const pTwoSided = Math.min(1, 2 * Math.min(tails.lower, tails.upper));
  return { statistic, pLess: tails.lower, pGreater: tails.upper, pTwoSided, exact: true };
}

/** The test that a normal distribution makes, with half a rank of continuity correction towards the mean. */
export function normalTest(statistic: number, mean: number, variance: number): RankTest {
  if (variance === 0) return { statistic, pLess: 1, pGreater: 1, pTwoSided: 1, exact: false };
  const deviation = Math.sqrt(variance);
  const pLess = normalUpperTail((mean - statistic - 0.5) / deviation);
  const pGreater = normalUpperTail((statistic - mean - 0.5) / deviation);
  return { statistic, pLess, pGreater, pTwoSided: Math.min(1, 2 * Math.min(pLess, pGreater)), exact: false };
}
