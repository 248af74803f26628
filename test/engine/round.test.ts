// Rounds on simulated and null devices -> counts, windows, intervals and depths that must come out exactly.

import { describe, expect, test } from "vitest";
import { STOP } from "../../src/engine/loop/round-memory.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import { BLOCK_BYTES, listening, platform, rangesOf, runRound, withDevice, type Asked } from "./rig.ts";

/** Every I/O takes exactly this long. */
const STEADY = { baseNs: 100_000, tailNs: 0, bytesPerSecond: 1e15 };

const iosOf = ({ read, write }: RoundSamples): number => (read?.ios ?? 0) + (write?.ios ?? 0);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe("intervals", () => {
  test("sum exactly to the totals, and cover the window without a gap", () => {
    const { samples } = runRound({ durationSeconds: 2.5, queueDepth: 4, readPercent: 60 });
    const { intervals } = samples;
    expect(intervals.map(({ startSeconds, seconds }) => [startSeconds, seconds])).toEqual([
      [0, 1],
      [1, 1],
      [2, 0.5],
    ]);
    expect(sumOf(intervals.map(({ ios }) => ios))).toBe(iosOf(samples));
    expect(sumOf(intervals.map(({ bytes }) => bytes))).toBe(iosOf(samples) * BLOCK_BYTES);
    const { read, write } = samples;
    const sumNs = (read?.latency.sumNs ?? 0) + (write?.latency.sumNs ?? 0);
    expect(sumOf(intervals.map(({ latency }) => latency.sumNs))).toBeCloseTo(sumNs, 3);
    for (const { ios, latency } of intervals) expect(latency.count).toBe(ios);
  });

  test("in which nothing completed count zero, the last one too", () => {
    const slow = withDevice({ baseNs: 1.5e9, tailNs: 0 });
    const { samples } = runRound({ durationSeconds: 5 }, slow);
    expect(samples.intervals.map(({ ios }) => ios)).toEqual([0, 1, 0, 1, 1]);
    const { samples: idle } = runRound({ durationSeconds: 2.9 }, slow);
    expect(idle.intervals.map(({ ios, seconds }) => [ios, Number(seconds.toFixed(3))])).toEqual([
      [0, 1],
      [1, 1],
      [0, 0.9],
    ]);
  });

  test("of several threads are added up", () => {
    const { samples } = runRound({ ranges: rangesOf(3, 1024), durationSeconds: 2 }, withDevice(STEADY));
    expect(samples.intervals).toHaveLength(2);
    expect(sumOf(samples.intervals.map(({ ios }) => ios))).toBe(iosOf(samples));
    for (const { ios } of samples.intervals) expect(ios).toBeCloseTo(3 * 9_990, -2);
  });
});

describe("the window", () => {
  test("counts what completes in it; warm-up and drain are counted beside it", () => {
    const asked: Asked[] = [];
    const device = listening(withDevice(STEADY), asked);
    const { samples } = runRound({ warmupSeconds: 0.5, durationSeconds: 1, queueDepth: 8 }, device);
    expect(samples.measuredSeconds).toBe(1);
    expect(iosOf(samples)).toBeCloseTo(79_900, -3);
    expect(samples.outsideWindow.ios).toBeCloseTo(40_000, -3);
    // Nothing that was ever asked for is lost.
    expect(iosOf(samples) + samples.outsideWindow.ios).toBe(asked.length);
    expect(samples.outsideWindow.bytes).toBe(samples.outsideWindow.ios * BLOCK_BYTES);
  });

  test("without warm-up has only the drain outside", () => {
    const { samples } = runRound({ durationSeconds: 0.5, queueDepth: 8 }, withDevice(STEADY));
    expect(samples.outsideWindow.ios).toBeLessThanOrEqual(8);
    const { samples: single } = runRound({ durationSeconds: 0.5 }, withDevice(STEADY));
    expect(single.outsideWindow.ios).toBe(1);
  });

  test("ends with the last I/O when that comes before its time", () => {
    const { samples } = runRound({ ranges: rangesOf(1, 1024, { ios: 1000 }), durationSeconds: 60 }, withDevice(STEADY));
    expect(samples.measuredSeconds).toBeCloseTo(0.1, 3);
    expect([iosOf(samples), samples.outsideWindow.ios]).toEqual([1000, 0]);
  });
});

