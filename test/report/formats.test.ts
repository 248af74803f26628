// Names of formats and endings of files -> formats.

import { expect, test } from "vitest";
import { formatOfFile } from "../../src/report/formats.ts";
import { compareResults } from "../../src/compare/compare.ts";
import { trendOf } from "../../src/compare/trend.ts";
import { side } from "../compare/fixture.ts";
import { completedResult } from "../result/fixture.ts";
import { COMPARISON_FORMATS, REPORT_FORMATS, TREND_FORMATS } from "./writers.ts";

test.each([
  ["out.json", "json"],
  ["/tmp/OUT.CSV", "csv"],
  ["report.md", "markdown"],
  ["a.b.txt", "table"],
  ["json", null],
  ["out.pdf", null],
])("%s is written as %s", (path, format) => {
  expect(formatOfFile("result", path)).toBe(format);
});

test("every format writes every document as text that ends with one newline", () => {
  const result = completedResult([{ job: "a" }]);
  const comparison = compareResults(side("a", result), side("b", result), { gates: [], tolerances: [], allowed: [] });
  for (const [, render] of REPORT_FORMATS) expect(render(result)).toMatch(/[^\n]\n$/);
  for (const [, render] of COMPARISON_FORMATS) expect(render(comparison)).toMatch(/[^\n]\n$/);
  for (const [, render] of TREND_FORMATS) expect(render(trendOf([result, result], ["iops"]))).toMatch(/[^\n]\n$/);
});
