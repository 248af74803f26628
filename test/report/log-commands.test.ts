// Names that a log's reader would obey -> reports of every format that hold them and begin no line with them.

import { describe, expect, test } from "vitest";
import { compareResults } from "../../src/compare/compare.ts";
import { withoutCommands } from "../../src/shared/printable.ts";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import { side } from "../compare/fixture.ts";
import { completedResult } from "../result/fixture.ts";
import { COMPARISON_FORMATS, renderGithub, renderJson, REPORT_FORMATS } from "./writers.ts";

const NAMES = [
  "::stop-commands::x",
  "  ::error::x",
  "##[add-mask]x",
  "a ##[group]x",
  "word ".repeat(30) + "::error::x",
];
const OPTIONS = { color: false, width: 80, mebibytes: false };

/** As the runner looks for them: at the start of a line, blanks aside, or anywhere. */
const obeyed = (text: string): string[] =>
  text.split("\n").filter((line) => line.trimStart().startsWith("::") || line.includes("##["));

function resultOf(name: string, startedAt: string): Result {
  const result = completedResult([{ job: name }, { job: "other" }], 3);
  const cases = result.cases.map((each) => ({ ...each, id: `${each.job}/case` }));
  const message = `${name} says so`;
  const checks = [{ code: "pauses", status: "warn" as const, message, facts: {} }];
  const profile = { ...result.profile, name };
  return { ...result, startedAt, profile, cases: cases.map((each) => ({ ...each, checks })), checks };
}

describe.each(NAMES)("%j as the name of everything", (name) => {
  const [before, after] = [resultOf(name, "2026-01-01T00:00:00.000Z"), resultOf(name, "2026-01-02T00:00:00.000Z")];

  test.each(REPORT_FORMATS.filter(([format]) => format !== "github"))("a report as %s", (_, render) => {
    for (const width of [40, 80]) expect(obeyed(render(before, { ...OPTIONS, width }))).toEqual([]);
  });

  test("the annotations are diskbench's own", () => {
    const lines = obeyed(renderGithub(before));
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=diskbench/);
  });

  test.each(COMPARISON_FORMATS.filter(([format]) => format !== "github"))("a comparison as %s", (_, render) => {
    const options = { gates: [], tolerances: [], allowed: [] };
    const comparison = compareResults(side(name, before), side("b", after), options);
    expect(obeyed(render(comparison))).toEqual([]);
  });

  test("JSON still says the same", () => {
    expect(parseResult(renderJson(before), "report")).toEqual(before);
  });
});

test("other text stays as it is, however many blank lines", () => {
  const text = `a::b\n  c ## [d]\n${"\n".repeat(100_000)}e`;
  expect(withoutCommands(text)).toBe(text);
});
