// Samples -> by how much one is shifted against the other: the estimate of Hodges and Lehmann with its interval.

import { normalUpperQuantile } from "./normal.ts";
import type { SumDistribution } from "./rank-sums.ts";
import { median } from "./ranks.ts";
import { untiedRankSums } from "./mann-whitney.ts";
import { isExact } from "./rank-test.ts";
import { remembered } from "./remembered.ts";
import { untiedSignedRanks } from "./signed-rank.ts";

export interface Shift {
  readonly estimate: number;
  /** Null where so few values bound no interval of that level. */
  readonly low: number | null;
  readonly high: number | null;
}

/** 1 - 0.9 is a little less than 0.1: without this a tail of just 5 % would count as more. */
const ROUNDING = 1e-12;

/** The largest c, counted from the lowest possible sum, whose tail below c is at most `tail`; 0: there is none. */
function exactRank({ probabilities, scale }: SumDistribution, lowest: number, tail: number): number {
  let below = 0;
  let rank = 0;
  for (let sum = lowest * scale; sum < probabilities.length; sum++) {
    below += probabilities[sum] ?? 0;
    if (below > tail + ROUNDING) return rank;
    rank++;
  }
  return rank;
}

function normalRank(mean: number, variance: number, tail: number): number {
  return Math.max(0, Math.floor(mean - normalUpperQuantile(tail) * Math.sqrt(variance) + 0.5));
}

/**
 * Which of the sorted pairwise differences, counted from 1 at either end, bounds a two-sided interval of at least
 * `level` (0.9 is 90 %); 0: so few values bound none. Source: Lehmann, "Nonparametrics", 2.6 and table for n <= 50.
 */
export const unpairedRank = remembered((first: number, second: number, level: number) => {
  const tail = (1 - level) / 2;
  if (isExact(Math.max(first, second), false)) {
    return exactRank(untiedRankSums(first, second), (first * (first + 1)) / 2, tail);
  }
  return normalRank((first * second) / 2, (first * second * (first + second + 1)) / 12, tail);
});

/** The same for the sorted Walsh averages of `count` paired differences. Source: Lehmann, "Nonparametrics", 4.5. */
export const pairedRank = remembered((count: number, level: number) => {
  const tail = (1 - level) / 2;
  if (isExact(count, false)) return exactRank(untiedSignedRanks(count), 0, tail);
  return normalRank((count * (count + 1)) / 4, (count * (count + 1) * (2 * count + 1)) / 24, tail);
});

function shiftOf(values: readonly number[], rank: number): Shift {
  const sorted = Float64Array.from(values).sort();
  const estimate = median([...sorted]) ?? Number.NaN;
  return {
    estimate,
    low: rank === 0 ? null : (sorted[rank - 1] ?? null),
    high: rank === 0 ? null : (sorted[sorted.length - rank] ?? null),
  };
}

/**
 * By how much `b` is shifted against `a`: the median of all differences b - a, with the interval that belongs to the
 * Mann-Whitney test. Neither may be empty. Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963).
 */
export function unpairedShift(a: readonly number[], b: readonly number[], level: number): Shift {
  const differences = a.flatMap((first) => b.map((second) => second - first));
  return shiftOf(differences, unpairedRank(a.length, b.length, level));
}

/** The centre of paired differences: the median of their Walsh averages, with the signed-rank test's interval. */
export function pairedShift(differences: readonly number[], level: number): Shift {
  const averages = differences.flatMap((first, index) =>
    differences.slice(index).map((second) => (first + second) / 2),
  );
  return shiftOf(averages, pairedRank(differences.length, level));
}
