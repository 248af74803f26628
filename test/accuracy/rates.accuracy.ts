// Devices that the kernel holds to a known rate -> diskbench reports that rate, whatever the method, depth and block size.

import { writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { describeWith, type Requirement } from "../support/requirements.ts";
import { undoAfterAll } from "../support/undo.ts";
import { expectBetween, expectWithin, present } from "./figures.ts";
import { RATE_SECONDS } from "./length.ts";
import { asItIs, label, measure, onlyRound, type Case, type Words } from "./measure.ts";
import { ownDevice, type OwnDevice } from "./own-device.ts";
import { throttle, THROTTLE, type Limits } from "./throttle.ts";

const NEEDS: readonly Requirement[] = ["root", "losetup", "/dev/loop-control", THROTTLE];
const SIZE_BYTES = 256 * 2 ** 20;

/** A loop device of this file's own, and how to measure it under limits. */
function throttledDevice(): (limits: Limits, jobs: readonly Words[]) => Promise<readonly Case[]> {
  const undo = undoAfterAll();
  let device: OwnDevice | null = null;
  beforeAll(() => {
    device = ownDevice(undo, SIZE_BYTES);
    // Otherwise a page fault of a mapped read would bring its neighbours along.
    writeFileSync(`/sys/block/${device.name}/queue/read_ahead_kb`, "0");
  });
  return async (limits, jobs) => {
    if (device === null) throw new Error("there is no device");
    const profile = {
      rounds: 1,
      target: asItIs(device.path),
      defaults: { duration: `${RATE_SECONDS}s`, warmup: "1s" },
      jobs,
    };
    const { cases } = await measure(profile, { flags: device.flags, prefix: throttle(undo, device, limits) });
    return cases;
  };
}

describeWith(NEEDS, "a device throttled to 1,000 reads/s", () => {
  const measureThrottled = throttledDevice();
  const READS_PER_SECOND = 1000;
  let cases: readonly Case[] = [];

  beforeAll(async () => {
    const reads = { operation: "read", pattern: "random", blockSize: "4KiB" };
    cases = await measureThrottled({ readsPerSecond: READS_PER_SECOND }, [
      { name: "synchronous", ...reads, method: ["pwrite", "pwritev"] },
      { name: "io-uring", ...reads, method: ["io_uring", "gather"], queueDepth: 8 },
      { name: "libaio", ...reads, method: "libaio", queueDepth: 32 },
      // In order and without a warm-up, because a page that was read once is in memory.
      { name: "mapped", ...reads, method: "mapped", pattern: "sequential", warmup: 0 },
    ]);
  });

  test("is measured at that rate by every method", () => {
    expect(cases).toHaveLength(6);
    for (const each of cases) expectWithin(`${label(each)}: IOPS`, onlyRound(each).total.iops, READS_PER_SECOND, 1);
  });

  test("is measured alike by all methods", () => {
    const rates = cases.map((each) => onlyRound(each).total.iops);
    expectWithin("fastest method: IOPS, beside the slowest's", Math.max(...rates), Math.min(...rates), 1);
  });

  test("is as deep in I/Os as rate times latency says", () => {
    for (const each of cases) {
      const { total, effectiveQueueDepth } = onlyRound(each);
      const fromRate = total.iops * (present(total.latencyNs.mean) / 1e9);
      expectWithin(`${label(each)}: IOPS x mean latency`, fromRate, each.settings.queueDepth, 1);
      expectWithin(`${label(each)}: queue depth reached`, effectiveQueueDepth, each.settings.queueDepth, 1);
    }
  });
});

describeWith(NEEDS, "a device throttled to 20 MB/s of writes", () => {
  const measureThrottled = throttledDevice();
  const BYTES_PER_SECOND = 20e6;

  test("is measured at that rate at every block size and depth", async () => {
    const writes = { operation: "write", pattern: "random" };
    const cases = await measureThrottled({ writeBytesPerSecond: BYTES_PER_SECOND }, [
      { name: "small", ...writes, blockSize: "4KiB" },
      { name: "middle", ...writes, blockSize: "64KiB", queueDepth: 4 },
      { name: "large", ...writes, blockSize: "1MiB", queueDepth: 4, method: ["io_uring", "libaio"] },
    ]);
    expect(cases).toHaveLength(4);
    for (const each of cases) {
      expectWithin(`${label(each)}: bytes/s`, onlyRound(each).total.bytesPerSecond, BYTES_PER_SECOND, 1);
    }
  });
});

/** The slowest tick of common kernels that are not built for batch work. */
const TICK_MS = 4;
const SLICE_MS = 100;
const READS_PER_SLICE = 10;

describeWith(NEEDS, "a device throttled to 100 reads/s", () => {
  const measureThrottled = throttledDevice();

  test("has a mean latency of 10 ms, made of many short ones and the throttle's slices of 100 ms", async () => {
    const [only] = await measureThrottled({ readsPerSecond: 100 }, [{ operation: "read", blockSize: "4KiB" }]);
    const { total } = onlyRound(only);
    const { mean, p50, p95 } = total.latencyNs;
    expectWithin("mean latency in ms", present(mean) / 1e6, 10, 1);
    expectBetween("p50 in ms", present(p50) / 1e6, 0, 1);
    // One I/O in ten waits for what the nine before it have left of its slice. That is 99 ms where each takes 0.1 ms,
    // and 94 ms where a busy machine makes it 0.7 ms.
    const shorts = total.histogram.buckets.filter(([lowNs]) => lowNs < 50e6);
    const shortIos = shorts.reduce((sum, [, count]) => sum + count, 0);
    expectWithin("share of the waits in %", (100 * (total.ios - shortIos)) / total.ios, 100 / READS_PER_SLICE, 3);
    const shortMs = shorts.reduce((sum, [lowNs, count]) => sum + (lowNs / 1e6) * count, 0) / shortIos;
    expectBetween("mean of the short ones in ms", shortMs, 0, 2);
    // The throttle wakes them at ticks of the kernel's clock (4 ms with HZ=250), too early and too late in turns: p95 is
    // the median of the waits, and one of them.
    const waitMs = SLICE_MS - (READS_PER_SLICE - 1) * shortMs;
    expectBetween("p95 in ms", present(p95) / 1e6, waitMs - 2 * TICK_MS, waitMs + 2 * TICK_MS);
  });
});
