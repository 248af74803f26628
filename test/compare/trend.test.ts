// Histories of runs on several devices, machines and loads -> series of comparable runs, and what is said about them.

import { describe, expect, test } from "vitest";
import { trendOf } from "../../src/compare/trend.ts";
import type { SeparatingDifference } from "../../src/compare/comparison.ts";
import type { Result } from "../../src/result/result.ts";
import { around, resultOf } from "./fixture.ts";
import { renderTrendTable } from "../report/writers.ts";

type Change = (result: Result) => Result;

/** One run a day; `changes` alter each. */
const history = (levels: readonly number[], changes: readonly (Change | null)[] = []): Result[] =>
  levels.map((level, day) =>
    resultOf(
      [{ job: "rand", iops: around(level, 3, 0.004, day) }],
      `2026-11-${String(day + 1).padStart(2, "0")}T10:00:00.000Z`,
      changes[day] ?? undefined,
    ),
  );

const onTarget =
  (change: (target: Result["targets"][number]) => object): Change =>
  (result) => ({ ...result, targets: result.targets.map((target) => ({ ...target, ...change(target) })) });
const onMachine =
  (change: object): Change =>
  (result) => ({ ...result, machine: { ...result.machine, ...change } });

const otherDisk = onTarget(({ device }) => ({ device: device === null ? null : { ...device, serial: "S2" } }));
const EIGHT = [1000, 1000, 1000, 1000, 12_000, 12_000, 12_000, 12_000];
const lastFour = (change: Change): readonly (Change | null)[] => [null, null, null, null, ...Array(4).fill(change)];
const trend = (results: readonly Result[], allowed: readonly SeparatingDifference[] = []) =>
  trendOf(results, ["iops"], allowed);
const table = (results: readonly Result[], width = 100): string =>
  renderTrendTable(trend(results), { color: false, width });

describe("a history of runs that are not comparable", () => {
  const job = { name: "rand", method: "io_uring", blockSize: "4KiB", queueDepth: 8 };
  const withJobs =
    (...jobs: readonly object[]): Change =>
    (result) => ({ ...result, profile: { ...result.profile, jobs } });
  const withSettings =
    (settings: object): Change =>
    (result) => ({
      ...result,
      cases: result.cases.map((each) => ({ ...each, settings: { ...each.settings, ...settings } })),
    });

  test.each<readonly [SeparatingDifference, string, Change]>([
    ["device", "serial S2", otherDisk],
    ["file-system", "xfs", onTarget(() => ({ fileSystem: "xfs" }))],
    ["mount-options", "sync", onTarget(() => ({ mountOptions: "rw,sync" }))],
    ["cpu", "Other CPU", onMachine({ cpuModel: "Other CPU" })],
    ["target-size", "1024 bytes", onTarget(() => ({ sizeBytes: 1024 }))],
    ["allocation", "existing-file", onTarget(() => ({ kind: "existing-file" as const }))],
    ["profile", 'nativeCall: "libaio"', withSettings({ nativeCall: "libaio" })],
    ["profile", "queueDepth: 32", withSettings({ queueDepth: 32 })],
  ])("that differ in %s (%s) has no step between them, two series, and says why", (what, text, change) => {
    const results = history(EIGHT, lastFour(change));
    const { series } = trend(results);
    expect(series.map(({ points, steps }) => [points.length, steps.length])).toEqual([
      [4, 0],
      [4, 0],
    ]);
    expect(series.map(({ apart }) => apart.map((fact) => fact.what))).toEqual([[what], [what]]);
    expect(series[1]?.apart[0]?.text).toContain(text);
    const shown = table(results);
    expect(shown).toMatch(new RegExp(`^  ${what}: .*${text}`, "m"));
    expect(shown.replaceAll(/\n\s+/g, " ")).toContain(
      `runs that differ in ${what}. To put them into one: --allow-difference ${what}`,
    );
    // Allowed, they are one series, whose step has its likely reason beside it.
    const [joined, ...others] = trend(results, [what]).series;
    expect(others).toEqual([]);
    expect(joined).toMatchObject({ apart: [], steps: [{ startedAt: "2026-11-05T10:00:00.000Z" }] });
    expect(joined?.changes).toMatchObject([{ startedAt: "2026-11-05T10:00:00.000Z", what }]);
    expect(joined?.changes[0]?.after).toContain(text);
  });

  test("a job that lasts longer is another load; another job, or more of the sweep, is none", () => {
    const before = withJobs(job);
    const runs = (after: Change) => trend(history(EIGHT, [before, before, before, before, ...Array(4).fill(after)]));
    const longer = runs(withJobs({ ...job, duration: "7s" })).series;
    expect(longer.map(({ apart }) => apart)).toEqual([
      [{ what: "profile", text: expect.stringMatching(/^duration: /) }],
      [{ what: "profile", text: 'duration: "7s"' }],
    ]);
    const more = runs(withJobs({ ...job, name: "first" }, { ...job, queueDepth: [1, 8] })).series;
    expect(more.map(({ apart, points }) => [apart, points.length])).toEqual([[[], 8]]);
  });

  test("on two disks that take turns is two series, each in the order of time", () => {
    const turns = [null, otherDisk, null, otherDisk, null, otherDisk, null, otherDisk];
    const results = history([1, 9, 2, 8, 3, 7, 4, 6], turns);
    const values = trend(results.toReversed()).series.map(({ points }) => points.map(({ value }) => Math.round(value)));
    expect(values).toEqual([
      [1, 2, 3, 4],
      [9, 8, 7, 6],
    ]);
  });

  test("looks at the target of each case, wherever it lies", () => {
    const moved = onTarget(() => ({ path: "b/x.dat", resolvedPath: "/srv/disk/b/x.dat" }));
    const elsewhere = { target: "/srv/disk/b/x.dat" };
    const results = history(
      EIGHT,
      lastFour((result) => withSettings(elsewhere)(moved(result))),
    );
    expect(trend(results).series).toHaveLength(1);
    const second: Change = (result) => ({
      ...result,
      targets: [...result.targets, ...otherDisk(result).targets.map((each) => ({ ...each, resolvedPath: "/mnt/y" }))],
    });
    expect(trend(history(EIGHT, lastFour(second))).series).toHaveLength(1);
  });
});

