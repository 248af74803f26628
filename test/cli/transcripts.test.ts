// A profile for the simulated device -> everything that a person or a script sees of the whole command.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import type { CaseResult, Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import type { Undo } from "../support/undo.ts";

const PROFILE = {
  name: "fake-disk",
  seed: 7,
  rounds: 2,
  defaults: { method: "simulated", duration: "2s", warmup: "100ms", blockSize: "4KiB" },
  jobs: [{ name: "points", operation: ["read", "mixed"], readPercent: 70, queueDepth: [1, 4] }],
};
const CASES = 4;
/** As small as a run can be. */
const SMALL = {
  ...PROFILE,
  defaults: { ...PROFILE.defaults, duration: "200ms" },
  jobs: [{ name: "reads", queueDepth: 4 }],
};

interface Run extends Ended {
  readonly directory: string;
}

async function run(undo: Undo, profile: unknown, simulation: unknown, ...words: readonly string[]): Promise<Run> {
  const directory = workplace(undo, { "p.json": profile });
  const environment = { DISKBENCH_SIMULATION: JSON.stringify(simulation) };
  return { ...(await diskbench(undo, ["run", "p.json", ...words], { directory, environment })), directory };
}

/** Lines without what differs from run to run and machine to machine. */
const shape = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replaceAll(/\d[\d.,]*/g, "#").trimEnd())
    .filter((line) => line !== "");

