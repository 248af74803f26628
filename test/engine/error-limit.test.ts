// Devices that fail much or everything -> how far errors are endured.

import { expect, test } from "vitest";
import { STOP } from "../../src/engine/loop/round-memory.ts";
import { rangesOf, runRound, withDevice } from "./rig.ts";

const ENDURING = { onError: "continue", queueDepth: 4 } as const;

test("more errors than maxErrors end the round, what is in flight then included", () => {
  const { samples, stop } = runRound({ ...ENDURING, maxErrors: 100 }, withDevice({ errorRate: 0.5 }));
  expect(stop).toBe(STOP.tooManyErrors);
  expect(samples.errors.failed).toBeGreaterThan(100);
  expect(samples.errors.failed).toBeLessThanOrEqual(104);
});

test("threads share one limit", () => {
  const ranges = rangesOf(2, 1024);
  const { samples, stop } = runRound({ ...ENDURING, ranges, maxErrors: 100 }, withDevice({ shortRate: 0.5 }));
  expect(stop).toBe(STOP.tooManyErrors);
  expect(samples.errors.short).toBeLessThanOrEqual(108);
});

test("a device that fails everything ends the round long before its time", () => {
  const { samples, stop } = runRound({ ...ENDURING, durationSeconds: 60 }, withDevice({ errorRate: 1 }));
  expect(stop).toBe(STOP.onlyErrors);
  expect(samples.errors.failed).toBeLessThanOrEqual(10_004);
  expect(samples.measuredSeconds).toBeLessThan(1);
});

test("one I/O in a hundred that fails ends nothing", () => {
  const wish = { ...ENDURING, durationSeconds: null, ranges: rangesOf(1, 1024, { ios: 100_000 }) };
  const { samples, stop } = runRound(wish, withDevice({ errorRate: 0.01 }));
  expect(stop).toBe(STOP.none);
  expect((samples.write?.ios ?? 0) + samples.errors.failed).toBe(100_000);
});