describe("a limit of I/Os", () => {
  test.for([1, 2, 3, 7])("is exact over %i threads, whatever the depth, warm-up not included", (threads) => {
    for (const queueDepth of [1, 5]) {
      const ranges = rangesOf(threads, 1024, { ios: 1003 });
      const { samples } = runRound({ ranges, queueDepth, warmupSeconds: 0.01, durationSeconds: null });
      expect(iosOf(samples)).toBe(1003);
      expect(samples.outsideWindow.ios).toBeGreaterThan(0);
    }
  });

  test("counts failed I/Os as issued, and never as done", () => {
    const ranges = rangesOf(1, 1024, { ios: 2000 });
    const device = withDevice({ errorRate: 0.1, shortRate: 0.05 });
    const { samples, stop } = runRound({ ranges, queueDepth: 4, durationSeconds: null, onError: "continue" }, device);
    const { failed, short } = samples.errors;
    expect(iosOf(samples) + failed + short).toBe(2000);
    expect(failed).toBeGreaterThan(100);
    expect(short).toBeGreaterThan(50);
    expect(stop).toBe(STOP.none);
  });
});

describe("the depth that was reached", () => {
  test("is the depth asked for while the device has enough to do", () => {
    for (const queueDepth of [1, 4, 32]) {
      const { samples } = runRound({ queueDepth, durationSeconds: 1 }, withDevice({ channels: 4 }));
      expect(samples.effectiveQueueDepth).toBeCloseTo(queueDepth, 1);
    }
  });

  test("agrees with Little's law", () => {
    const { samples } = runRound({ queueDepth: 16, durationSeconds: 2 }, withDevice({ channels: 4 }));
    const { latency, ios } = samples.write ?? { latency: { sumNs: 0 }, ios: 0 };
    const rate = ios / samples.measuredSeconds;
    expect(rate * (latency.sumNs / ios / 1e9)).toBeCloseTo(samples.effectiveQueueDepth, 1);
  });

  test("adds up over threads", () => {
    const { samples } = runRound({ ranges: rangesOf(3, 1024), queueDepth: 4 }, withDevice(STEADY));
    expect(samples.effectiveQueueDepth).toBeCloseTo(12, 1);
  });

  test("is lower where flushes stop the flow", () => {
    const { samples } = runRound({ queueDepth: 8, flush: "every 8", durationSeconds: 1 }, withDevice(STEADY));
    // Eight at once, then a flush as long as they took, with nothing in flight.
    expect(samples.effectiveQueueDepth).toBeCloseTo(4, 0);
  });
});

describe("flushes", () => {
  const ranges = rangesOf(1, 1024, { ios: 100 });
  const flushesOf = (flush: "never" | "end" | "each" | "every 7", queueDepth: number): RoundSamples =>
    runRound({ flush, queueDepth, ranges, durationSeconds: null }, withDevice(STEADY)).samples;

  test.for([1, 4])("come after each write, after every N and at the end, at depth %i", (queueDepth) => {
    expect(flushesOf("never", queueDepth).flush).toBeNull();
    expect(flushesOf("each", queueDepth).flush?.count).toBe(100);
    expect(flushesOf("every 7", queueDepth).flush?.count).toBe(14);
    expect(flushesOf("end", queueDepth).flush?.count).toBe(1);
  });

  test("take their own time, which is no part of a write's", () => {
    const { flush, write } = flushesOf("each", 1);
    expect(flush?.latency.minNs).toBeGreaterThanOrEqual(100_000);
    expect(flush?.seconds).toBeCloseTo(0.01, 3);
    expect(write?.latency.maxNs).toBeLessThan(110_000);
  });

  test("at the end lengthen the window, and the rate before them stands beside", () => {
    const samples = flushesOf("end", 4);
    expect(samples.measuredSeconds - samples.secondsBeforeFlush).toBeCloseTo(100e-6, 6);
    const last = samples.intervals.at(-1);
    expect((last?.startSeconds ?? 0) + (last?.seconds ?? 0)).toBeCloseTo(samples.measuredSeconds, 9);
  });

  test("are not made by a round that only reads", () => {
    const { samples } = runRound({ flush: "each", readPercent: 100, ranges, durationSeconds: null });
    expect(samples.flush).toBeNull();
  });

  test("that fail stop the round and are reported", () => {
    const failing = withDevice(STEADY);
    const device = {
      ...failing,
      openBackend: (...words: Parameters<typeof failing.openBackend>) =>
        Object.assign(failing.openBackend(...words), { flush: () => -28 }),
    };
    const { outcomes, stop, samples } = runRound({ flush: "every 7", ranges, durationSeconds: null }, device);
    expect(outcomes[0]?.flushErrorCode).toBe(28);
    expect(stop).toBe(STOP.error);
    expect(iosOf(samples)).toBe(7);
  });
});

