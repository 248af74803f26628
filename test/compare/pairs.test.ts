// Paired results, histories, A/A runs and rules -> what follows from them.

import { describe, expect, test } from "vitest";
import { noiseFloor, noiseWarnings, readNoiseFloor } from "../../src/compare/noise-floor.ts";
import { comparePairs } from "../../src/compare/pairs.ts";
import { statedTolerances } from "../../src/compare/stated-tolerances.ts";
import { toleranceFor } from "../../src/compare/tolerances.ts";
import { trendOf } from "../../src/compare/trend.ts";
import { decideEarly } from "../../src/result/assemble-result.ts";
import type { Pairing, Result } from "../../src/result/result.ts";
import { matchesCase } from "../../src/shared/case-pattern.ts";
import { sparkline } from "../../src/report/trend-page.ts";
import { around, resultOf } from "./fixture.ts";
import { renderTrendTable } from "../report/writers.ts";

const OPTIONS = { gates: ["iops"] as const, tolerances: [], allowed: [] };

function pairedResult(kind: Pairing["kind"], level: number, looks: 1 | 2 = 1): Result {
  // Everything slows down to a third over the run; only side by side are the rounds comparable.
  const falling = Array.from({ length: 10 }, (_, index) => 90_000 - 6_000 * index);
  const noise = around(1, 10, 0.003, 4);
  const figures = [
    { job: "rand (A)", iops: falling },
    { job: "rand (B)", iops: falling.map((value, index) => (value * (noise[index] ?? 1)) / level) },
  ];
  return resultOf(figures, undefined, (result) => ({
    ...result,
    pairing: { kind, labels: ["one", "two"], cases: [[0, 1]], looks },
  }));
}

describe("a paired result", () => {
  test("is judged round by round, under the plain name of its case", () => {
    const comparison = comparePairs(pairedResult("jobs", 1.1), ["ab.json"], OPTIONS);
    expect(comparison).toMatchObject({ verdict: "regressed", paired: true, unit: "round" });
    expect(comparison?.cases.map(({ id, job }) => [id, job])).toEqual([["rand/case-0", "rand"]]);
    expect(comparison?.cases[0]?.metrics[0]?.change?.estimate).toBeCloseTo(1 / 1.1 - 1, 2);
    expect([comparison?.baseline.label, comparison?.candidate.label]).toEqual(["one", "two"]);
    expect(comparePairs(pairedResult("jobs", 1), [], OPTIONS)?.verdict).toBe("pass");
  });

  test("leaves out a round in which diskbench was stopped, and the one beside it", () => {
    const result = pairedResult("jobs", 1);
    const cases = result.cases.map((each, side) => ({
      ...each,
      rounds: each.rounds.map((round, index) =>
        side === 1 && index === 2
          ? { ...round, total: { ...round.total, iops: 1 }, stopped: { engineSeconds: 1, commandSeconds: 0 } }
          : round,
      ),
    }));
    const comparison = comparePairs({ ...result, cases }, [], OPTIONS);
    const iops = comparison?.cases[0]?.metrics.find(({ metric }) => metric === "iops");
    expect(iops).toMatchObject({ verdict: "pass", baseline: { count: 9 }, candidate: { count: 9 } });
  });

  test("takes 95 % intervals and half the alpha when two looks were planned", () => {
    expect(comparePairs(pairedResult("jobs", 1, 2), [], OPTIONS)?.confidence).toEqual({ level: 0.95, alpha: 0.025 });
  });

  test("may differ in device and file system: that is what it compares", () => {
    const result = pairedResult("targets", 1);
    const [target] = result.targets;
    const other = { ...target, resolvedPath: "/mnt/b/x.dat", fileSystem: "xfs" } as Result["targets"][number];
    const cases = result.cases.map((each, index) =>
      index === 0 ? each : { ...each, settings: { ...each.settings, target: "/mnt/b/x.dat" } },
    );
    const comparison = comparePairs({ ...result, cases, targets: [...result.targets, other] }, [], OPTIONS);
    expect(comparison?.verdict).toBe("pass");
    expect(comparison?.differences).toContainEqual({
      what: "file-system",
      severity: "harmless",
      baseline: "ext4",
      candidate: "xfs",
    });
  });

  test("without pairs there is nothing to judge", () => {
    expect(comparePairs(resultOf([{ job: "a", iops: [1, 2] }]), [], OPTIONS)).toBeNull();
  });
});

