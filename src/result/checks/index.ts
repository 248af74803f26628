// A case, or a whole run -> everything that the result verifies about itself.

import type { CaseResult, Check, Result } from "../result.ts";
import { soundRounds } from "../sound-rounds.ts";
import type { PowerState } from "../../platform/evidence.ts";
import { checkAllocation } from "./allocation.ts";
import { checkCacheSize } from "./cache-size.ts";
import { checkClock, type ClockEvidence } from "./clock.ts";
import { checkContent } from "./content.ts";
import { CHECK_CODES, type CaseCheck, type CaseEvidence, type CheckCode } from "./case-evidence.ts";
import { checkForeignIo } from "./foreign-io.ts";
import { checkGenerator } from "./generator.ts";
import { checkKernelBytes } from "./kernel-bytes.ts";
import { checkMemory } from "./memory.ts";
import { checkPauses } from "./pauses.ts";
import { checkPower } from "./power.ts";
import { checkQueueDepth } from "./queue-depth.ts";
import { checkSamples } from "./samples.ts";
import { checkSpread } from "./spread.ts";
import { checkSteady } from "./steady.ts";
import { checkSums } from "./sums.ts";

export { CHECK_CODES, type CaseEvidence, type CheckCode, type OwnCost } from "./case-evidence.ts";
export type { ClockEvidence } from "./clock.ts";

/** Checks that are made of each case; the others are made of the run. */
const CASE_CHECKS: Readonly<Partial<Record<CheckCode, CaseCheck>>> = {
  sums: checkSums,
  memory: checkMemory,
  allocation: checkAllocation,
  "cache-size": checkCacheSize,
  content: checkContent,
  "kernel-bytes": checkKernelBytes,
  "foreign-io": checkForeignIo,
  "queue-depth": checkQueueDepth,
  generator: checkGenerator,
  pauses: checkPauses,
  steady: checkSteady,
  samples: checkSamples,
  spread: checkSpread,
};

/** Warnings that fail under `--strict`. A percentile that is missing (`samples`) takes nothing from the others. */
export const STRICT_CHECKS: readonly CheckCode[] = CHECK_CODES.filter((code) => code !== "samples");

/** Whether the warning of a check counts as a failure under `--strict`. */
export function isStrict(code: string): boolean {
  return STRICT_CHECKS.some((strict) => strict === code);
}

/** The figures of every round agree, and why a round does not count is for one check to say. */
const OF_ALL_ROUNDS: readonly CheckCode[] = ["sums", "pauses"];

/** Every check of a case, in their order. Of a round that was interrupted only the sums are checked. */
export function checkCase(evidence: CaseEvidence): readonly Check[] {
  const { rounds, interruptedRound } = evidence.case;
  if (rounds.length === 0) return interruptedRound === null ? [] : [checkSums(evidence)];
  const sound = soundRounds(rounds);
  // Some look at what does not count, too; the others judge what does.
  const counted = sound.length === 0 ? evidence : { ...evidence, case: { ...evidence.case, rounds: sound } };
  return CHECK_CODES.flatMap((code) => CASE_CHECKS[code]?.(OF_ALL_ROUNDS.includes(code) ? evidence : counted) ?? []);
}

export interface RunEvidence {
  readonly clock: ClockEvidence | null;
  readonly powerBefore: PowerState | null;
  readonly powerAfter: PowerState | null;
}

export function checkRun(result: Result, evidence: RunEvidence): readonly Check[] {
  if (result.cases.every((each: CaseResult) => each.rounds.length === 0)) return [];
  return [checkClock(result, evidence.clock), checkPower(result.cases, evidence.powerBefore, evidence.powerAfter)];
}
