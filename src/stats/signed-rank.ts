// Paired differences -> whether they tend to be positive: the signed-rank test of Wilcoxon.

import { midranks, tieCorrection } from "./midranks.ts";
import { sumOfSigned, tailsAt } from "./rank-sums.ts";
import { exactTest, isExact, normalTest, type RankTest } from "./rank-test.ts";
import { remembered } from "./remembered.ts";

/** Without ties the distribution depends on the number of differences alone. */
export const untiedSignedRanks = remembered((count: number) =>
  sumOfSigned(Array.from({ length: count }, (_, index) => index + 1)),
);

/**
 * Tests paired differences; `pGreater` is small when they tend to be positive. Differences of 0 say nothing and are
 * left out. Exact, given the ties, for at most 50 differences (25 with ties), else normal.
 * Source: Wilcoxon, Biometrics Bulletin 1 (1945); Lehmann, "Nonparametrics", 3.2.
 */
export function signedRank(differences: readonly number[]): RankTest {
  const nonZero = differences.filter((difference) => difference !== 0);
  const count = nonZero.length;
  if (count === 0) return exactTest(0, { lower: 1, upper: 1 });
  const { ranks, ties } = midranks(nonZero.map(Math.abs));
  const positive = ranks.filter((_, index) => (nonZero[index] ?? 0) > 0).reduce((sum, rank) => sum + rank, 0);
  if (!isExact(count, ties.length > 0)) {
    const variance = (count * (count + 1) * (2 * count + 1)) / 24 - tieCorrection(ties) / 48;
    return normalTest(positive, (count * (count + 1)) / 4, variance);
  }
  const distribution = ties.length > 0 ? sumOfSigned(ranks) : untiedSignedRanks(count);
  return exactTest(positive, tailsAt(distribution, positive));
}
