// Parts of a measurement -> the same distribution as if it had been measured in one piece.

import { expect, test } from "vitest";
import { mergeDirections, mergeLatency } from "../../src/samples/merge.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { logNormalLatencies, samplesFrom } from "./fixture.ts";

test("merging parts equals measuring the whole", () => {
  const latencies = logNormalLatencies(30_000, 50_000, 1.2, 7);
  const parts = [0, 1, 2].map((part) => samplesFrom(latencies.slice(part * 10_000, (part + 1) * 10_000)));
  const merged = mergeLatency(parts);
  const whole = samplesFrom(latencies);
  expect(merged.buckets).toEqual(whole.buckets);
  expect(merged.count).toBe(30_000);
  expect(merged.minNs).toBe(whole.minNs);
  expect(merged.maxNs).toBe(whole.maxNs);
  expect(latencySummary(merged).p99).toBe(latencySummary(whole).p99);
  expect(latencySummary(merged).stddev).toBeCloseTo(latencySummary(whole).stddev ?? Number.NaN, 3);
});

test("parts without I/Os change nothing", () => {
  const some = samplesFrom([5, 9]);
  expect(mergeLatency([samplesFrom([]), some, samplesFrom([])])).toEqual(some);
  expect(mergeLatency([])).toEqual(samplesFrom([]));
});

test("counts beyond 32 bits survive", () => {
  const many = { ...samplesFrom([100]), count: 4_000_000_000, buckets: [[100, 4_000_000_000]] as const };
  expect(mergeLatency([many, many]).count).toBe(8_000_000_000);
});

test("directions add up", () => {
  const read = { ios: 2, bytes: 8192, latency: samplesFrom([10, 20]) };
  const write = { ios: 1, bytes: 4096, latency: samplesFrom([30]) };
  expect(mergeDirections([read, write])).toEqual({ ios: 3, bytes: 12_288, latency: samplesFrom([10, 20, 30]) });
});
