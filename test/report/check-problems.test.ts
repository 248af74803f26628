// Checks that did not pass -> sentences under the tables, each said once.

import { expect, test } from "vitest";
import { problems } from "../../src/report/facts.ts";
import type { Check, Result } from "../../src/result/result.ts";
import { completedResult } from "../result/fixture.ts";

const check = (code: string, status: Check["status"], message = "Something is so."): Check => ({
  code,
  status,
  message,
  facts: {},
});

function resultWith(...checksOfCases: readonly (readonly Check[])[]): Result {
  const result = completedResult(checksOfCases.map((_, index) => ({ job: `job-${index}` })));
  const cases = result.cases.map((each, index) => ({ ...each, checks: checksOfCases[index] ?? [] }));
  return { ...result, cases, checks: [check("clock", "pass"), check("power", "warn")] };
}

test("a check that passed is not shown", () => {
  expect(problems(resultWith([check("steady", "pass")]))).toEqual([
    { severity: "warning", text: "warn power: Something is so." },
  ]);
});

test("what is said of one case names it, what is said of several is said once", () => {
  const everywhere = check("allocation", "fail");
  const twice = check("pauses", "warn");
  const texts = problems(resultWith([everywhere, twice], [everywhere], [everywhere, twice, check("steady", "warn")]));
  expect(texts).toEqual([
    { severity: "failure", text: "All 3 cases: fail allocation: Something is so." },
    { severity: "warning", text: "2 cases (job-0/case-0, job-2/case-2): warn pauses: Something is so." },
    { severity: "warning", text: "job-2/case-2: warn steady: Something is so." },
    { severity: "warning", text: "warn power: Something is so." },
  ]);
});

test("different sentences of one check stay apart", () => {
  const texts = problems(resultWith([check("pauses", "warn", "5 %.")], [check("pauses", "warn", "6 %.")]));
  expect(texts.map(({ text }) => text)).toEqual([
    "job-0/case-0: warn pauses: 5 %.",
    "job-1/case-1: warn pauses: 6 %.",
    "warn power: Something is so.",
  ]);
});
