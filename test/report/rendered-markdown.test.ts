// Markdown of runs and comparisons -> what a renderer of GitHub's dialect makes of it: tables, and never anything else.

import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { compareResults } from "../../src/compare/compare.ts";
import type { Comparison } from "../../src/compare/comparison.ts";
import { comparePairs } from "../../src/compare/pairs.ts";
import { STEP_SUMMARY_LIMIT_BYTES } from "../../src/report/markdown.ts";
import type { Result } from "../../src/result/result.ts";
import { around, resultOf, side } from "../compare/fixture.ts";
import { completedResult } from "../result/fixture.ts";
import { renderComparisonMarkdown, renderMarkdown } from "./writers.ts";

const OPTIONS = { color: false, width: 80, mebibytes: false };

interface Page {
  readonly html: string;
  /** Cells of each row of each table, as HTML. */
  readonly tables: readonly (readonly (readonly string[])[])[];
}

function rendered(markdown: string): Page {
  const html = marked.parse(markdown, { gfm: true, async: false });
  const parts = (text: string, element: string): readonly string[] =>
    Array.from(text.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, "gs")), ([, inner = ""]) => inner);
  const cells = (row: string): readonly string[] => parts(row, "t[hd]");
  return { html, tables: parts(html, "table").map((table) => parts(table, "tr").map(cells)) };
}

/** Elements that the page may consist of; a link, an image or a script would come from a name. */
const ELEMENTS = new Set("p ul li strong code table thead tbody tr th td h3 blockquote br".split(" "));

function expectTablesOnly({ html, tables }: Page): void {
  const elements = new Set(Array.from(html.matchAll(/<([a-z]\w*)/gi), ([, name = ""]) => name));
  expect([...elements].filter((name) => !ELEMENTS.has(name))).toEqual([]);
  for (const table of tables) expect(new Set(table.map((row) => row.length)).size).toBe(1);
}

const HOSTILE = [
  "pipe | in | name",
  "`tick` and ``two``",
  "<script>alert(1)</script>",
  "[link](https://example.com) ![image](x.png)",
  "https://example.com @someone #1",
  "**bold** _and_ ~~struck~~",
  "two\nlines\n\n# heading",
  "back\\slash \\| bar",
  "&amp; &lt;b&gt;",
] as const;

/** How a code span shows a name: what is not simply visible is written out, in a table also a bar behind a backslash. */
const shown = (name: string, inTable = false): string =>
  name
    .replaceAll("\n", "\\u{a}")
    .replaceAll(inTable ? "\\|" : "\n", "\\\\u{7c}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const figures = (job: string, factor: number, seed: number) => ({
  job,
  iops: around(100_000 / factor, 10, 0.004, seed),
  p50: around(80_000 * factor, 10, 0.004, seed + 1),
  p99: around(250_000 * factor, 10, 0.004, seed + 2),
});

function comparisonOf(jobs: readonly string[], factor: number): Comparison {
  const make = (level: number, startedAt: string): Result =>
    resultOf(
      jobs.map((job, index) => figures(job, level, index)),
      startedAt,
    );
  const [before, after] = [make(1, "2026-11-20T10:00:00.000Z"), make(factor, "2026-11-21T10:00:00.000Z")];
  const [first = ""] = jobs;
  return compareResults(side(first, before), side("after", after), { gates: [], tolerances: [], allowed: [] });
}

describe("a run", () => {
  test("is a list of facts and two tables, a line per case and part", () => {
    const result = completedResult([{ job: "a" }, { job: "mix", settings: { operation: "mixed" }, firstTouch: true }]);
    const page = rendered(renderMarkdown(result, OPTIONS));
    expectTablesOnly(page);
    const [throughput, latency] = page.tables;
    expect(throughput?.map(([label]) => label)).toEqual([
      "Throughput",
      "<code>a/case-0</code>",
      "<code>mix/case-1</code>",
      "&emsp;read",
      "&emsp;write",
    ]);
    expect(latency?.map((row) => row.length)).toEqual([7, 7, 7, 7, 7, 7]);
    expect(latency?.[1]?.slice(1, 3).every((cell) => /^[\d.]+ us$/.test(cell))).toBe(true);
    expect(page.html).toMatch(/<li><strong>Machine<\/strong>: <code>Linux /);
  });

  test.each(HOSTILE)("shows the name %j as it is", (job) => {
    const page = rendered(renderMarkdown(completedResult([{ job }]), OPTIONS));
    expectTablesOnly(page);
    expect(page.tables.map((table) => table[1]?.[0])).toEqual(
      Array.from({ length: 2 }, () => `<code>${shown(job, true)}/case-0</code>`),
    );
  });
});

describe("a comparison", () => {
  test("is a heading with the verdict and a table in which regressions stand out", () => {
    const page = rendered(renderComparisonMarkdown(comparisonOf(["a", "b"], 1.2)));
    expectTablesOnly(page);
    expect(page.html).toMatch(/^<h3>❌ diskbench: regressed: 6 regressed of 6 gated tests<\/h3>/);
    expect(page.tables[0]?.[1]?.[0]).toBe("<code>a/case-0</code>");
    expect(page.tables[0]?.[1]?.at(-1)).toBe("<strong>regressed</strong>");
  });

  test.each(HOSTILE)("shows the name %j as it is", (job) => {
    const page = rendered(renderComparisonMarkdown(comparisonOf([job], 1.2)));
    expectTablesOnly(page);
    expect(page.tables[0]?.[1]?.[0]).toBe(`<code>${shown(job, true)}/case-0</code>`);
    expect(page.html).toContain(`<code>${shown(job)}, 2026-11-20`);
  });

  test("of two sides of one run names both", () => {
    const one = resultOf([figures("x", 1, 1), figures("x", 1.2, 5)], "2026-11-20T10:00:00.000Z", (result) => ({
      ...result,
      pairing: { kind: "jobs", labels: ["size=4K", "size=64K"], cases: [[0, 1]], looks: 1 },
    }));
    const comparison = comparePairs(one, ["ab.json"], { gates: [], tolerances: [], allowed: [] });
    if (comparison === null) throw new Error("two sides");
    const page = rendered(renderComparisonMarkdown(comparison));
    expectTablesOnly(page);
    expect(page.html).toMatch(/<code>size=4K, .*<code>size=64K, /s);
    expect(page.tables[0]?.length).toBeGreaterThan(3);
  });

  test("of very many cases fits a step's summary, and what is cut is no broken table", () => {
    const one = comparisonOf(["a"], 1.2);
    const cases = Array.from({ length: 3000 }, (_, index) =>
      one.cases.map((each) => ({ ...each, id: `${"long-name/".repeat(10)}${index}` })),
    ).flat();
    const markdown = renderComparisonMarkdown({ ...one, cases });
    const bytes = Buffer.byteLength(markdown);
    expect(bytes).toBeLessThanOrEqual(STEP_SUMMARY_LIMIT_BYTES);
    expect(bytes).toBeGreaterThan(0.99 * STEP_SUMMARY_LIMIT_BYTES);
    const page = rendered(markdown);
    expectTablesOnly(page);
    expect(page.html).toMatch(/<p>\d+ more rows do not fit here\.<\/p>/);
  });
});
