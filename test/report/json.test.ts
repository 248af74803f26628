// A result -> JSON that is the same value when read back, and that a person can look through.

import { expect, test } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import { completedResult } from "./../result/fixture.ts";
import { renderJson } from "./writers.ts";

const OPTIONS = { color: false, width: 80, mebibytes: false };
const RESULT = completedResult([{ job: "a" }, { job: "b", settings: { operation: "mixed" }, firstTouch: true }], 2);
const TEXT = renderJson(RESULT, OPTIONS);

test("the document reads back to the same value", () => {
  expect(JSON.parse(TEXT)).toEqual(RESULT);
  expect(parseResult(TEXT, "r.json")).toEqual(RESULT);
  expect(TEXT.endsWith("}\n")).toBe(true);
});

test("a result that has grown since it was rendered last is rendered as one that never was before", () => {
  const [first, ...others] = RESULT.cases;
  if (first === undefined) throw new Error("the fixture has no case");
  const grown = { ...RESULT, cases: [{ ...first, rounds: [...first.rounds, ...first.rounds] }, ...others] };
  const changed = { ...grown, cases: grown.cases.map((each) => ({ ...each, state: "failed" as const })) };
  for (const result of [grown, changed, RESULT]) {
    expect(renderJson(result, OPTIONS)).toBe(renderJson(structuredClone(result), OPTIONS));
  }
});

test("a histogram and an interval take a line each", () => {
  const lines = TEXT.split("\n");
  const intervals = RESULT.cases.flatMap(({ rounds }) => rounds.flatMap((round) => round.intervals));
  expect(lines.filter((line) => line.includes("startSeconds"))).toHaveLength(intervals.length);
  expect(lines.filter((line) => line.includes('"buckets"')).every((line) => line.includes('"histogram"'))).toBe(true);
  expect(lines).toContain('      "id": "a/case-0",');
});
