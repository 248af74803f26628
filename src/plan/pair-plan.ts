// The plan of a paired profile -> the same with its cases paired and their rounds in the order A B B A; pure.

import type { PairKind } from "../profile/pair-profiles.ts";
import { SIDE_SUFFIXES } from "../profile/pair-profiles.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { planOrder } from "./order.ts";
import type { Case, Pairing, Plan, PlannedRound } from "./plan.ts";

function sidesOf({ cases }: Plan, kind: PairKind): readonly [readonly Case[], readonly Case[]] {
  const isBaseline = ({ targetIndex, job }: Case): boolean =>
    kind === "targets" ? targetIndex === 0 : job.endsWith(SIDE_SUFFIXES[0]);
  return [cases.filter(isBaseline), cases.filter((each) => !isBaseline(each))];
}

/** Every pair once per round; who goes first changes from round to round, so that what drifts meets both alike. */
function pairOrder(pairs: Pairing["cases"], rounds: number, seed: number): readonly PlannedRound[] {
  return planOrder(pairs.length, rounds, seed).flatMap(({ caseIndex: pair, roundIndex }) => {
    const [first = 0, second = 0] = pairs[pair] ?? [];
    const turn = roundIndex % 2 === 0 ? [first, second] : [second, first];
    return turn.map((caseIndex): PlannedRound => ({ caseIndex, roundIndex }));
  });
}

export interface PairOptions {
  readonly kind: PairKind;
  readonly labels: readonly [string, string];
  /** After so many rounds of every case it is looked whether more are needed; null: only at the end. */
  readonly lookAfterRounds: number | null;
}

/** Throws BAD_USAGE when the sides have different numbers of cases. */
export function pairPlan(plan: Plan, { kind, labels, lookAfterRounds }: PairOptions): Plan {
  const [baseline, candidate] = sidesOf(plan, kind);
  if (baseline.length !== candidate.length) {
    throw new DiskbenchError({
      code: "BAD_USAGE",
      what: `One side has ${baseline.length} cases and the other ${candidate.length}: they cannot be paired`,
      next: "Give both sides lists of equal length",
    });
  }
  const cases = baseline.map(({ index }, place) => [index, candidate[place]?.index ?? index] as const);
  return {
    ...plan,
    order: pairOrder(cases, plan.rounds, plan.seed),
    pairing: { kind, labels, cases, lookAfterRounds },
  };
}