describe("what is asked for", () => {
  const asking = (wish: Parameters<typeof runRound>[0]): readonly Asked[] => {
    const asked: Asked[] = [];
    runRound({ durationSeconds: null, ...wish }, listening(withDevice(STEADY), asked));
    return asked;
  };
  const limited = (threads: number, divided: boolean, ios: number): Parameters<typeof runRound>[0] => ({
    ranges: rangesOf(threads, 99, { ios, divided }),
  });

  test("is mixed by the percentage", () => {
    for (const readPercent of [1, 30, 70, 99]) {
      const asked = asking({ readPercent, ...limited(1, false, 20_000) });
      const reads = asked.filter(({ direction }) => direction === "read").length;
      expect(Math.abs(reads / 20_000 - readPercent / 100)).toBeLessThan(0.01);
    }
  });

  test("is the same for the same seed, and another for another seed, round or thread", () => {
    const one = asking({ seed: 5, ...limited(2, false, 2000) });
    expect(asking({ seed: 5, ...limited(2, false, 2000) })).toEqual(one);
    expect(asking({ seed: 6, ...limited(2, false, 2000) })).not.toEqual(one);
    expect(asking({ seed: 5, roundIndex: 1, ...limited(2, false, 2000) })).not.toEqual(one);
    const offsets = (thread: number): readonly number[] =>
      one.filter((each) => each.thread === thread).map(({ offsetBytes }) => offsetBytes);
    expect(offsets(1)).not.toEqual(offsets(0));
  });

  test("does not depend on how long the warm-up was", () => {
    const cold = asking({ ...limited(1, false, 500) });
    const warm = asking({ warmupSeconds: 0.02, ...limited(1, false, 500) });
    expect(warm.length).toBeGreaterThan(600);
    expect(warm.slice(-500)).toEqual(cold);
  });

  test("covers disjoint parts when threads go through in order, each block once per turn", () => {
    const asked = asking({ pattern: "sequential", ...limited(3, true, 99) });
    const blocks = asked.map(({ offsetBytes }) => offsetBytes / BLOCK_BYTES);
    expect(blocks.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 99 }, (_, block) => block));
    for (const thread of [0, 1, 2]) {
      const own = asked.filter((each) => each.thread === thread).map(({ offsetBytes }) => offsetBytes);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  test("begins anew at the start of the part after its end", () => {
    const asked = asking({ pattern: "sequential", ...limited(1, false, 250) });
    expect(asked.map(({ offsetBytes }) => offsetBytes / BLOCK_BYTES)).toEqual(
      Array.from({ length: 250 }, (_, index) => index % 99),
    );
  });
});

describe("errors", () => {
  test("stop the round at the first one, counted by code, with its place", () => {
    const asked: Asked[] = [];
    const device = listening(withDevice({ errorRate: 0.01, errorCode: 28 }), asked);
    const { samples, stop } = runRound({ queueDepth: 4, durationSeconds: 60, readPercent: 50 }, device);
    expect(stop).toBe(STOP.error);
    const { failed, byCode, first } = samples.errors;
    expect(failed).toBeGreaterThanOrEqual(1);
    expect(failed).toBeLessThanOrEqual(4);
    expect(byCode).toEqual([
      { error: expect.objectContaining({ name: "ENOSPC", code: 28 }) as unknown, count: failed },
    ]);
    const place = { thread: 0, direction: first?.direction, offsetBytes: first?.offsetBytes };
    expect(asked).toContainEqual(place);
    expect(iosOf(samples) + samples.outsideWindow.ios + failed).toBe(asked.length);
  });

  test("in the warm-up count too, apart", () => {
    const { samples, stop } = runRound({ warmupSeconds: 1, durationSeconds: 1 }, withDevice({ errorRate: 1 }));
    expect(stop).toBe(STOP.error);
    expect(samples.errors).toMatchObject({ failed: 1, outsideWindow: 1, first: { thread: 0, direction: "write" } });
    expect([iosOf(samples), samples.measuredSeconds]).toEqual([0, 0]);
  });

  test("that are endured are counted inside and outside", () => {
    const device = withDevice({ errorRate: 0.5 });
    const { samples } = runRound({ warmupSeconds: 0.5, durationSeconds: 0.5, onError: "continue" }, device);
    const { failed, outsideWindow } = samples.errors;
    expect(outsideWindow / failed).toBeCloseTo(0.5, 1);
    expect(samples.errors.byCode[0]?.count).toBe(failed);
  });
});

test("the null device is asked by the same code, and costs next to nothing", () => {
  for (const queueDepth of [1, 32]) {
    const { samples } = runRound({ backend: "null", queueDepth, durationSeconds: 0.1 }, platform);
    expect(samples.measuredSeconds).toBeCloseTo(0.1, 6);
    expect(iosOf(samples)).toBeGreaterThan(1000);
    expect(sumOf(samples.intervals.map(({ ios }) => ios))).toBe(iosOf(samples));
  }
});

test("a thread whose share of the limit is nothing does nothing", () => {
  const { samples } = runRound({ ranges: rangesOf(3, 1024, { ios: 2 }), queueDepth: 4, durationSeconds: null });
  expect([iosOf(samples), samples.outsideWindow.ios, samples.errors.failed]).toEqual([2, 0, 0]);
});
