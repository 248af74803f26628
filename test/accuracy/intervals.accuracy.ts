// Runs with pauses -> an interval series that covers the window without a gap and sums to the totals.

import { onTestFinished, test } from "vitest";
import { nbdFile } from "../support/nbd-file.ts";
import { describeWith } from "../support/requirements.ts";
import { expectExactly, expectWithin } from "./figures.ts";
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
