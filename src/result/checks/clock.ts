// The clock, and the rounds that it timed -> whether the times can be trusted.

import { humanNanoseconds } from "../../shared/units.ts";
import type { Check, Result } from "../result.ts";
import { cannotBeChecked, pass, percent, warn } from "./case-evidence.ts";

export interface ClockEvidence {
  /** What the kernel reads it from, e.g. `tsc`; null: not told. */
  readonly source: string | null;
  readonly costNs: number;
}

const COARSE_NS = 1000;
/** A clock that is read by a system call, or from a device: two looks at it are a good part of a fast I/O. */
const EXPENSIVE_NS = 500;
const STEP_SECONDS = 0.25;
/** The rate at which the clock on the wall may be slewed, adjtimex(2), twice over. */
const SLEW = 0.001;
/** What measures under Wine (platform/win32/clock.ts). */
const CLOCK_ON_THE_WALL = "GetSystemTimePreciseAsFileTime";
const STOLEN_SHARE = 0.05;
const STOLEN_SECONDS = 0.1;

interface Stolen {
  readonly caseId: string;
  readonly round: number;
  readonly stolenSeconds: number;
  readonly share: number;
}

function stolenIn(cases: Result["cases"]): Stolen[] {
  return cases.flatMap(({ id, rounds }) =>
    rounds.flatMap(({ index, surroundings }) => {
      const { stolenSeconds, busySeconds } = surroundings ?? { stolenSeconds: null, busySeconds: null };
      if (stolenSeconds === null || busySeconds === null || busySeconds === 0) return [];
      return [{ caseId: id, round: index, stolenSeconds, share: stolenSeconds / busySeconds }];
    }),
  );
}

export function checkClock({ machine, cases }: Pick<Result, "machine" | "cases">, clock: ClockEvidence | null): Check {
  const code = "clock";
  if (clock === null) return cannotBeChecked(code, "the clock was not looked at");
  const surroundings = cases
    .flatMap(({ rounds }) => rounds.map((round) => round.surroundings))
    .filter((each) => each !== null);
  const steps = surroundings
    .filter(({ wallClockStepSeconds, seconds }) => Math.abs(wallClockStepSeconds) > STEP_SECONDS + SLEW * seconds)
    .map(({ wallClockStepSeconds }) => wallClockStepSeconds);
  const stolen = stolenIn(cases).toSorted((a, b) => b.share - a.share);
  const [worst] = stolen;
  const facts = {
    ...machine.clock,
    ...clock,
    wallClockStepsSeconds: steps,
    worstStolen: worst ?? null,
    stolenSeconds: stolen.reduce((sum, each) => sum + each.stolenSeconds, 0),
  };
  const { resolutionNs } = machine.clock;
  if (resolutionNs > COARSE_NS || clock.costNs > EXPENSIVE_NS) {
    const source = clock.source === null ? "" : ` from ${clock.source}`;
    return warn(
      code,
      `The clock${source} has steps of ${humanNanoseconds(resolutionNs)} and a look at it costs ${humanNanoseconds(clock.costNs)}: short latencies are mostly the clock's; choose a better clock source.`,
      facts,
    );
  }
  if (worst !== undefined && worst.share > STOLEN_SHARE && worst.stolenSeconds > STOLEN_SECONDS) {
    return warn(
      code,
      `The hypervisor took up to ${percent(worst.share)} of the CPU time away from this virtual machine (${worst.caseId}); measure when its host is quiet.`,
      facts,
    );
  }
  const [step] = steps;
  if (step !== undefined) {
    const consequence =
      machine.clock.name === CLOCK_ON_THE_WALL
        ? "this system measures by it, so that latencies and rates of that round are wrong; run again"
        : "measuring does not use it, but the times of day in this result do not fit together; keep the computer awake, and leave its clock alone";
    const what = `The clock on the wall jumped by ${step.toFixed(1)} s during the run (it was set, or the computer slept)`;
    return warn(code, `${what}: ${consequence}.`, facts);
  }
  return pass(code, `One look at the clock costs ${humanNanoseconds(clock.costNs)}.`, facts);
}
