// Two series of one figure -> by how much the candidate is worse, how sure that is, and the verdict; pure numbers.

import { pairedShift, type Shift, unpairedShift } from "../stats/hodges-lehmann.ts";
import { mannWhitney } from "../stats/mann-whitney.ts";
import { normalUpperQuantile } from "../stats/normal.ts";
import { signedRank } from "../stats/signed-rank.ts";
import { roundsToClose, smallestP } from "./closing.ts";

export type Verdict = "regressed" | "improved" | "pass" | "inconclusive";

/** How sure a call has to be: one look at all the data, or each of two looks. */
export interface Confidence {
  /** Of the two-sided interval. */
  readonly level: number;
  /** For the adjusted p-value. */
  readonly alpha: number;
}

export const ONE_LOOK: Confidence = { level: 0.9, alpha: 0.05 };
/** Two looks share the risk between them. */
export const EACH_OF_TWO_LOOKS: Confidence = { level: 0.95, alpha: 0.025 };

export type Obstacle = "missing" | "not-a-number" | "zero" | "too-few";

export interface Series {
  /** One value per round, or per run; null: not measured in it. Paired: in the same order on both sides. */
  readonly baseline: readonly (number | null)[];
  readonly candidate: readonly (number | null)[];
}

export interface JudgeOptions {
  readonly paired: boolean;
  readonly betterWhen: "higher" | "lower";
  /** How much worse does not count: 0.05 is 5 %. */
  readonly tolerance: number;
  readonly confidence: Confidence;
}

/** A ratio minus 1 with its interval: -0.1 is 10 % less. */
export interface ChangeInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Evidence {
  readonly obstacle: Obstacle | null;
  /** Change for the worse: 0.1 is 10 % worse (11.1 % where a rate fell by 10 %). Null: an obstacle. */
  readonly worse: ChangeInterval | null;
  /** One-sided, for "worse by more than the tolerance"; null: an obstacle, or it only informs. */
  readonly p: number | null;
  /** The least that p could be with so many values; null: no values. */
  readonly smallestP: number | null;
  readonly count: number;
}

const MINIMUM_COUNT = { paired: 5, unpaired: 4 } as const;

/** Fewest values a side from which an interval can follow. */
export function minimumCount(paired: boolean): number {
  return paired ? MINIMUM_COUNT.paired : MINIMUM_COUNT.unpaired;
}

function obstacleOf(values: readonly (number | null)[], minimum: number): Obstacle | null {
  if (values.length === 0 || values.includes(null)) return "missing";
  if (values.some((value) => !Number.isFinite(value) || (value ?? 0) < 0)) return "not-a-number";
  // A logarithm of 0 is none, and a rate of 0 means that something else went wrong.
  if (values.includes(0)) return "zero";
  return values.length < minimum ? "too-few" : null;
}

const OBSTACLES: readonly Obstacle[] = ["missing", "not-a-number", "zero", "too-few"];

function worst(obstacles: readonly (Obstacle | null)[]): Obstacle | null {
  return OBSTACLES.find((obstacle) => obstacles.includes(obstacle)) ?? null;
}

/** How two samples are compared: by how much one is shifted, and how likely a shift beyond `limit` is by chance. */
interface Method {
  readonly shift: (baseline: readonly number[], candidate: readonly number[], level: number) => Shift;
  readonly p: (baseline: readonly number[], candidate: readonly number[], limit: number) => number;
}

const differences = (baseline: readonly number[], candidate: readonly number[]): readonly number[] =>
  candidate.map((value, index) => value - (baseline[index] ?? Number.NaN));

const less = (values: readonly number[], limit: number): readonly number[] => values.map((value) => value - limit);

const PAIRED: Method = {
  shift: (baseline, candidate, level) => pairedShift(differences(baseline, candidate), level),
  p: (baseline, candidate, limit) => signedRank(less(differences(baseline, candidate), limit)).pGreater,
};

const UNPAIRED: Method = {
  shift: unpairedShift,
  p: (baseline, candidate, limit) => mannWhitney(less(candidate, limit), baseline).pGreater,
};

/**
 * What two series say about the candidate being worse. Works on logarithms: ratios, not differences. The p-value costs
 * as much as all the rest; what only informs does without it (`gated` false).
 */
export function weigh({ baseline, candidate }: Series, options: JudgeOptions, gated = true): Evidence {
  const { paired, betterWhen, tolerance, confidence } = options;
  const count = Math.min(baseline.length, candidate.length);
  const minimum = minimumCount(paired);
  const obstacle = worst([obstacleOf(baseline, minimum), obstacleOf(candidate, minimum)]);
  const least = count === 0 ? null : smallestP(paired, baseline.length, candidate.length);
  const nothing: Evidence = { obstacle, worse: null, p: null, smallestP: least, count };
  if (obstacle !== null) return nothing;
  const sign = betterWhen === "lower" ? 1 : -1;
  const badness = (values: readonly (number | null)[]): readonly number[] =>
    values.map((value) => sign * Math.log(value ?? Number.NaN));
  const method = paired ? PAIRED : UNPAIRED;
  const [before, after] = [badness(baseline), badness(candidate)];
  const { estimate, low, high } = method.shift(before, after, confidence.level);
  if (low === null || high === null) return { ...nothing, obstacle: "too-few" };
  const worse = { estimate: Math.expm1(estimate), low: Math.expm1(low), high: Math.expm1(high) };
  const p = gated ? method.p(before, after, Math.log1p(tolerance)) : null;
  return { obstacle: null, worse, p, smallestP: least, count };
}

/** `adjustedP` is Holm's over all gated tests; null for a figure that only informs, judged by its interval alone. */
export function verdictOf(evidence: Evidence, tolerance: number, adjustedP: number | null, alpha: number): Verdict {
  const { worse } = evidence;
  if (worse === null) return "inconclusive";
  if (worse.low > tolerance) return adjustedP === null || adjustedP <= alpha ? "regressed" : "inconclusive";
  if (worse.high < -tolerance) return "improved";
  return worse.high <= tolerance ? "pass" : "inconclusive";
}

/** More than this many rounds nobody runs. */
const MOST_ROUNDS = 1000;

/**
 * How many rounds a side would probably decide an inconclusive comparison: intervals shrink with the square root of
 * their number. Null: more than a thousand, or nothing to go by. `tests` is the number of gated tests.
 */
export function roundsToDecide(evidence: Evidence, options: JudgeOptions, tests: number): number | null {
  const { paired, tolerance, confidence } = options;
  const least = roundsToClose(paired, tests, confidence.alpha, minimumCount(paired));
  if (evidence.obstacle === "too-few") return least;
  if (evidence.worse === null) return null;
  const { estimate, low, high } = evidence.worse;
  const limit = Math.log1p(tolerance);
  const halfWidth = (Math.log1p(high) - Math.log1p(low)) / 2;
  const distance = Math.abs(Math.log1p(estimate) - limit);
  // To call a regression takes p below alpha / tests, not alpha alone.
  const strictness =
    Math.log1p(estimate) > limit
      ? normalUpperQuantile(confidence.alpha / Math.max(tests, 1)) / normalUpperQuantile(confidence.alpha)
      : 1;
  const needed = Math.ceil(evidence.count * ((halfWidth * strictness) / distance) ** 2);
  const rounds = Math.max(needed, least, evidence.count + 1);
  return Number.isFinite(rounds) && rounds <= MOST_ROUNDS ? rounds : null;
}
