// Runs with pauses -> an interval series that covers the window without a gap and sums to the totals.

import { execFile, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RoundOutcome } from "../../src/engine/supervisor.ts";
import type { TransferCounts } from "../../src/samples/samples.ts";
import { rangesOf, memberSpec } from "../engine/rig.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { describeWith } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";
import { expectExactly, expectWithin } from "./figures.ts";
import { CROWDED_RUNS } from "./length.ts";
import { asItIs, label, measure, onlyRound, type Round } from "./measure.ts";
import { ownDevice } from "./own-device.ts";

function sumOf(round: Round, field: "ios" | "bytes" | "seconds"): number {
  return round.intervals.reduce((sum, interval) => sum + interval[field], 0);
}

describeWith(["root", "losetup", "/dev/loop-control"], "the interval series", () => {
  test("sums to the totals, whatever the method, depth and number of threads", async () => {
    const { path, flags } = ownDevice(onTestFinished, 64 * 2 ** 20);
    const reads = { operation: "read", blockSize: "4KiB" };
    const profile = {
      rounds: 1,
      target: asItIs(path),
      defaults: { duration: "2500ms", warmup: "200ms" },
      jobs: [
        { name: "synchronous", ...reads, method: "pwrite" },
        { name: "io-uring", ...reads, method: "io_uring", queueDepth: 8, threads: 2 },
        { name: "libaio", ...reads, method: "libaio", queueDepth: 32 },
      ],
    };
    const { cases } = await measure(profile, { flags });
    for (const each of cases) {
      const round = onlyRound(each);
      expectExactly(`${label(each)}: I/Os in all intervals`, sumOf(round, "ios"), round.total.ios);
      expectExactly(`${label(each)}: bytes in all intervals`, sumOf(round, "bytes"), round.total.bytes);
      // Fractions of a second added up: a rounding error of 1e-16 is none.
      expectWithin(`${label(each)}: seconds of all intervals`, sumOf(round, "seconds"), round.measuredSeconds, 1e-9);
      expectExactly(`${label(each)}: intervals`, round.intervals.length, 3);
    }
  });
});

describe("very many threads on a busy machine", () => {
  /** Keeps so many CPUs busy until the test is over; politely, so that 64 threads start within seconds. */
  function makeBusy(undo: Undo, processes: number): void {
    for (let each = 0; each < processes; each += 1) {
      const child = spawn("nice", ["-n", "5", process.execPath, "-e", "for (;;);"], { stdio: "ignore" });
      undo(() => void child.kill("SIGKILL"));
    }
  }

  const sumOver = (parts: readonly TransferCounts[]): number => parts.reduce((sum, { ios }) => sum + ios, 0);
  const isPresent = <T>(value: T | null): value is T => value !== null;

  // Without I/O, so that the threads do nothing but count. Intervals so short that every look of the supervisor finds threads about to leave one.
  test(`lose no I/O of an interval in ${CROWDED_RUNS} runs`, { timeout: CROWDED_RUNS * 60_000 }, async () => {
    makeBusy(onTestFinished, 2 * availableParallelism());
    const times = { warmupSeconds: 0.1, durationSeconds: 1.05, intervalSeconds: 0.1 };
    const spec = memberSpec({ backend: "null", readPercent: 50, ...times, ranges: rangesOf(64, 1024) });
    const runner = join(import.meta.dirname, "many-threads.mjs");
    const words = [runner, JSON.stringify(spec), String(CROWDED_RUNS)];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 30 });
    const outcomes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RoundOutcome);
    expect(outcomes).toHaveLength(CROWDED_RUNS);
    for (const [run, { samples, failures }] of outcomes.entries()) {
      expect(failures).toEqual([]);
      if (samples === null) throw new Error(`run ${run} has no samples`);
      const { intervals, threads, read, write } = samples;
      for (const [direction, total, place] of [
        ["read", read, "readIos"],
        ["write", write, "writeIos"],
      ] as const) {
        const ios = total?.ios ?? -1;
        expectExactly(
          `run ${run}: ${direction} in all intervals`,
          sumOver(intervals.map((each) => each[direction]).filter(isPresent)),
          ios,
        );
        expectExactly(
          `run ${run}: ${direction} of all threads`,
          (threads ?? []).reduce((sum, each) => sum + each[place], 0),
          ios,
        );
      }
      expectExactly(`run ${run}: I/Os in all intervals`, sumOver(intervals), (read?.ios ?? 0) + (write?.ios ?? 0));
    }
  });
});

describeWith(["root", "nbdkit", "nbdfuse", "/dev/fuse"], "a device slower than an interval", () => {
  test("leaves intervals of nothing, the last one too", async () => {
    const size = 16 * 2 ** 20;
    const parameters = ["--filter=delay", "memory", String(size), "rdelay=1600ms"];
    const path = await nbdFile(onTestFinished, size, parameters);
    const defaults = { duration: "3s", warmup: 0 };
    const jobs = [{ operation: "read", blockSize: "4KiB" }];
    const { cases } = await measure({ rounds: 1, target: asItIs(path), defaults, jobs }, { flags: ["--force"] });
    const round = onlyRound(cases[0]);
    expectExactly("I/Os", round.total.ios, 1);
    expectExactly("intervals", round.intervals.length, 3);
    for (const [index, ios] of [0, 1, 0].entries()) {
      expectExactly(`I/Os in interval ${index}`, round.intervals[index]?.ios ?? -1, ios);
    }
  });
});
