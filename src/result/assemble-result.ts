// A plan, then what becomes of it -> the result document, from the first moment of a run to its last; pure.

import type { Case, CaseMember, CaseSettings, Plan, PlannedTarget } from "../plan/plan.ts";
import type { Failure } from "../shared/errors.ts";
import type {
  CaseMemberResult,
  CaseResult,
  Pairing,
  Check,
  Result,
  ResultState,
  ResultTarget,
  Round,
  TargetPreparation,
  Tool,
} from "./result.ts";
import { failureRecord } from "./failure-record.ts";
import { ioOperationsOf } from "../shared/operations.ts";
import { summarize, summarizeMember } from "./summarize.ts";
import { RESULT_SCHEMA } from "./version.ts";

/** A target as a result keeps it: what was planned and found, and what was done. */
export function targetRecord(planned: PlannedTarget, preparation: TargetPreparation): ResultTarget {
  const { facts, ...rest } = planned;
  return { ...facts, ...rest, ...preparation };
}

/** One size for all I/Os, whatever they do. */
function blockSizesOf({ operation, blockSizeBytes }: CaseSettings): CaseResult["settings"]["blockSizes"] {
  return ioOperationsOf(operation).map((name) => ({ operation: name, bytes: blockSizeBytes, weight: 100 }));
}

const settingsRecord = (settings: CaseSettings): CaseResult["settings"] => ({
  ...settings,
  blockSizes: blockSizesOf(settings),
  nativeOperations: [],
});

function pendingCase({ id, job, settings, members }: Case): CaseResult {
  return {
    id,
    job,
    settings: settingsRecord(settings),
    ...(members === undefined ? {} : { members: members.map(pendingMember) }),
    state: "pending",
    rounds: [],
    interruptedRound: null,
    summary: null,
    failure: null,
    checks: [],
  };
}

function pendingMember({ id, job, settings }: CaseMember): CaseMemberResult {
  return { id, job, settings: settingsRecord(settings), summary: null };
}

export interface ResultBeginning {
  readonly tool: Tool;
  readonly plan: Plan;
  /** The resolved profile as a document that can be run again. */
  readonly profile: Result["profile"];
  readonly targets: readonly ResultTarget[];
  /** ISO 8601. */
  readonly startedAt: string;
}

function pairingRecord({ pairing }: Plan): Pairing | null {
  if (pairing === undefined) return null;
  const { lookAfterRounds, ...rest } = pairing;
  return { ...rest, looks: lookAfterRounds === null ? 1 : 2 };
}

/** The document before the first round: every case pending, and `aborted` should nothing follow. */
export function beginResult({ tool, plan, profile, targets, startedAt }: ResultBeginning): Result {
  return {
    schema: RESULT_SCHEMA,
    state: "aborted",
    tool,
    machine: plan.machine,
    profile,
    targets,
    startedAt,
    finishedAt: null,
    order: {
      seed: plan.seed,
      rounds: plan.order.map(({ caseIndex, roundIndex }) => [caseIndex, roundIndex] as const),
    },
    cases: plan.cases.map(pendingCase),
    pairing: pairingRecord(plan),
    checks: [],
    failures: [],
  };
}

function changeCase(result: Result, caseIndex: number, change: (before: CaseResult) => CaseResult): Result {
  const before = result.cases[caseIndex];
  if (before === undefined) throw new RangeError(`the result has no case ${caseIndex}`);
  return { ...result, cases: result.cases.with(caseIndex, change(before)) };
}

/**
 * Adds a finished round and sums the case up anew; the case is completed with the last round that was planned for it.
 * `ofMembers`: the native operations of each member, where there are several.
 */
export function addRound(
  result: Result,
  caseIndex: number,
  round: Round,
  nativeOperations: readonly string[],
  ofMembers: readonly (readonly string[])[] = [],
): Result {
  const planned = result.order.rounds.filter(([ofCase]) => ofCase === caseIndex).length;
  return changeCase(result, caseIndex, (before) => {
    const rounds = [...before.rounds, round];
    return {
      ...before,
      settings: { ...before.settings, nativeOperations },
      ...(before.members === undefined
        ? {}
        : {
            members: before.members.map((member, index) => ({
              ...member,
              settings: { ...member.settings, nativeOperations: ofMembers[index] ?? [] },
              summary: summarizeMember(rounds, member.id),
            })),
          }),
      state: rounds.length >= planned && before.state === "pending" ? "completed" : before.state,
      rounds,
      summary: summarize(rounds),
    };
  });
}

export function checkedCase(result: Result, caseIndex: number, checks: readonly Check[]): Result {
  return changeCase(result, caseIndex, (before) => ({ ...before, checks }));
}

/** Ends a run that is decided: what was planned beyond the first `rounds` rounds of all cases is no longer. */
export function decideEarly(result: Result, rounds: number): Result {
  const order = { ...result.order, rounds: result.order.rounds.slice(0, rounds) };
  const cases = result.cases.map((each) =>
    each.state === "pending" ? { ...each, state: "completed" as const } : each,
  );
  return { ...result, order, cases };
}

export interface CaseEnd {
  readonly state: "failed" | "aborted";
  /** What was measured of the round that was cut short; null: nothing. */
  readonly interruptedRound: Round | null;
  readonly failure: Failure | null;
}

/** Ends a case before its last round. Its finished rounds stay. */
export function endCase(result: Result, caseIndex: number, end: CaseEnd): Result {
  return changeCase(result, caseIndex, (before) => ({
    ...before,
    state: end.state,
    interruptedRound: end.interruptedRound,
    failure: end.failure && failureRecord(end.failure),
  }));
}

/** Closes the document. `failures` are those of the run as a whole; those of cases stand with the cases. */
export function finishResult(
  result: Result,
  end: { readonly state: ResultState; readonly finishedAt: string; readonly failures: readonly Failure[] },
): Result {
  return { ...result, state: end.state, finishedAt: end.finishedAt, failures: end.failures.map(failureRecord) };
}