describe("a run that goes well", () => {
  test("prints both tables to stdout, at most 80 columns wide, and how it goes on stderr", async ({
    onTestFinished,
  }) => {
    const { code, stdout, stderr, directory } = await run(onTestFinished, PROFILE, {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Run: fake-disk, 4 cases, 8 rounds, completed$/m);
    expect(stdout).toMatch(/^Throughput +MB\/s +IOPS +± +CPU us\/IO +QD reached$/m);
    expect(stdout).toMatch(/^Latency +mean +p50 +p90 +p99 +p99\.9 +max$/m);
    expect(stdout).toMatch(/^ {2}read Q4T1 .* 4\.00$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toMatch(/\[\d+\/\d+\]|Result:/);

    const lines = shape(stderr);
    expect(lines[0]).toBe("# cases, # rounds, about #s");
    const ended = lines.filter((line) => /^\[#\/#\] points\/simulated\/.*: done, #k IOPS, # MB\/s$/.test(line));
    expect(ended).toHaveLength(CASES * PROFILE.rounds);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(
      `Result: ${join(directory, "results", readdirSync(join(directory, "results"))[0] ?? "")}`,
    );
  });

  test("prints the very document that it saves with --json, and every format into a file of its ending", async ({
    onTestFinished,
  }) => {
    const words = ["--json", "--no-progress", "--output", "a.md", "--output", "b.csv", "--output", "c.json"];
    const { code, stdout, stderr, directory } = await run(onTestFinished, SMALL, {}, ...words, "--output", "d.txt");
    expect(code).toBe(0);
    // Without progress there is still what a person should read.
    expect(stderr).not.toContain("[1/2]");
    expect(stderr).toContain("simulated");
    const read = (name: string): string => readFileSync(join(directory, name), "utf8");
    const saved = resultIn(directory);
    expect(parseResult(stdout, "stdout")).toEqual(saved);
    expect(parseResult(read("c.json"), "c.json")).toEqual(saved);
    expect(read("a.md")).toMatch(/^\|.*IOPS.*\|$/m);
    expect(read("d.txt")).toMatch(/^Throughput/m);
    const rows = read("b.csv").trimEnd().split(/\r?\n/);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map((row) => row.split(",").length)).size).toBe(1);

    const again = await diskbench(onTestFinished, ["report", "c.json", "--format", "csv"], { directory });
    expect(again).toMatchObject({ code: 0, stdout: read("b.csv"), stderr: "" });
  });

  test("saves the same figures as often as it is run with the same seed, and others with another", async ({
    onTestFinished,
  }) => {
    const figures = ({ cases }: Result): unknown =>
      cases.map(({ id, rounds, summary }) => ({
        id,
        latencyNs: summary?.latencyNs,
        rounds: rounds.map(({ total, read, write, intervals, measuredSeconds, effectiveQueueDepth }) => ({
          total,
          read,
          write,
          intervals,
          measuredSeconds,
          effectiveQueueDepth,
        })),
      }));
    const quiet = async (...[profile, ...words]: readonly [unknown, ...string[]]): Promise<Run> => {
      const ended = await run(onTestFinished, profile, {}, "--quiet", ...words);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      return ended;
    };
    const resultOf = async (...words: readonly string[]): Promise<Result> =>
      resultIn((await quiet(SMALL, "--duration", "5s", "--rounds", "1", ...words)).directory);
    const [one, two, three] = [await resultOf(), await resultOf(), await resultOf("--seed", "8")];
    expect(one.cases[0]?.rounds[0]?.intervals.map(({ seconds }) => seconds)).toEqual([1, 1, 1, 1, 1]);
    expect(figures(two)).toEqual(figures(one));
    expect(figures(three)).not.toEqual(figures(one));
  });

  test("repeats itself from the profile in its result", async ({ onTestFinished }) => {
    const first = await run(onTestFinished, PROFILE, {}, "--quiet", "--duration", "100ms", "--set", "rounds=1");
    const before = resultIn(first.directory);
    const second = await run(onTestFinished, before.profile, {}, "--quiet");
    const after = resultIn(second.directory);
    expect(after.order).toEqual(before.order);
    expect(after.cases.map(({ id, rounds }) => [id, rounds.map(({ total }) => total)])).toEqual(
      before.cases.map(({ id, rounds }) => [id, rounds.map(({ total }) => total)]),
    );
  });

  test("measures what the device is: latency, channels and depth agree with Little's law", async ({
    onTestFinished,
  }) => {
    const device = { baseNs: 100_000, tailNs: 0, channels: 4, bytesPerSecond: 1e15 };
    const { directory } = await run(
      onTestFinished,
      PROFILE,
      device,
      "--quiet",
      "--rounds",
      "1",
      "--set",
      "jobs.0.queueDepth=[1,8]",
    );
    const [shallow, deep] = resultIn(directory).cases as [CaseResult, CaseResult];
    expect(shallow.summary?.latencyNs.p50).toBeCloseTo(100_000, -3);
    expect(shallow.summary?.iops.median).toBeGreaterThan(9900);
    expect(deep.summary?.iops.median).toBeGreaterThan(39_500);
    expect(deep.summary?.iops.median).toBeLessThanOrEqual(40_000);
    expect(deep.summary?.effectiveQueueDepth.median).toBeCloseTo(8, 1);
    const meanSeconds = (deep.summary?.latencyNs.mean ?? 0) / 1e9;
    expect((deep.summary?.iops.median ?? 0) * meanSeconds).toBeCloseTo(8, 1);
  });
});

describe("a device that fails", () => {
  const CONTINUE = { ...SMALL, defaults: { ...SMALL.defaults, onError: "continue" } };

  test("stops the run at the first error, names it, and keeps the rounds before it", async ({ onTestFinished }) => {
    // Seldom enough for a round or two of 12,000 I/Os to go well; which of them depends on the seed alone.
    const { code, stderr, stdout, directory } = await run(onTestFinished, SMALL, { errorRate: 1e-4 }, "--rounds", "3");
    expect(code).toBe(3);
    const { state, cases } = resultIn(directory);
    const [only] = cases;
    expect(state).toBe("failed");
    expect(only?.rounds.length).toBeGreaterThan(0);
    expect(only?.rounds.length).toBeLessThan(3);
    expect(only?.rounds.every(({ errors }) => errors.failed + errors.short === 0)).toBe(true);
    expect(only?.interruptedRound?.errors).toMatchObject({ failed: 1, short: 0, byCode: { EIO: 1 } });
    expect(only?.failure).toMatchObject({ code: "IO_FAILED", system: { name: "EIO", code: 5 } });
    const { first } = only?.interruptedRound?.errors ?? {};
    expect(stderr).toContain(`1 I/O failed (EIO 1 time), first a read at byte ${first?.offsetBytes}`);
    expect(stderr).toContain("onError: continue");
    expect(stdout).toMatch(/EIO/);
  });

  test("is told once where report and errors come to one terminal", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": SMALL });
    const terminals = "data:text/javascript,process.stdout.isTTY=process.stderr.isTTY=true";
    const environment = {
      DISKBENCH_SIMULATION: JSON.stringify({ errorRate: 1e-4 }),
      NODE_OPTIONS: `--import ${terminals}`,
    };
    for (const [format, count] of [
      ["table", 1],
      ["csv", 0],
    ] as const) {
      const words = ["run", "p.json", "--rounds", "3", "--format", format];
      const { code, stdout, stderr } = await diskbench(onTestFinished, words, { directory, environment });
      expect(code).toBe(3);
      const told = (text: string): number =>
        text.replaceAll(/\s+/g, " ").split("(EIO 1 time), first a read").length - 1;
      expect([told(stdout), told(stderr)]).toEqual([count, 1 - count]);
    }
  });

  test("is measured to the end with onError continue, every error counted and none taken for an I/O", async ({
    onTestFinished,
  }) => {
    const { code, stderr, directory } = await run(onTestFinished, CONTINUE, { errorRate: 0.01, errorCode: 61 });
    expect(code).toBe(3);
    const [only] = resultIn(directory).cases;
    expect(only?.state).toBe("failed");
    expect(only?.rounds).toHaveLength(2);
    expect(only?.failure?.code).toBe("IO_FAILED");
    for (const { errors, total, read } of only?.rounds ?? []) {
      expect(errors.byCode).toEqual({ ENODATA: errors.failed });
      const inside = errors.failed - errors.outsideWindow;
      expect(inside / (total.ios + inside)).toBeCloseTo(0.01, 2);
      expect(total.histogram.buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(total.ios);
      expect(total.bytes).toBe(total.ios * 4096);
      expect(read).toEqual(total);
    }
    expect(stderr).toContain("ENODATA");
  });

  test("is not trusted when it transfers less than asked for", async ({ onTestFinished }) => {
    const { code, stderr, directory } = await run(onTestFinished, CONTINUE, { shortRate: 0.02 });
    expect(code).toBe(3);
    const [only] = resultIn(directory).cases;
    expect(only?.rounds).toHaveLength(2);
    for (const { errors, total } of only?.rounds ?? []) {
      expect(errors).toMatchObject({ failed: 0, byCode: {} });
      expect(errors.short).toBeGreaterThan(0);
      expect(total.bytes).toBe(total.ios * 4096);
    }
    expect(stderr).toContain("transferred less than a whole block");
  });

  test("on every I/O leaves nothing to report but the failure", async ({ onTestFinished }) => {
    const { code, stdout, directory } = await run(onTestFinished, SMALL, { errorRate: 1 });
    expect(code).toBe(3);
    expect(stdout).toContain("0 of 2 rounds, failed");
    const [only] = resultIn(directory).cases;
    expect(only).toMatchObject({ state: "failed", rounds: [], summary: null });
  });
});
