// compare, ab and trend as whole commands on the simulated device -> what they print and the exit code of each outcome.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Comparison } from "../../src/compare/comparison.ts";
import type { Trend } from "../../src/compare/trend.ts";
import { around, resultOf } from "../compare/fixture.ts";
import { completedResult } from "../result/fixture.ts";
import { COMMAND, diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import type { Undo } from "../support/undo.ts";
import { renderJson } from "../report/writers.ts";

const LATER = "2026-11-21T10:00:00.000Z";
const write = (level: number, rounds = 10, startedAt = LATER, device = "S1"): string =>
  renderJson(
    resultOf(
      [
        {
          job: "rand",
          iops: around(100_000 / level, rounds, 0.004, 1),
          p50: around(80_000 * level, rounds, 0.004, 2),
          p99: around(250_000 * level, rounds, 0.004, 3),
        },
      ],
      startedAt,
      (result) => ({
        ...result,
        targets: result.targets.map((target) => ({
          ...target,
          device: target.device === null ? null : { ...target.device, serial: device },
        })),
      }),
    ),
    { color: false, width: 80, mebibytes: false },
  );

const FILES = {
  "base.json": write(1, 10, "2026-11-20T10:00:00.000Z"),
  "same.json": write(1.01),
  "slow.json": write(1.2),
  "edge.json": write(1.05),
  "few.json": write(1, 3),
  "other-disk.json": write(1, 10, LATER, "S2"),
  "slow-other-disk.json": write(1.2, 10, LATER, "S2"),
  "few-other-disk.json": write(1, 3, LATER, "S2"),
  "newer.json": write(1).replace("diskbench-result/1", "diskbench-result/2"),
  "broken.json": '{"schema": "diskbench-result/1"}',
};

const PROFILE = {
  name: "sim",
  target: { path: "x.dat", size: "16MiB" },
  defaults: { method: "simulated", duration: "50ms", warmup: "0s", blockSize: "4KiB" },
  jobs: [{ name: "a", queueDepth: 8 }],
};

const run = (undo: Undo, directory: string, words: readonly string[], environment: Record<string, string> = {}) =>
  diskbench(undo, words, { directory, environment: { GITHUB_STEP_SUMMARY: "", GITHUB_ACTIONS: "", ...environment } });

describe("compare", () => {
  test.for([
    [["base.json", "same.json"], 0, "pass: 3 pass of 3 gated tests"],
    [["base.json", "slow.json"], 1, "regressed: 3 regressed of 3 gated tests"],
    [["slow.json", "base.json"], 0, "pass: 3 improved of 3 gated tests"],
    [["base.json", "slow.json", "--tolerance", "30%"], 0, "pass"],
    [["base.json", "slow.json", "--gate", "cpuNsPerIo"], 0, "pass"],
    [["base.json", "edge.json"], 0, "inconclusive"],
    [["base.json", "edge.json", "--strict"], 5, "inconclusive"],
    [["base.json", "few.json"], 5, "3 rounds a side"],
    [["few.json", "few.json"], 5, "The gate cannot close"],
    [["base.json", "other-disk.json"], 4, "--allow-difference device"],
    [["base.json", "other-disk.json", "--allow-difference", "device"], 0, "allowed"],
    // Of several codes the one that says most about what to do: 4 before 1 before 5.
    [["base.json", "slow-other-disk.json"], 4, "not comparable"],
    [["base.json", "slow-other-disk.json", "--allow-difference", "device"], 1, "3 regressed"],
    [["base.json", "few-other-disk.json"], 4, "not comparable"],
    [["base.json", "few-other-disk.json", "--allow-difference", "device"], 5, "The gate cannot close"],
    [["base.json", "other-disk.json", "--allow-difference", "file-system"], 4, "--allow-difference device"],
    [["base.json", "slow.json", "--strict"], 1, "3 regressed"],
  ] as const)("%j exits %i", async ([words, code, text], { onTestFinished: undo }) => {
    const { stdout, stderr, code: found } = await run(undo, workplace(undo, FILES), ["compare", ...words]);
    expect(stderr).toBe("");
    expect(stdout).toContain(text);
    expect(found).toBe(code);
  });

  test.for([
    [["base.json", "broken.json"], /broken\.json/],
    [["base.json", "missing.json"], /missing\.json/],
    [
      ["base.json", "newer.json"],
      /newer\.json: schema: found "diskbench-result\/2", can read "diskbench-result\/1".*newer one/,
    ],
    [["missing.json", "broken.json"], /missing\.json/],
    [["base.json"], /one side only/],
    [["base.json", "same.json", "--gate", "latencyNs.p98"], /nearest one is latencyNs\.p9/],
    [["base.json", "same.json", "--tolerance", "5"], /3%/],
    [["base.json", "same.json", "--allow-difference", "weather"], /mount-options/],
    [["base.json", "same.json", "--output", "x.doc"], /\.xml/],
    [["base.json", "same.json", "--noise-floor", "base.json"], /--aa/],
  ] as const)("%j is refused with exit 2", async ([words, text], { onTestFinished: undo }) => {
    const { stderr, code, stdout } = await run(undo, workplace(undo, FILES), ["compare", ...words]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });

  test("writes what CI systems read: JSON, Markdown, JUnit, step summary and annotations", async ({
    onTestFinished: undo,
  }) => {
    const directory = workplace(undo, FILES);
    writeFileSync(join(directory, "summary.md"), "before\n");
    const { stdout, stderr, code } = await run(
      undo,
      directory,
      ["compare", "base.json", "slow.json", "--json", "--output", "c.xml", "--output", "c.md"],
      { GITHUB_STEP_SUMMARY: join(directory, "summary.md"), GITHUB_ACTIONS: "true" },
    );
    const comparison = JSON.parse(stdout) as Comparison;
    expect(comparison).toMatchObject({ schema: "diskbench-comparison/1", verdict: "regressed" });
    const read = (name: string): string => readFileSync(join(directory, name), "utf8");
    expect(read("c.xml")).toContain("<failure ");
    expect(read("summary.md")).toBe(`before\n${read("c.md")}\n`);
    expect(stderr.match(/^::error /gm)).toHaveLength(3);
    expect(code).toBe(1);
  });

  test("takes directories of results as several runs a side", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo);
    for (const [name, level, hour] of [
      ["before", 1, "08"],
      ["after", 1.2, "20"],
    ] as const) {
      mkdirSync(join(directory, name));
      for (let day = 1; day <= 5; day++) {
        writeFileSync(
          join(directory, name, `${day}.json`),
          write(level * (1 + day / 1000), 3, `2026-11-0${day}T${hour}:00:00.000Z`),
        );
      }
    }
    const { stdout, code } = await run(undo, directory, ["compare", "before", "after", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ unit: "run", verdict: "regressed", baseline: { runs: 5 } });
    expect(code).toBe(1);
  });
});

