// A result -> a page that stands alone, obeys no name in it, and draws what was measured.

import { describe, expect, test } from "vitest";
import { latencyAxis, linearAxis, percentileAxis } from "../../src/report/axes.ts";
import { placeOn } from "../../src/report/chart.ts";
import { caseCharts } from "../../src/report/case-charts.ts";
import type { CaseResult } from "../../src/result/result.ts";
import { completedResult, pendingResult } from "../result/fixture.ts";
import { describeWith } from "../support/requirements.ts";
import { spawnSync } from "node:child_process";
import { renderHtml } from "./writers.ts";

const OPTIONS = { color: false, width: 80, mebibytes: false };
const MIXED = { job: "mix", settings: { operation: "mixed" as const }, firstTouch: true as const };
const PAGE = renderHtml(completedResult([{ job: "a", ios: 20_000 }, MIXED], 3), OPTIONS);

const count = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).length;

describe("the page", () => {
  test("has a table of throughput and one of latency, and three charts of every case", () => {
    expect(count(PAGE, /<table>/g)).toBe(2);
    expect(PAGE).toMatch(/<th scope="row">4KiB Q8T1<\/th><td>2\.\d\d<\/td>/);
    expect(PAGE).toContain('<th scope="row" class="part">first touch</th>');
    expect(count(PAGE, /<svg /g)).toBe(6);
    expect(count(PAGE, /<h3>/g)).toBe(2);
  });

  test("loads nothing and runs nothing", () => {
    expect(PAGE).not.toMatch(/(?: src=| href=|url\(|@import|<script|<link|<iframe|https?:)/i);
    expect(PAGE).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("has colours for light, dark and paper", () => {
    expect(PAGE).toContain("prefers-color-scheme: dark");
    expect(PAGE).toContain("@media print");
  });

  test.each(["<script>alert(1)</script>", '"><img onerror=x>', "</style></svg>", "&amp;", "\u202e\u0007"])(
    "shows the name %j and does not obey it",
    (job) => {
      const result = completedResult([{ job }]);
      const html = renderHtml({ ...result, profile: { ...result.profile, name: job } }, OPTIONS);
      const plain = renderHtml(completedResult([{ job: "plain" }]), OPTIONS);
      const tags = (page: string): readonly string[] => page.match(/<[a-z/!]\w*/gi) ?? [];
      expect(tags(html)).toEqual(tags(plain));
      expect(html.includes("\u202e") || html.includes("\u0007")).toBe(false);
    },
  );

  test("of a run without a round has no charts, and says so in its tables", () => {
    const html = renderHtml(pendingResult([{ job: "a" }], 2), OPTIONS);
    expect(html).not.toContain("<svg");
    expect(html).toContain("[not finished]");
  });

  test("of very many cases has the charts of the first hundred", () => {
    const html = renderHtml(
      completedResult(Array.from({ length: 103 }, (_, index) => ({ job: `job${index}`, ios: 20 }))),
      OPTIONS,
    );
    expect(html).toContain("Charts of 3 more cases are left out.");
    expect(count(html, /<h3>/g)).toBe(100);
  });
});

describe("the charts", () => {
  const [only] = completedResult([{ job: "a", ios: 20_000 }], 2).cases;
  const [percentiles, shares, time] = caseCharts(only as CaseResult);

  test("latency by percentile passes through the percentiles of the summary", () => {
    const points = percentiles?.lines[0]?.points ?? [];
    for (const [name, percent] of [
      ["p50", 50],
      ["p99", 99],
    ] as const) {
      const measured = only?.summary?.latencyNs[name] ?? Number.NaN;
      const drawn = points.find(([at]) => at >= percent)?.[1] ?? Number.NaN;
      expect(Math.abs(drawn / measured - 1)).toBeLessThan(0.05);
    }
    const latencies = points.map(([, latencyNs]) => latencyNs);
    expect(latencies).toEqual(latencies.toSorted((a, b) => a - b));
    // Beyond it fewer than ten I/Os speak.
    expect(points.at(-1)?.[0]).toBeCloseTo(100 * (1 - 10 / 40_000), 6);
  });

  test("shares of I/Os add up to all of them", () => {
    const points = shares?.lines[0]?.points ?? [];
    const sum = points.filter((_, index) => index % 2 === 0).reduce((total, [, share]) => total + share, 0);
    expect(sum).toBeCloseTo(1, 9);
  });

  test("rates over time have a line per round", () => {
    expect(time?.lines.map(({ name, points }) => [name, points.length])).toEqual([
      ["round 1", 2],
      ["round 2", 2],
    ]);
    expect(time?.lines[0]?.points[0]).toEqual([0.5, 10_000]);
    expect(time?.lines[0]?.points[1]).toEqual([1.255, expect.closeTo(10_000 / 0.51, 6)]);
  });

  test("a long series is drawn with as many points as can be told apart, none of its I/Os lost", () => {
    const round = only?.rounds[0];
    if (round === undefined || only === undefined) throw new Error("a round");
    const [interval] = round.intervals;
    if (interval === undefined) throw new Error("an interval");
    const intervals = Array.from({ length: 200_000 }, (_, index) => ({
      ...interval,
      startSeconds: index,
      seconds: 1,
      ios: index % 2,
    }));
    const chart = caseCharts({ ...only, rounds: [{ ...round, intervals }] }).at(-1);
    expect(chart?.lines[0]?.points.length).toBeLessThanOrEqual(300);
    expect(chart?.lines[0]?.points.every(([, rate]) => Math.abs(rate - 0.5) < 0.01)).toBe(true);
  });
});

describe("axes", () => {
  test.each([1, 7, 99, 12_345, 0.03, 0])("from zero to %d have few round ticks that hold it", (most) => {
    const axis = linearAxis("x", most);
    expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
    expect(axis.ticks.length).toBeLessThanOrEqual(8);
    expect(placeOn(axis, most)).toBeLessThanOrEqual(1);
    expect(placeOn(axis, axis.ticks.at(-1)?.value ?? 0)).toBeCloseTo(1, 9);
  });

  test("of latencies are logarithmic, also where there is only one", () => {
    const axis = latencyAxis("y", 1e3, 1e7);
    expect([1e3, 1e5, 1e7].map((value) => placeOn(axis, value))).toEqual([0, expect.closeTo(0.5, 9), 1]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(["1 us", "10 us", "100 us", "1 ms", "10 ms"]);
    expect(Number.isFinite(placeOn(latencyAxis("y", 5000, 5000), 5000))).toBe(true);
  });

  test("of percentiles give every further nine as much room", () => {
    const axis = percentileAxis("x", 99.99);
    expect([0, 90, 99, 99.9, 99.99].map((value) => placeOn(axis, value)).map((share) => share.toFixed(3))).toEqual([
      "0.000",
      "0.250",
      "0.500",
      "0.750",
      "1.000",
    ]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(["0", "p50", "p90", "p99", "p99.9", "p99.99"]);
  });
});

describeWith(["xmllint"], "the drawings", () => {
  test("are well-formed", () => {
    const drawings = PAGE.match(/<svg [\s\S]*?<\/svg>/g) ?? [];
    expect(drawings).toHaveLength(6);
    const { status, stderr } = spawnSync("xmllint", ["--noout", "-"], {
      input: `<page>${drawings.join("")}</page>`,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(PAGE).not.toMatch(/NaN|Infinity/);
  });
});
