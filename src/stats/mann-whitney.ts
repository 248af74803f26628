// Two independent samples -> whether one tends to be larger: the rank-sum test of Mann and Whitney.

import { midranks, tieCorrection } from "./midranks.ts";
import { sumOfChosen, tailsAt } from "./rank-sums.ts";
import { exactTest, isExact, normalTest, type RankTest } from "./rank-test.ts";
import { remembered } from "./remembered.ts";

/** Without ties the distribution depends on the sizes alone. */
export const untiedRankSums = remembered((first: number, second: number) => {
  const ranks = Array.from({ length: first + second }, (_, index) => index + 1);
  return sumOfChosen(ranks, first);
});

interface RankedPair {
  readonly u: number;
  readonly ranks: readonly number[];
  readonly ties: readonly number[];
}

function rankPair(a: readonly number[], b: readonly number[]): RankedPair {
  const { ranks, ties } = midranks([...a, ...b]);
  const rankSum = ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0);
  return { u: rankSum - (a.length * (a.length + 1)) / 2, ranks, ties };
}

function normalVariant({ u, ties }: RankedPair, first: number, second: number): RankTest {
  const all = first + second;
  const variance = ((first * second) / 12) * (all + 1 - tieCorrection(ties) / (all * (all - 1)));
  return normalTest(u, (first * second) / 2, variance);
}

/** The approximation for large samples. Source: Lehmann, "Nonparametrics", 1.3 and 1.4. */
export function mannWhitneyNormal(a: readonly number[], b: readonly number[]): RankTest {
  return normalVariant(rankPair(a, b), a.length, b.length);
}

/**
 * Tests `a` against `b`; `pGreater` is small when `a` tends to be larger. Exact, given the ties, for at most 50 values
 * a side (25 with ties), else normal. Neither may be empty.
 * Source: Mann and Whitney, Annals of Mathematical Statistics 18 (1947); ties: Lehmann, "Nonparametrics", 1.4.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  const pair = rankPair(a, b);
  const hasTies = pair.ties.length > 0;
  if (!isExact(Math.max(a.length, b.length), hasTies)) return normalVariant(pair, a.length, b.length);
  const distribution = hasTies ? sumOfChosen(pair.ranks, a.length) : untiedRankSums(a.length, b.length);
  return exactTest(pair.u, tailsAt(distribution, pair.u + (a.length * (a.length + 1)) / 2));
}