describe("ab", () => {
  const ab = (undo: Undo, directory: string, ...words: readonly string[]): Promise<Ended> =>
    run(undo, directory, ["ab", "p.json", "--no-progress", ...words]);

  test("alternates A B B A case by case, keeps both sides in one file, and compare judges it again", async ({
    onTestFinished: undo,
  }) => {
    const directory = workplace(undo, { "p.json": { ...PROFILE, jobs: [{ name: "a", queueDepth: [4, 8] }] } });
    const slower = await ab(undo, directory, "--set", "jobs.0.blockSize=4KiB", "--set", "jobs.0.blockSize=256KiB");
    expect(slower.stdout).toContain("regressed");
    expect(slower.code).toBe(1);
    const { pairing, order, cases } = resultIn(directory);
    expect(pairing).toMatchObject({
      kind: "jobs",
      cases: [
        [0, 2],
        [1, 3],
      ],
      looks: 1,
    });
    expect(cases.map(({ rounds }) => rounds.length)).toEqual([10, 10, 10, 10]);
    const sides = (pair: number): string =>
      order.rounds.flatMap(([index]) => (index % 2 === pair ? [index < 2 ? "A" : "B"] : [])).join("");
    expect(sides(0)).toBe("ABBA".repeat(5));
    expect(sides(1)).toBe("ABBA".repeat(5));
    // Both sides of a pair run one after the other.
    expect(
      order.rounds.every(([index], place) => place % 2 === 1 || (order.rounds[place + 1]?.[0] ?? 9) % 2 === index % 2),
    ).toBe(true);
    const [file = ""] = readdirSync(join(directory, "results"));
    const again = await run(undo, directory, ["compare", join("results", file)]);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("paired rounds");
  });

  test("compares two targets", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const { code, stdout } = await ab(undo, directory, "--target", "x.dat", "--target", "y.dat");
    expect(stdout).toContain("Candidate: y.dat");
    expect(code).toBe(0);
    expect(resultIn(directory).pairing?.kind).toBe("targets");
  });

  test("--aa says how far equal things differ and what to ask for", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const { code, stderr } = await ab(undo, directory, "--aa");
    expect(stderr).toMatch(
      /latencyNs\.p99: equal things differ by up to \d+\.\d% here\. Suggested: --tolerance latencyNs\.p99=\d+%/,
    );
    expect(code).toBe(0);
    renameSync(
      join(directory, "results", readdirSync(join(directory, "results"))[0] ?? ""),
      join(directory, "noise.json"),
    );
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
    const words = ["compare", "base.json", "same.json", "--noise-floor", "noise.json", "--tolerance", "0.001%"];
    expect((await run(undo, directory, words)).stdout).toContain("below the noise floor");
  });

  test("--early-look ends when all gates are decided, not before half of the rounds", async ({
    onTestFinished: undo,
  }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const { code } = await ab(undo, directory, "--aa", "--rounds", "20", "--early-look", "--tolerance", "20%");
    const { cases, state, order } = resultIn(directory);
    expect(cases.map(({ rounds }) => rounds.length)).toEqual([10, 10]);
    expect([code, state, order.rounds.length]).toEqual([0, "completed", 20]);
    const tooFew = await ab(undo, directory, "--aa", "--rounds", "8", "--early-look");
    expect(tooFew.code).toBe(2);
    expect(tooFew.stderr).toContain("--rounds");
  });

  test("says before it begins that the rounds cannot decide, and is not green", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const { code, stderr, stdout } = await ab(undo, directory, "--aa", "--rounds", "3");
    expect(stderr).toContain("at least 6 are needed (--rounds 6)");
    expect(stdout).toMatch(/^The gate cannot close/);
    expect(code).toBe(5);
  });

  test("--strict makes an undecided gate an error", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const words = ["--aa", "--tolerance", "0.0001%", "--gate", "latencyNs.mean"];
    const lenient = await ab(undo, directory, ...words);
    expect([lenient.code, lenient.stdout]).toEqual([0, expect.stringMatching(/^inconclusive: 1 inconclusive/m)]);
    expect((await ab(undo, directory, ...words, "--strict")).code).toBe(5);
  });

  test("failed I/Os come before any verdict", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const environment = { DISKBENCH_SIMULATION: '{"errorRate":0.5}' };
    const { code, stderr } = await run(undo, directory, ["ab", "p.json", "--aa", "--no-progress"], environment);
    expect(stderr).toContain("failed");
    expect(code).toBe(3);
  });

  test.for([
    [[], /Nothing says in what the two sides differ/],
    [["--target", "a", "--target", "b", "--target", "c"], /3 targets/],
    [["--set", "jobs.0.queueDepth=1", "--set", "jobs.0.queueDepth=2", "--set", "jobs.0.queueDepth=3"], /set 3 times/],
    [["--set", "jobs.0.queueDepth=[1,2]", "--set", "jobs.0.queueDepth=3"], /cannot be paired/],
    [["other.json"], /differ in their targets and in their jobs/],
  ] as const)("%j is refused", async ([words, text], { onTestFinished: undo }) => {
    const other = { ...PROFILE, target: { path: "z.dat", size: "16MiB" }, jobs: [{ name: "z", queueDepth: 2 }] };
    const directory = workplace(undo, { "p.json": PROFILE, "other.json": other });
    const { code, stderr } = await run(undo, directory, ["ab", "p.json", ...words]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });

  test("one --set alone is the candidate's", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": PROFILE });
    const { stdout } = await ab(undo, directory, "--set", "jobs.0.queueDepth=16", "--gate", "iops");
    expect(stdout).toContain("Baseline: as it is");
    expect(stdout).toContain("Candidate: jobs.0.queueDepth=16");
  });
});

