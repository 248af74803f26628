// Names of formats and endings of files -> formats.

import { expect, test } from "vitest";
import { formatOfFile, REPORT_FORMAT_NAMES } from "../../src/report/formats.ts";
import { REPORT_FORMATS } from "../../src/report/index.ts";
import { completedResult } from "../result/fixture.ts";

test.each([
  ["out.json", "json"],
  ["/tmp/OUT.CSV", "csv"],
  ["report.md", "markdown"],
  ["a.b.txt", "table"],
  ["json", null],
  ["out.pdf", null],
])("%s is written as %s", (path, format) => {
  expect(formatOfFile(REPORT_FORMAT_NAMES, path)).toBe(format);
});

test("every format writes every result as text that ends with one newline", () => {
  const result = completedResult([{ job: "a" }]);
  for (const name of REPORT_FORMAT_NAMES) {
    const text = REPORT_FORMATS[name](result, { color: false, width: 80, mebibytes: false });
    expect(text).toMatch(/[^\n]\n$/);
  }
});
