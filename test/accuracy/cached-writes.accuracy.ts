// Buffered writes and the flush behind them -> the device's own rate, and a series whose quiet end is counted as such.

import { onTestFinished, test } from "vitest";
import { describeWith } from "../support/requirements.ts";
import { expectBetween, expectExactly, expectWithin } from "./figures.ts";
import { RATE_SECONDS } from "./length.ts";
import { asItIs, measure, onlyRound } from "./measure.ts";
import { ownDevice } from "./own-device.ts";
import { throttle, THROTTLE } from "./throttle.ts";

/**
 * Slow enough that filling the cache, while the device is idle, takes next to no time beside the flush: with twice as
 * much to write, a busy kernel held the writer back for a quarter of a second.
 */
const BYTES_PER_SECOND = 2e6;
const BLOCK_BYTES = 64 * 1024;
/** The kernel's own writing back, which the throttle does not hold back, begins after 30 s. */
const SECONDS = Math.min(RATE_SECONDS, 25);
const SIZE_BYTES = Math.ceil((BYTES_PER_SECOND * SECONDS) / BLOCK_BYTES) * BLOCK_BYTES;

describeWith(["root", "losetup", "/dev/loop-control", THROTTLE], "buffered writes, each block once", () => {
  test("are as fast as the device once the final flush is counted", async () => {
    const device = ownDevice(onTestFinished, SIZE_BYTES);
    const prefix = throttle(onTestFinished, device, { writeBytesPerSecond: BYTES_PER_SECOND });
    const job = { operation: "write", pattern: "sequential", caching: "buffered", blockSize: BLOCK_BYTES };
    const profile = {
      rounds: 1,
      target: asItIs(device.path),
      defaults: { duration: "300s", warmup: 0, bytes: SIZE_BYTES },
      jobs: [job],
    };
    const { cases } = await measure(profile, { flags: device.flags, prefix });
    const { total, intervals, flush, measuredSeconds, bytesPerSecondBeforeFlush } = onlyRound(cases[0]);

    expectExactly("bytes written", total.bytes, SIZE_BYTES);
    expectWithin("bytes/s with the final flush", total.bytesPerSecond, BYTES_PER_SECOND, 1);
    expectWithin("bytes/s of the flush alone", total.bytes / (flush?.seconds ?? 0), BYTES_PER_SECOND, 1);
    expectBetween("bytes/s into the cache before it", bytesPerSecondBeforeFlush, BYTES_PER_SECOND * 2, Infinity);

    expectExactly(
      "I/Os in all intervals",
      intervals.reduce((sum, { ios }) => sum + ios, 0),
      total.ios,
    );
    expectExactly("intervals", intervals.length, Math.ceil(measuredSeconds));
    expectExactly("I/Os in the last interval, in which only the flush ran", intervals.at(-1)?.ios ?? -1, 0);
    expectExactly("flushes", flush?.count ?? 0, 1);
  });
});
