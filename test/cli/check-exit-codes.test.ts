// What a result says of itself -> exit codes, with --strict and without.

import { expect, test } from "vitest";
import { exitCodeOfRun } from "../../src/cli/exit-codes.ts";
import { CHECK_CODES } from "../../src/result/checks/index.ts";
import type { Check } from "../../src/result/result.ts";
import { completedResult } from "../result/fixture.ts";

function exitCode(strict: boolean, checks: readonly Pick<Check, "code" | "status">[]): number {
  const result = completedResult([{ job: "a" }]);
  const stated = checks.map((check) => ({ ...check, message: "Something is so.", facts: {} }));
  const inCase = { ...result, cases: result.cases.map((each) => ({ ...each, checks: stated })) };
  const ofRun = { ...result, checks: stated };
  const codes = [inCase, ofRun].map((changed) => exitCodeOfRun(changed, null, strict));
  expect(new Set(codes).size).toBe(1);
  return codes[0] ?? -1;
}

test.each(CHECK_CODES)("%s: a failure is exit 1, a warning only under --strict, a pass never", (code) => {
  expect(exitCode(false, [{ code, status: "fail" }])).toBe(1);
  expect(exitCode(false, [{ code, status: "warn" }])).toBe(0);
  expect(exitCode(true, [{ code, status: "pass" }])).toBe(0);
  expect(exitCode(true, [{ code, status: "warn" }])).toBe(code === "samples" ? 0 : 1);
});