describe("gates of a profile", () => {
  test.for([
    [{ metric: "iops", min: 1 }, 0],
    [{ metric: "iops", min: 1e12 }, 1],
    [{ metric: "latencyNs.p50", max: "1ns", case: "b" }, 2],
  ] as const)("%j exits %i", async ([gate, code], { onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": { ...PROFILE, gates: [gate] } });
    const ended = await run(undo, directory, ["run", "p.json", "--quiet", "--rounds", "1"]);
    expect(ended.code).toBe(code);
    if (code === 1)
      expect(ended.stdout).toContain("fail gate: iops of a/simulated/read/random/4KiB/q8/t1 has to be at least");
  });
});

describe("run", () => {
  test.for([
    ["all well", [], {}, {}, 0],
    ["a gate that is broken", [], { gates: [{ metric: "iops", min: 1e12 }] }, {}, 1],
    ["a flag that is wrong", ["--rounds", "x"], {}, {}, 2],
    ["failed I/Os, and a gate that is broken", [], { gates: [{ metric: "iops", min: 1e12 }] }, { errorRate: 0.5 }, 3],
  ] as const)("%s", async ([, flags, document, device, code], { onTestFinished: undo }) => {
    const directory = workplace(undo, { "p.json": { ...PROFILE, ...document } });
    const environment = { DISKBENCH_SIMULATION: JSON.stringify(device) };
    const ended = await run(undo, directory, ["run", "p.json", "--quiet", "--rounds", "1", ...flags], environment);
    expect(ended.code).toBe(code);
  });

  test("writes JUnit and annotations too", async ({ onTestFinished: undo }) => {
    const gates = [{ metric: "iops", min: 1e12 }];
    const directory = workplace(undo, { "p.json": { ...PROFILE, gates } });
    const words = ["run", "p.json", "--quiet", "--rounds", "1", "--format", "github", "--output", "r.xml"];
    const { stdout, code } = await run(undo, directory, words);
    expect(stdout).toMatch(/^::error title=diskbench%3A failure::fail gate: iops of a\/simulated/m);
    expect(readFileSync(join(directory, "r.xml"), "utf8")).toContain('<failure type="gate" message="iops of a/');
    expect(code).toBe(1);
  });
});

test.for([
  [["base.json", "slow.json", "--metric", "iopz"], /--metric iopz: .*nearest one is iops/],
  [["base.json", "--allow-difference", "weather"], /allowed: profile, device, .*cpu/],
  [["base.json", "broken.json"], /broken\.json/],
  [["base.json", "newer.json"], /newer\.json/],
  [["missing.json"], /missing\.json/],
] as const)("trend refuses %j with exit 2", async ([words, text], { onTestFinished: undo }) => {
  const { code, stderr, stdout } = await run(undo, workplace(undo, FILES), ["trend", ...words]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(text);
});

test("a step summary that others have nearly filled is not filled beyond its limit", async ({
  onTestFinished: undo,
}) => {
  const directory = workplace(undo, FILES);
  const summary = join(directory, "summary.md");
  const limit = 1024 * 1024;
  for (const [room, isWritten] of [
    [6000, true],
    [100, false],
  ] as const) {
    writeFileSync(summary, "x".repeat(limit - room));
    const words = ["compare", "base.json", "slow.json"];
    const { code, stderr } = await run(undo, directory, words, { GITHUB_STEP_SUMMARY: summary });
    const text = readFileSync(summary, "utf8");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect(text.includes("❌ diskbench")).toBe(isWritten);
    expect(stderr.includes("no room is left")).toBe(!isWritten);
    // The verdict stands, whatever became of its looks.
    expect(code).toBe(1);
  }
});

test("trend shows a line per figure", async ({ onTestFinished: undo }) => {
  const directory = workplace(undo, FILES);
  const { stdout, code } = await run(undo, directory, ["trend", "base.json", "slow.json", "--metric", "iops"]);
  expect(stdout).toMatch(/iops +█▁/);
  expect(code).toBe(0);
});

test("trend keeps two disks apart unless it is told otherwise, in the table and in JSON", async ({
  onTestFinished: undo,
}) => {
  const directory = workplace(undo, FILES);
  const words = ["trend", "base.json", "slow-other-disk.json", "--metric", "iops"];
  const { stdout, code } = await run(undo, directory, words);
  expect(stdout.match(/^ {2}device: .*serial S[12]$/gm)).toHaveLength(2);
  expect(stdout).toContain("--allow-difference device");
  expect(code).toBe(0);
  const json = await run(undo, directory, [...words, "--json"]);
  const { series } = JSON.parse(json.stdout) as Trend;
  expect(series.map(({ points, apart }) => [points.length, apart[0]?.what])).toEqual([
    [1, "device"],
    [1, "device"],
  ]);
  const joined = await run(undo, directory, [...words, "--allow-difference", "device"]);
  expect(joined.stdout).toMatch(/iops +█▁/);
});

test("a thousand cases of several rounds are compared within two seconds of CPU, or one look at each character", ({
  onTestFinished: undo,
}) => {
  const directory = workplace(undo);
  const { cases, ...rest } = completedResult([{ job: "rand", ios: 3000 }], 3);
  const [only] = cases;
  if (only === undefined) throw new Error("no case");
  const text = JSON.stringify(only);
  const all = Array.from({ length: 1000 }, (_, index) => text.replace(JSON.stringify(only.id), `"rand/${index}"`)).join(
    ",",
  );
  for (const [name, startedAt] of [
    ["before.json", "2026-11-20T10:00:00.000Z"],
    ["after.json", LATER],
  ] as const) {
    const head = JSON.stringify({ ...rest, startedAt });
    writeFileSync(join(directory, name), `${head.slice(0, -1)},"cases":[${all}]}`);
  }
  expect(statSync(join(directory, "after.json")).size).toBeGreaterThan(5e7);
  const cpuSeconds = (...words: readonly string[]): number => {
    const script = 'TIMEFORMAT="%U %S"; time "$0" "$@" > out.json';
    const { stderr } = spawnSync("bash", ["-c", script, process.execPath, ...words], {
      cwd: directory,
      encoding: "utf8",
    });
    const [user = NaN, system = NaN, ...more] = stderr.trim().split(" ").map(Number);
    expect(more).toEqual([]);
    return user + system;
  };
  const compare = (): number => cpuSeconds(COMMAND, "compare", "before.json", "after.json", "--gate", "iops", "--json");
  // Looking at every character of both files once: some machines take three times as long for that as others.
  const look = `for (const f of ["before.json", "after.json"]) {
    const text = require("fs").readFileSync(f, "utf8");
    for (let i = 0, sum = 0; i < text.length; i += 1) sum ^= text.charCodeAt(i);
  }`;
  const lookSeconds = cpuSeconds("-e", look);
  // Whatever else the machine does makes it more, never less.
  const least = Math.min(compare(), compare(), compare());
  const comparison = JSON.parse(readFileSync(join(directory, "out.json"), "utf8")) as Comparison;
  expect(comparison.cases).toHaveLength(1000);
  expect(least).toBeLessThan(Math.max(2, lookSeconds));
});