describe("what changes without making another series", () => {
  test.each<readonly [string, string, Change]>([
    ["kernel", "Linux 7.0", onMachine({ operatingSystem: "Linux 7.0" })],
    ["tool", "diskbench 9.9.9", (result) => ({ ...result, tool: { ...result.tool, version: "9.9.9" } })],
    ["firmware", "F2", onTarget(({ device }) => ({ device: device && { ...device, firmware: "F2" } }))],
    ["write-cache", "off", onTarget(({ device }) => ({ device: device && { ...device, writeCache: "off" } }))],
  ])("%s is noted with its date beside the step", (what, after, change) => {
    const results = history(EIGHT, lastFour(change));
    expect(trend(results).series).toMatchObject([
      { apart: [], steps: [{ isWorse: false }], changes: [{ startedAt: "2026-11-05T10:00:00.000Z", what, after }] },
    ]);
    expect(table(results)).toMatch(new RegExp(`^  2026-11-05T10:00Z  ${what}: .* -> ${after}$`, "m"));
  });

  test.each<readonly [string, Change]>([
    ["host", onMachine({ hostname: "bench-2" })],
    ["node", (result) => ({ ...result, tool: { ...result.tool, node: "99.0.0" } })],
    ["memory", onMachine({ memoryBytes: 1 })],
    ["the kernel's name of a device", onTarget(({ device }) => ({ device: device && { ...device, name: "sdz" } }))],
    ["rounds and seed", (result) => ({ ...result, profile: { ...result.profile, rounds: 9, seed: 9 } })],
  ])("%s is not worth a word", (_, change) => {
    expect(trend(history(EIGHT, lastFour(change))).series).toMatchObject([{ apart: [], changes: [] }]);
  });

  test("of many changes the first are shown, the others counted, and no line is too wide", () => {
    const kernels = Array.from({ length: 16 }, (_, day) =>
      onMachine({ operatingSystem: `Linux ${day} ${"x".repeat(90)}` }),
    );
    const shown = table(history(Array(16).fill(1000), kernels), 60);
    expect(shown.match(/kernel: /g)).toHaveLength(10);
    expect(shown).toContain("... and 5 more like these (see --json)");
    expect(Math.max(...shown.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe("runs that are no part of a history", () => {
  test.each(["failed", "aborted"] as const)("one that %s is left out, and said so", (state) => {
    const results = history([1000, 1000, 5, 1000], [null, null, (result) => ({ ...result, state })]);
    const found = trend(results);
    expect(found).toMatchObject({
      runs: 3,
      leftOut: [{ startedAt: "2026-11-03T10:00:00.000Z", hostname: "bench-1", id: null, reason: state }],
    });
    expect(found.series[0]?.points.map(({ startedAt }) => startedAt.slice(8, 10))).toEqual(["01", "02", "04"]);
    expect(table(results)).toMatch(
      /^Left out: the run of 2026-11-03T10:00:00\.000Z on bench-1, because it (?:failed|was ended early)$/m,
    );
    expect(table(results)).toContain("3 runs, 0 steps.");
  });

  test("a case that was not measured to its end is left out, the others of that run are not", () => {
    const two = (iops: number, startedAt: string, change?: Change) =>
      resultOf(
        ["a", "b"].map((job) => ({ job, iops: [iops, iops] })),
        startedAt,
        change,
      );
    const cut: Change = (result) => ({
      ...result,
      cases: result.cases.map((each, index) => (index === 0 ? { ...each, state: "pending" as const } : each)),
    });
    const found = trend([two(1, "2026-11-01T10:00:00.000Z"), two(2, "2026-11-02T10:00:00.000Z", cut)]);
    expect(found.series.map(({ id, points }) => [id, points.length])).toEqual([
      ["a/case-0", 1],
      ["b/case-1", 2],
    ]);
    expect(found.leftOut).toMatchObject([{ id: "a/case-0", reason: "pending" }]);
  });

  test("a round in which diskbench was stopped is part of no value, and a case of no others is left out", () => {
    const stopping =
      (indexes: readonly number[]): Change =>
      (result) => ({
        ...result,
        cases: result.cases.map((each) => ({
          ...each,
          rounds: each.rounds.map((round) =>
            indexes.includes(round.index) ? { ...round, stopped: { engineSeconds: 1, commandSeconds: 0 } } : round,
          ),
        })),
      });
    const at = (day: number, change: Change) =>
      resultOf([{ job: "rand", iops: [10, 100, 100] }], `2026-11-0${day}T10:00:00.000Z`, change);
    const results = [at(1, stopping([0])), at(2, stopping([0, 1, 2])), at(3, stopping([1, 2]))];
    const found = trend(results);
    expect(found.series[0]?.points.map(({ value }) => value)).toEqual([100, 10]);
    expect(found.leftOut).toMatchObject([{ id: "rand/case-0", reason: "stopped" }]);
    expect(table(results, 160)).toContain("because diskbench was stopped in each of its rounds");
  });

  test("a run that is given twice counts once", () => {
    const results = history([1000, 1100]);
    const found = trend([...results, ...results]);
    expect(found.series[0]?.points).toHaveLength(2);
    expect(found.leftOut.map(({ reason }) => reason)).toEqual(["twice", "twice"]);
  });

  test("when none is left, that is said", () => {
    const results = history([1000], [(result) => ({ ...result, state: "aborted" })]);
    expect(table(results)).toMatch(/^Left out: .*\n\n0 runs, 0 steps\.\n$/);
  });
});

test("times of any precision are put in order", () => {
  const at = (startedAt: string, iops: number) => resultOf([{ job: "rand", iops: [iops] }], startedAt);
  const found = trend([at("2026-11-01T10:00:00.5Z", 2), at("2026-11-01T10:00:01Z", 3), at("2026-11-01T10:00:00Z", 1)]);
  expect(found.series[0]?.points.map(({ value }) => value)).toEqual([1, 2, 3]);
});
