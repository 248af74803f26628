// A result -> the exit code that scripts rely on.

import type { Result } from "../result/result.ts";
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

/** `interruptedBy` is the exit code of the signal that ended the run early; null: none did. `strict`: warnings count. */
export function exitCodeOfRun(result: Result, interruptedBy: number | null, strict: boolean): number {
  const failures = [...result.failures, ...result.cases.flatMap(({ failure }) => (failure === null ? [] : [failure]))];
  const checks = [...result.checks, ...result.cases.flatMap((each) => each.checks)];
  const bad = checks.some(({ status }) => status === "fail" || (strict && status === "warn"));
  const codes = [
    ...(interruptedBy === null ? [] : [interruptedBy]),
    ...failures.map(({ code }): number => FAILURE_EXIT_CODES[code]),
    ...(bad ? [EXIT.checkFailed] : []),
  ];
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.done;
}
