// A result -> Markdown in which foreign text stays text.

import { expect, test } from "vitest";
import { completedResult } from "../result/fixture.ts";
import { renderMarkdown } from "./writers.ts";

const OPTIONS = { color: false, width: 80, mebibytes: false };

test("two tables with as many cells in every row as in the header", () => {
  const text = renderMarkdown(
    completedResult([{ job: "a" }, { job: "mix", settings: { operation: "mixed" }, firstTouch: true }], 2),
    OPTIONS,
  );
  const tables = text.split("\n\n").filter((block) => block.startsWith("|"));
  expect(tables.map((table) => table.split("\n")[0])).toEqual([
    "| Throughput | MB/s | IOPS | ± | CPU us/IO | QD reached |",
    "| Latency | mean | p50 | p90 | p99 | p99.9 | max |",
  ]);
  for (const table of tables) {
    expect(new Set(table.split("\n").map((line) => line.split(" | ").length)).size).toBe(1);
  }
  expect(text).toMatch(/\| `a\/case-0` \| 2\.\d\d \| 6\d\d \|/);
  expect(text).toMatch(/\| &emsp;first touch \| [\d.]+ us \|/);
});

test.each([
  ["pipe|in|name", "`pipe\\|in\\|name/case-0`"],
  ["`tick`", "`` `tick`/case-0 ``"],
  ["@someone <b>", "`@someone <b>/case-0`"],
  ["two\nlines", "`two\\u{a}lines/case-0`"],
])("the job name %j stays within its cell", (job, cell) => {
  expect(renderMarkdown(completedResult([{ job }]), OPTIONS)).toContain(`| ${cell} | `);
});
