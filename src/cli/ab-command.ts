// `diskbench ab`: two things measured in interleaved rounds -> a verdict about the second.

import { roundsToClose } from "../compare/closing.ts";
import type { CompareOptions } from "../compare/compare.ts";
import type { Comparison } from "../compare/comparison.ts";
import { EACH_OF_TWO_LOOKS, minimumCount, ONE_LOOK } from "../compare/judge.ts";
import { type MetricNoise, noiseFloor } from "../compare/noise-floor.ts";
import { comparePairs } from "../compare/pairs.ts";
import type { EngineAhead } from "../engine/engine-ahead.ts";
import { describeMachine } from "../machine/describe-machine.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { pairPlan } from "../plan/pair-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { pairProfiles } from "../profile/pair-profiles.ts";
import type { Result } from "../result/result.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { DEFAULT_GATES } from "../shared/metrics.ts";
import { abSides, type Sides } from "./ab-sides.ts";
import { compareOptions, type JudgeFlags } from "./compare-flags.ts";
import { EXIT, exitCodeOfComparison } from "./exit-codes.ts";
import { Output } from "./output.ts";
import { profileFlags, type RunFlags } from "./flags.ts";
import {
  describeTargets,
  execute,
  loadWatchedPlatform,
  planText,
  PROFILE_OR_TARGET,
  readSettings,
  requireResultsDirectory,
  type RunOutlet,
  targetPaths,
  type WatchedPlatform,
} from "./run-command.ts";
import { print, say } from "./standard-streams.ts";
import { showVerdict } from "./verdict.ts";
import { formatPercent, plainPercent } from "../shared/percent.ts";

export interface AbFlags extends RunFlags, JudgeFlags {
  /** Both sides are the same thing. */
  readonly aa?: true;
  readonly earlyLook?: true;
}

/** Half of the rounds; fewer than could decide anything are no look. */
function lookAfter(rounds: number, tests: number): number {
  const { alpha } = EACH_OF_TWO_LOOKS;
  const least = roundsToClose(true, tests, alpha, minimumCount(true) + 1);
  const half = Math.ceil(rounds / 2);
  if (half >= least) return half;
  throw new DiskbenchError({
    code: "BAD_USAGE",
    where: "--early-look",
    what: `Half of ${rounds} rounds are too few to decide ${tests} gated tests`,
    next: `Ask for at least ${2 * least} rounds with --rounds, or leave --early-look out`,
  });
}

function planOf(sides: Sides, watched: WatchedPlatform, flags: AbFlags, gates: number): Plan {
  const { profile, kind } = pairProfiles(sides.baseline, sides.candidate);
  const whole = buildPlan(profile, describeMachine(watched.platform), describeTargets(watched, profile), {
    force: flags.force === true,
    allowFull: flags.allowFull === true,
  });
  const tests = (whole.cases.length / 2) * gates;
  const lookAfterRounds = flags.earlyLook === true ? lookAfter(whole.rounds, tests) : null;
  const paired = pairPlan(whole, { kind, labels: sides.labels, lookAfterRounds });
  // Patterns in tolerances are about the sides' own case ids, which comparisons show.
  return { ...paired, profile: { ...profile, tolerances: sides.baseline.tolerances } };
}

function compareSides(result: Result, options: CompareOptions): Comparison {
  const comparison = comparePairs(result, [], options);
  if (comparison === null) throw new Error("a paired run left a result without pairs");
  return comparison;
}

/** Every gated test has its verdict, and none can be overturned by chance beyond what each look allows. */
function isDecided({ openGates, counts }: Comparison): boolean {
  return openGates === null && counts.inconclusive === 0;
}

function noiseText({ metric, floor, tolerance, rounds }: MetricNoise): string {
  return `${metric}: equal things differ by up to ${formatPercent(floor)} here. Suggested: --tolerance ${metric}=${plainPercent(tolerance)}; a tolerance of 5% takes about ${rounds} rounds.`;
}

function sayNoise(comparison: Comparison): void {
  const tests = comparison.cases.length * comparison.gates.length;
  const least = roundsToClose(true, tests, ONE_LOOK.alpha, minimumCount(true));
  for (const noise of noiseFloor(comparison, least)) say(`${noiseText(noise)}\n`);
}

/** What cannot be decided with these rounds is said before hours are spent on it. */
function warnOfTooFewRounds(plan: Plan, gates: number): void {
  const tests = (plan.pairing?.cases.length ?? 0) * gates;
  const { alpha } = plan.pairing?.lookAfterRounds === null ? ONE_LOOK : EACH_OF_TWO_LOOKS;
  const least = roundsToClose(true, tests, alpha, minimumCount(true));
  if (plan.rounds >= least) return;
  say(
    `diskbench: ${plan.rounds} rounds can never call a regression in ${tests} gated tests; at least ${least} are needed (--rounds ${least})\n`,
  );
}

export async function ab(
  first: string,
  second: string | undefined,
  flags: AbFlags,
  engine: EngineAhead | null,
): Promise<void> {
  const output = await Output.of("comparison", flags);
  const sides = abSides([first, second], readSettings(flags.set ?? []), profileFlags(flags), flags.aa === true);
  const options = compareOptions(flags, sides.baseline.tolerances);
  const gates = options.gates.length === 0 ? DEFAULT_GATES.length : options.gates.length;
  const watched = await loadWatchedPlatform(flags);
  const plan = planOf(sides, watched, flags, gates);
  warnOfTooFewRounds(plan, gates);
  if (flags.dryRun === true) {
    await print(planText(plan, flags.json === true));
    return;
  }
  requireResultsDirectory(watched.platform.files);
  const profiles = second === undefined ? [first] : [first, second];
  output.requirePlaces([...profiles, ...targetPaths(plan)], PROFILE_OR_TARGET);
  // What --strict means for a run, warnings, is not what it means for a verdict.
  const { strict, ...runFlags } = flags;
  const outlet: RunOutlet = {
    writeFiles: () => undefined,
    print: async (result) => {
      const comparison = compareSides(result, options);
      await showVerdict(output, comparison);
      if (flags.aa === true) sayNoise(comparison);
    },
    exitCode: (result) => {
      const isWhole = result.state === "completed";
      return isWhole ? exitCodeOfComparison(compareSides(result, options), strict === true) : EXIT.done;
    },
    isDecided: (result) => isDecided(compareSides(lookedAt(result), options)),
  };
  await execute(watched, plan, runFlags, outlet, engine);
}

/** At the look all cases have as many rounds as they will have if it decides. */
function lookedAt(result: Result): Result {
  return { ...result, cases: result.cases.map((each) => ({ ...each, state: "completed" as const })) };
}
