// A result -> the exit code that scripts rely on.

import type { Comparison } from "../compare/comparison.ts";
import { isStrict } from "../result/checks/index.ts";
import type { Result, ResultFailure } from "../result/result.ts";
import { FAILURE_EXIT_CODES } from "../shared/errors.ts";

export const EXIT = {
  done: 0,
  checkFailed: 1,
  badUsage: 2,
  runFailed: 3,
  notComparable: 4,
  inconclusive: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** When several apply, the first of these that does. */
const PRECEDENCE: readonly number[] = [
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.bug,
  EXIT.badUsage,
  EXIT.runFailed,
  EXIT.notComparable,
  EXIT.checkFailed,
  EXIT.inconclusive,
];

/** What went wrong, in the run as a whole and in its cases. */
export function failuresIn(result: Result): readonly ResultFailure[] {
  return [...result.failures, ...result.cases.flatMap(({ failure }) => (failure === null ? [] : [failure]))];
}

/** `interruptedBy`: exit code of the signal that ended the run. `strict`: warnings of `STRICT_CHECKS` count too. */
export function exitCodeOfRun(result: Result, interruptedBy: number | null, strict: boolean): number {
  const checks = [...result.checks, ...result.cases.flatMap((each) => each.checks)];
  const bad = checks.some(({ code, status }) => status === "fail" || (strict && status === "warn" && isStrict(code)));
  const codes = [
    ...(interruptedBy === null ? [] : [interruptedBy]),
    ...failuresIn(result).map(({ code }): number => FAILURE_EXIT_CODES[code]),
    ...(bad ? [EXIT.checkFailed] : []),
  ];
  return firstOf(codes);
}

export function firstOf(codes: readonly number[]): number {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.done;
}

/** 4, 1 or 5, else 0. A gate that cannot close is not green, strict or not. */
export function exitCodeOfComparison({ verdict, openGates, counts }: Comparison, strict: boolean): number {
  if (verdict === "not-comparable") return EXIT.notComparable;
  if (counts.regressed > 0) return EXIT.checkFailed;
  return openGates !== null || (strict && counts.inconclusive > 0) ? EXIT.inconclusive : EXIT.done;
}
