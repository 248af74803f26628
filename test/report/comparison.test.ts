// A comparison -> what people, GitHub and JUnit readers get to see.

import { describe, expect, test } from "vitest";
import { compareResults, type CompareOptions } from "../../src/compare/compare.ts";
import type { Comparison } from "../../src/compare/comparison.ts";
import { displayWidth } from "../../src/shared/text.ts";
import { around, resultOf, side } from "../compare/fixture.ts";
import {
  renderComparisonAnnotations,
  renderComparisonJunit,
  renderComparisonMarkdown,
  renderComparisonTable,
  renderTable,
} from "./writers.ts";

const OPTIONS: CompareOptions = { gates: [], tolerances: [], allowed: [] };

function comparisonOf(levels: readonly number[], rounds = 10, job = "rand"): Comparison {
  const make = (candidate: boolean, startedAt: string) =>
    resultOf(
      levels.map((level, index) => {
        const factor = candidate ? level : 1;
        return {
          job: index === 0 ? job : `${job}${index}`,
          iops: around(100_000 / factor, rounds, 0.004, index),
          p50: around(80_000 * factor, rounds, 0.004, index + 50),
          p99: around(250_000 * factor, rounds, 0.004, index + 90),
        };
      }),
      startedAt,
    );
  const [before, after] = [make(false, "2026-11-20T10:00:00.000Z"), make(true, "2026-11-21T10:00:00.000Z")];
  return compareResults(side("base", before), side("cand", after), OPTIONS);
}

const table = (comparison: Comparison, width = 80): string =>
  renderComparisonTable(comparison, { color: false, width });

describe("the table", () => {
  test("shows figures, change, interval and verdict of what is gated, and what changed beside it", () => {
    const text = table(comparisonOf([1.2]), 100);
    expect(text).toMatch(
      /^ {2}latencyNs\.p50 +[78]\d\.\d us +9\d\.\d us +\+\d\d\.\d% +\+\d+\.\d% \.\. \+\d+\.\d% +5% +<?0\.0\d+ +regressed$/m,
    );
    expect(text).toMatch(/^ {2}bytesPerSecond .* informs +regressed$/m);
    expect(text).toContain("regressed: 3 regressed of 3 gated tests");
    expect(text).toContain("90% interval");
  });

  test.each([40, 80, 120])("is never wider than %i columns", (width) => {
    const text = table(comparisonOf([1.2, 1, 0.8]), width);
    expect(Math.max(...text.split("\n").map(displayWidth))).toBeLessThanOrEqual(width);
  });

  test("begins with a gate that cannot close", () => {
    expect(table(comparisonOf([2], 3))).toMatch(/^The gate cannot close\. 3 rounds a side/);
    expect(table(comparisonOf([1]))).toMatch(/^Baseline: base/);
  });

  test("names differences and the flag that allows them", () => {
    const comparison = comparisonOf([1]);
    const text = table({
      ...comparison,
      verdict: "not-comparable",
      differences: [{ what: "device", severity: "blocking", baseline: "S1", candidate: "S2" }],
    });
    expect(text).toContain("Differs: device (not comparable): S1 -> S2");
    expect(text).toContain("--allow-difference device");
  });

  test("shows foreign text and never obeys it", () => {
    expect(table(comparisonOf([1], 10, "evil\u001b[31m"))).toContain("evil\\u{1b}[31m");
  });
});