describe("an A/A run", () => {
  test("suggests a tolerance that covers what was seen, and rounds", () => {
    const comparison = comparePairs(pairedResult("same", 1.004), [], OPTIONS);
    if (comparison === null) throw new Error("not paired");
    const [noise] = noiseFloor(comparison, 5);
    const { low = 0, high = 0 } = comparison.cases[0]?.metrics[0]?.worse ?? {};
    expect(noise?.floor).toBeGreaterThanOrEqual(Math.max(high, -low));
    expect(noise?.tolerance).toBeGreaterThanOrEqual(noise?.floor ?? 1);
    expect(noise?.rounds).toBeGreaterThanOrEqual(5);
  });

  test("makes a smaller tolerance a warning", () => {
    const floors = readNoiseFloor([pairedResult("same", 1.004)]);
    const comparison = comparePairs(pairedResult("jobs", 1), [], {
      ...OPTIONS,
      tolerances: [[{ metric: null, case: null, tolerance: 0.001 }]],
    });
    if (floors === null || comparison === null) throw new Error("not paired");
    expect(noiseWarnings(comparison, floors).join()).toContain("below the noise floor");
    const usual = comparePairs(pairedResult("jobs", 1), [], OPTIONS);
    expect(usual === null ? null : noiseWarnings(usual, floors)).toEqual([]);
    expect(readNoiseFloor([pairedResult("jobs", 1)])).toBeNull();
  });
});

test("a run that is decided early has no rounds left to wait for", () => {
  const result = resultOf([{ job: "a", iops: [1, 2, 3, 4] }], undefined, (whole) => ({
    ...whole,
    cases: whole.cases.map((each) => ({ ...each, state: "pending" as const })),
  }));
  const decided = decideEarly(result, 2);
  expect(decided.order.rounds).toHaveLength(2);
  expect(decided.cases.map(({ state }) => state)).toEqual(["completed"]);
});

describe("tolerances", () => {
  const each = { id: "rand/writefile/read/random/4KiB/q8/t1", job: "rand" };
  const rules = [
    { metric: null, case: null, tolerance: 0.1 },
    { metric: "iops" as const, case: null, tolerance: 0.2 },
    { metric: null, case: "*/q8/*", tolerance: 0.3 },
  ];

  test("the most exact rule counts, flags beat the profile, 5 % without any", () => {
    expect(toleranceFor([rules], each, "iops")).toBe(0.3);
    expect(toleranceFor([rules], { ...each, id: "rand/q1" }, "iops")).toBe(0.2);
    expect(toleranceFor([rules], { ...each, id: "rand/q1" }, "latencyNs.p50")).toBe(0.1);
    expect(toleranceFor([[{ metric: null, case: null, tolerance: 0.01 }], rules], each, "iops")).toBe(0.01);
    expect(toleranceFor([], each, "iops")).toBe(0.05);
  });

  test("are read from the profile in the result", () => {
    const stated = resultOf([{ job: "a", iops: [1] }], undefined, (result) => ({
      ...result,
      profile: { ...result.profile, tolerances: [{ metric: "iops", tolerance: "7.5%" }] },
    }));
    expect(statedTolerances([stated])).toEqual([{ metric: "iops", case: null, tolerance: 0.075 }]);
    expect(statedTolerances([resultOf([{ job: "a", iops: [1] }])])).toEqual([]);
  });

  test.each([
    [null, true],
    ["rand", true],
    ["ran", false],
    [each.id, true],
    ["rand/*", true],
    ["*/4KiB/*", true],
    ["*/4KiB", false],
    ["*q8*q8*", false],
    ["*t1", true],
    ["*", true],
  ])("the pattern %j", (pattern, matches) => expect(matchesCase(pattern, each)).toBe(matches));
});

describe("a history", () => {
  const history = (levels: readonly number[]): Result[] =>
    levels.map((level, day) =>
      resultOf(
        [{ job: "rand", iops: around(level, 3, 0.004, day) }],
        `2026-11-${String(day + 1).padStart(2, "0")}T10:00:00.000Z`,
      ),
    );
  const levels = [...Array.from({ length: 7 }, () => 1000), ...Array.from({ length: 6 }, () => 850)];

  test("has a step with date and size where the level changes, whatever the order of the files", () => {
    const trend = trendOf(history(levels).toReversed(), ["iops"]);
    expect(trend.series[0]?.steps).toMatchObject([{ startedAt: "2026-11-08T10:00:00.000Z", isWorse: true }]);
    expect(trend.series[0]?.steps[0]?.change).toBeCloseTo(-0.15, 2);
    const text = renderTrendTable(trend, { color: false, width: 80 });
    expect(text).toMatch(/iops +[▁▂▃▄▅▆▇█]{13} {2}/);
    expect(text).toMatch(/2026-11-08T10:00Z .* -1[45]\.\d% .*worse/);
    expect(text).toContain("13 runs, 1 step.");
  });

  test("without a change has none", () => {
    const flat = trendOf(history(Array.from({ length: 12 }, () => 1000)), ["iops"]);
    expect(flat.series[0]?.steps).toEqual([]);
    expect(renderTrendTable(flat)).toContain("no step");
  });

  test("a sparkline spans from the lowest to the highest, and of many values shows the last", () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8], 40)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([5, 5], 40)).toBe("▅▅");
    expect(sparkline([9, 9, 1, 2], 2)).toBe("▁█");
  });
});
