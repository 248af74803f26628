// The plan and the rounds that are over -> the round to run next; pure.

import type { Plan, PlannedRound } from "../plan/plan.ts";

export interface FinishedRound {
  readonly planned: PlannedRound;
  /** False: it failed or was cut short. */
  readonly whole: boolean;
}

/** Whether so many rounds bring the run to the one look that was planned before its end. */
function isTimeToLook({ pairing, cases }: Plan, finishedRounds: number): boolean {
  const rounds = pairing?.lookAfterRounds ?? null;
  return rounds !== null && finishedRounds === rounds * cases.length;
}

/**
 * The next round of `plan`, null when there is none: in the planned order, one after the other, until all are done or
 * one was not whole; at the planned look it may turn out that the question `isDecided`. Whatever decides by results how many rounds a case gets decides it here.
 */
export function nextRound(
  plan: Plan,
  finished: readonly FinishedRound[],
  isDecided: () => boolean,
): PlannedRound | null {
  if (finished.some((round) => !round.whole)) return null;
  if (isTimeToLook(plan, finished.length) && isDecided()) return null;
  return plan.order[finished.length] ?? null;
}