describe("Markdown", () => {
  test("is a heading and a table with as many cells in every row", () => {
    const text = renderComparisonMarkdown(comparisonOf([1.2, 1]));
    expect(text).toMatch(/^### ❌ diskbench: regressed: 3 regressed, 3 pass of 6 gated tests\n/);
    const rows = text.split("\n").filter((row) => row.startsWith("|"));
    expect(rows.length).toBeGreaterThan(7);
    expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
    expect(rows[2]).toContain("**regressed**");
  });

  test("stays within its limit, keeps what regressed and counts the rest", () => {
    const comparison = comparisonOf([...Array.from({ length: 19 }, () => 1), 1.5]);
    const whole = renderComparisonMarkdown(comparison);
    const cut = renderComparisonMarkdown(comparison, { color: false, width: 80, limitBytes: 5000 });
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(5000);
    expect(Buffer.byteLength(whole)).toBeGreaterThan(5000);
    expect(cut).toContain("**regressed**");
    expect(cut).toMatch(/\d+ more rows do not fit here/);
    expect(whole).not.toContain("do not fit");
  });
});

describe("GitHub's annotations", () => {
  test("name each regression", () => {
    const text = renderComparisonAnnotations(comparisonOf([1.2]));
    expect(text.match(/^::error title=diskbench%3A regressed::/gm)).toHaveLength(3);
    expect(text).toContain("latencyNs.p99 of rand/case-0 regressed: ");
  });

  test("are at most ten, the last of which counts the others", () => {
    const lines = renderComparisonAnnotations(comparisonOf(Array.from({ length: 8 }, () => 1.5)))
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[9]).toMatch(/^::notice .*15 more of level error/);
  });

  test("never let a name end their line or begin another command", () => {
    const text = renderComparisonAnnotations(comparisonOf([1.2], 10, "x\n::error::100%"));
    expect(
      text
        .split("\n")
        .filter((line) => line !== "")
        .every((line) => /^::(error|warning|notice) title=/.test(line)),
    ).toBe(true);
    expect(text).toContain("100%25");
  });
});

describe("JUnit", () => {
  const attribute = (xml: string, name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1];

  test("has a suite per job and a test per case and gated metric", () => {
    const xml = renderComparisonJunit(comparisonOf([1.2, 1]));
    expect(xml.match(/<testsuite /g)).toHaveLength(2);
    expect(xml.match(/<testcase /g)).toHaveLength(6);
    expect(xml.match(/<failure type="regressed"/g)).toHaveLength(3);
    const totals = (suite: string): readonly (string | undefined)[] =>
      ["tests", "failures", "errors", "skipped"].map((name) => attribute(suite, name));
    expect(xml.split("<testsuite ").slice(1).map(totals)).toEqual([
      ["3", "3", "0", "0"],
      ["3", "0", "0", "0"],
    ]);
  });

  test("skips what is inconclusive, and says as an error that a gate could not close", () => {
    const xml = renderComparisonJunit(comparisonOf([1], 3));
    expect(xml.match(/<skipped /g)).toHaveLength(3);
    expect(xml.match(/<error type="gate-open"/g)).toHaveLength(1);
  });

  test("makes errors of what is not comparable", () => {
    const comparison = comparisonOf([1]);
    const xml = renderComparisonJunit({
      ...comparison,
      differences: [{ what: "device", severity: "blocking", baseline: "S1", candidate: "S2" }],
      cases: comparison.cases.map((each) => ({
        ...each,
        metrics: each.metrics.map((metric) => ({ ...metric, verdict: "not-comparable" as const })),
      })),
    });
    expect(xml.match(/<error type="not-comparable" message="[^"]*--allow-difference device"/g)).toHaveLength(3);
  });

  test("escapes names", () => {
    const xml = renderComparisonJunit(comparisonOf([1], 10, `a<b>&"c'\u0007`));
    expect(xml).toContain("a&lt;b&gt;&amp;&quot;c'\\u{7}");
  });
});

test("a run on two targets shows the second beside the first", () => {
  const one = resultOf([
    { job: "rand", iops: around(100_000, 6, 0.004, 1), p50: around(80_000, 6, 0.004, 2) },
    { job: "rand", iops: around(90_000, 6, 0.004, 3), p50: around(88_000, 6, 0.004, 4) },
  ]);
  const [target] = one.targets;
  if (target === undefined) throw new Error("no target");
  const cases = one.cases.map((each, index) =>
    index === 0 ? each : { ...each, settings: { ...each.settings, target: "/mnt/b.dat" } },
  );
  const both = { ...one, cases, targets: [target, { ...target, resolvedPath: "/mnt/b.dat" }] };
  const text = renderTable(both, { color: false, width: 120, mebibytes: false });
  expect(text).toMatch(/^\/mnt\/b\.dat beside \/srv\/disk\/diskbench\.dat$/m);
  expect(text).toMatch(/^ {2}rand\/case-0 +-(?:9\.\d\d|10\.\d)% +-\d+\.\d+% \.\. -\d+\.\d+% +\+(?:9\.\d\d|10\.\d)%/m);
  expect(renderTable(one, { color: false, width: 120, mebibytes: false })).not.toContain("beside");
});
