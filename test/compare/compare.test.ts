// Results of two sides -> the whole comparison: what is comparable, what is missing, what is warned about.

import { describe, expect, test } from "vitest";
import { compareResults, type CompareOptions } from "../../src/compare/compare.ts";
import type { Comparison, MetricComparison } from "../../src/compare/comparison.ts";
import type { Result } from "../../src/result/result.ts";
import { around, type CaseFigures, resultOf, side } from "./fixture.ts";

const OPTIONS: CompareOptions = { gates: [], tolerances: [], allowed: [] };
const LATER = "2026-11-21T10:00:00.000Z";

const sketch = (level: number, count = 10, seed = 1): CaseFigures => ({
  job: "rand",
  iops: around(100_000 / level, count, 0.004, seed),
  p50: around(80_000 * level, count, 0.004, seed + 1),
  p99: around(250_000 * level, count, 0.004, seed + 2),
});

function compare(baseline: Result, candidate: Result, options: Partial<CompareOptions> = {}): Comparison {
  return compareResults(side("base", baseline), side("cand", candidate), { ...OPTIONS, ...options });
}

function metric(comparison: Comparison, name: string): MetricComparison {
  const found = comparison.cases[0]?.metrics.find((each) => each.metric === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const base = resultOf([sketch(1)]);
const changed = (change: (result: Result) => Result, level = 1): Result =>
  resultOf([sketch(level, 10, 7)], LATER, change);

describe("the verdict", () => {
  test("passes what is equal, with three gates and five figures that inform", () => {
    const comparison = compare(
      base,
      changed((result) => result),
    );
    expect(comparison.verdict).toBe("pass");
    expect(comparison.openGates).toBeNull();
    expect(comparison.counts).toMatchObject({ pass: 3, regressed: 0, inconclusive: 0 });
    expect(comparison.cases[0]?.metrics.filter(({ gated }) => gated).map((each) => each.metric)).toEqual([
      "iops",
      "latencyNs.p50",
      "latencyNs.p99",
    ]);
  });

  test("calls 12 % more latency and shows rates as they fall", () => {
    const comparison = compare(
      base,
      changed((result) => result, 1.12),
    );
    expect(comparison.verdict).toBe("regressed");
    expect(comparison.counts.regressed).toBe(3);
    expect(metric(comparison, "iops").change?.estimate).toBeCloseTo(1 / 1.12 - 1, 2);
    expect(metric(comparison, "iops").worse?.estimate).toBeCloseTo(0.12, 2);
    expect(metric(comparison, "latencyNs.p99").change?.estimate).toBeCloseTo(0.12, 2);
    expect(comparison.overall).toEqual([]);
  });

  test("marks what passed although it is slower, and takes a wider tolerance", () => {
    const slower = changed((result) => result, 1.03);
    expect(metric(compare(base, slower), "latencyNs.p50").slowerWithinTolerance).toBe(true);
    const strict = compare(base, slower, { tolerances: [[{ metric: null, case: null, tolerance: 0.01 }]] });
    expect(strict.verdict).toBe("regressed");
    const mixed = compare(
      base,
      changed((result) => result, 1.12),
      {
        tolerances: [
          [{ metric: "iops", case: null, tolerance: 0.2 }],
          [{ metric: null, case: "rand", tolerance: 0.15 }],
        ],
      },
    );
    expect(mixed.verdict).toBe("pass");
    expect(metric(mixed, "iops").tolerance).toBe(0.2);
    expect(metric(mixed, "latencyNs.p50").tolerance).toBe(0.15);
  });

  test("lets a latency differ by a step of the clock and a bucket", () => {
    const near = (level: number): CaseFigures => ({
      ...sketch(1),
      p50: around(level, 10, 0, 1),
      p99: around(level, 10, 0, 1),
    });
    const coarse = (result: Result): Result => ({
      ...result,
      machine: { ...result.machine, clock: { name: "tick", resolutionNs: 100 } },
    });
    const options = { gates: ["latencyNs.p50"] as const };
    expect(
      compare(resultOf([near(500)], undefined, coarse), resultOf([near(600)], LATER, coarse), options).verdict,
    ).toBe("pass");
    expect(compare(resultOf([near(500)]), resultOf([near(600)], LATER), options).verdict).toBe("regressed");
  });

  test("with too few rounds no gate can close, and it says how many are needed", () => {
    const few = (level: number, startedAt?: string): Result => resultOf([sketch(level, 3)], startedAt);
    for (const level of [1, 2]) {
      const comparison = compare(few(1), few(level, LATER));
      expect(comparison.verdict).toBe("inconclusive");
      expect(comparison.openGates?.message).toContain("3 rounds a side");
      expect(comparison.openGates?.message).toContain("at least 4");
    }
  });

  test("several files a side make the run the sample", () => {
    const runs = (level: number, day: number): Result[] =>
      Array.from({ length: 5 }, (_, run) =>
        resultOf([sketch(level, 3, run + day)], `2026-11-${day}T0${run}:00:00.000Z`),
      );
    const comparison = compareResults(side("base", ...runs(1, 10)), side("cand", ...runs(1.2, 11)), OPTIONS);
    expect([comparison.unit, comparison.verdict]).toEqual(["run", "regressed"]);
    expect(metric(comparison, "iops").baseline.count).toBe(5);
    expect(comparison.warnings.join()).not.toContain("One run a side");
    const lopsided = compareResults(side("base", ...runs(1, 10)), side("cand", runs(1.2, 11)[0] ?? base), OPTIONS);
    expect(lopsided.verdict).toBe("inconclusive");
    expect(lopsided.openGates?.message).toContain("runs a side");
  });

  test("sums up several cases by the geometric mean", () => {
    const two = (level: number): CaseFigures[] => [sketch(1, 10, 3), { ...sketch(level, 10, 4), job: "other" }];
    const comparison = compare(resultOf(two(1)), resultOf(two(1.21), LATER));
    const latency = comparison.overall.find((each) => each.metric === "latencyNs.p50");
    expect(latency?.change).toBeCloseTo(0.1, 2);
    expect(latency?.cases).toBe(2);
  });
});

describe("what is missing is never a pass", () => {
  test("a case on one side only", () => {
    const two = resultOf([sketch(1), { ...sketch(1), job: "other" }]);
    for (const comparison of [compare(base, two), compare(two, base)]) {
      expect(comparison.verdict).toBe("inconclusive");
      expect(comparison.counts).toMatchObject({ pass: 3, inconclusive: 3 });
      expect(comparison.openGates?.tests).toBe(3);
      expect(comparison.cases[1]?.metrics[0]?.note).toContain("missing from the");
    }
  });

  test("a case that failed, and a run that ended early", () => {
    const failed = changed((result) => ({
      ...result,
      state: "failed",
      cases: result.cases.map((each) => ({ ...each, state: "failed" as const })),
    }));
    const comparison = compare(base, failed);
    expect(comparison.verdict).toBe("inconclusive");
    expect(metric(comparison, "iops").note).toContain("did not come to its end in the candidate");
    expect(comparison.warnings.join()).toContain("failed");
  });

  test("a percentile that is null on one side is inconclusive, on both it informs and says how long to measure", () => {
    const nulls = Array.from({ length: 10 }, () => null);
    const without = (startedAt: string): Result => resultOf([{ ...sketch(1), p99: nulls }], startedAt);
    const oneSide = metric(compare(base, without(LATER)), "latencyNs.p99");
    expect([oneSide.verdict, oneSide.cannotClose]).toEqual(["inconclusive", true]);
    const both = compare(without("2026-11-20T23:45:40.000Z"), without(LATER));
    const answer = metric(both, "latencyNs.p99");
    expect([answer.verdict, answer.gated, answer.secondsNeeded]).toEqual(["unmeasured", false, 1]);
    expect(both.verdict).toBe("pass");
  });

  test("when nothing gated was measured at all, the gate is open", () => {
    const comparison = compare(
      base,
      changed((result) => result),
      { gates: ["latencyNs.p999"] },
    );
    expect(comparison.verdict).toBe("inconclusive");
    expect(comparison.openGates?.message).toContain("No gated figure");
  });
});

describe("what differs", () => {
  const target =
    (change: object) =>
    (result: Result): Result => ({
      ...result,
      targets: result.targets.map((each) => ({ ...each, ...change })),
    });
  const device = base.targets[0]?.device;

  test.each([
    [
      "profile",
      (result: Result): Result => ({ ...result, profile: { ...result.profile, jobs: [{ blockSize: "8KiB" }] } }),
    ],
    ["device", target({ device: { ...device, serial: "S2" } })],
    ["file-system", target({ fileSystem: "xfs" })],
    ["mount-options", target({ mountOptions: "rw,relatime,sync" })],
  ] as const)("another %s is not comparable unless it is allowed", (what, change) => {
    const other = changed(change);
    const comparison = compare(base, other);
    expect(comparison.verdict).toBe("not-comparable");
    expect(comparison.differences).toMatchObject([{ what, severity: "blocking" }]);
    expect(metric(comparison, "iops").verdict).toBe("not-comparable");
    const allowed = compare(base, other, { allowed: [what] });
    expect(allowed.verdict).toBe("pass");
    expect(allowed.differences).toMatchObject([{ what, severity: "allowed" }]);
  });

  test.each([
    ["cpu", "notable", (result: Result): Result => ({ ...result, machine: { ...result.machine, cpuModel: "Other" } })],
    [
      "kernel",
      "notable",
      (result: Result): Result => ({ ...result, machine: { ...result.machine, operatingSystem: "Linux 7" } }),
    ],
    ["tool", "notable", (result: Result): Result => ({ ...result, tool: { ...result.tool, version: "9.9.9" } })],
    [
      "host",
      "harmless",
      (result: Result): Result => ({ ...result, machine: { ...result.machine, hostname: "other" } }),
    ],
    [
      "profile-words",
      "harmless",
      (result: Result): Result => ({ ...result, profile: { ...result.profile, rounds: 99, seed: 5 } }),
    ],
  ] as const)("another %s is shown", (what, severity, change) => {
    const comparison = compare(base, changed(change));
    expect(comparison.verdict).toBe("pass");
    expect(comparison.differences).toMatchObject([{ what, severity }]);
  });

  test("the kernel's name of a device and options about permissions do not count", () => {
    const change = target({ mountOptions: "rw,nosuid,nodev,relatime", device: { ...device, name: "nvme7n1" } });
    expect(compare(base, changed(change)).differences).toEqual([]);
  });
});

describe("warnings", () => {
  test("one run a side does not know how runs differ", () => {
    expect(
      compare(
        base,
        changed((result) => result),
      ).warnings.join(),
    ).toContain("ab");
  });

  test("the same run on both sides", () => {
    expect(compare(base, base).warnings.join()).toContain("stands on both sides");
  });

  test("rounds that drift, though not each series by itself that happens to", () => {
    const rising = resultOf(
      [{ ...sketch(1), iops: Array.from({ length: 12 }, (_, index) => 1000 + index * 5) }],
      LATER,
    );
    expect(compare(base, rising).warnings.filter((text) => text.includes("drifts"))).toHaveLength(1);
    expect(
      compare(
        base,
        changed((result) => result),
      ).warnings.join(),
    ).not.toContain("drifts");
  });

  test("checks that did not pass on one side only", () => {
    const warned = changed((result) => ({
      ...result,
      cases: result.cases.map((each) => ({
        ...each,
        checks: [{ code: "steady", status: "warn" as const, message: "", facts: {} }],
      })),
    }));
    expect(compare(base, warned).warnings.join()).toContain("steady (warn) did not pass in the candidate only");
    expect(compare(warned, { ...warned, startedAt: "x" }).warnings.join()).not.toContain("steady");
  });
});
