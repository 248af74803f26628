// Counted latencies -> figures that agree with exact sorting.

import { expect, test } from "vitest";
import { BUCKET_COUNT, bucketIndex, bucketLowNs, bucketMiddleNs, bucketWidthNs } from "../../src/samples/histogram.ts";
import { LATENCY_PERCENTILES } from "../../src/shared/metrics.ts";
import { latencyPercentilesNs, latencySummary } from "../../src/samples/summary.ts";
import { nearestRank } from "../../src/stats/ranks.ts";
import { logNormalLatencies, REFERENCE, samplesFrom, valuesOf } from "./fixture.ts";

test.each(REFERENCE.logLinear10bit)("$value ns falls into bucket $index", ({ value, index, low, high }) => {
  expect(bucketIndex(value)).toBe(index);
  expect(bucketLowNs(index)).toBe(low);
  expect(bucketLowNs(index) + bucketWidthNs(index) - 1).toBe(high);
});

test("every bucket follows the one before it without a gap, and is found by its lower edge", () => {
  const wrong = Array.from({ length: BUCKET_COUNT }, (_, index) => index).filter((index) => {
    const lowNs = bucketLowNs(index);
    return bucketIndex(lowNs) !== index || lowNs + bucketWidthNs(index) !== bucketLowNs(index + 1);
  });
  expect(wrong).toEqual([]);
});

test("percentiles over buckets agree with the reference vectors", () => {
  for (const vector of REFERENCE.nearestRank) {
    const samples = samplesFrom(valuesOf(vector));
    for (const [percentile, expected] of Object.entries(vector.percentiles)) {
      // 5000 shares a bucket of four with its neighbours, yet is the maximum, which is exact.
      expect(latencyPercentilesNs(samples, [Number(percentile)])[0]).toBeCloseTo(expected, 0);
    }
    const { mean, stddev } = latencySummary(samples);
    if (vector.mean !== undefined) expect(mean).toBeCloseTo(vector.mean, 9);
    if (vector.populationStddev !== undefined) expect(stddev).toBeCloseTo(vector.populationStddev, 6);
  }
});

test("a million log-normal latencies: extremes and mean exact, every percentile within 0.1 % of sorting", () => {
  const latencies = logNormalLatencies(1_000_000, 80_000, 0.9, 20);
  const samples = samplesFrom(latencies);
  const sorted = latencies.toSorted();
  const summary = latencySummary(samples);

  expect(samples.count).toBe(1_000_000);
  expect(summary.min).toBe(sorted[0]);
  expect(summary.max).toBe(sorted.at(-1));
  expect(summary.mean).toBe(sorted.reduce((sum, value) => sum + value, 0) / 1_000_000);
  for (const percentile of [...Object.values(LATENCY_PERCENTILES), 0, 1, 10, 25, 75, 99.999, 100]) {
    const exact = sorted[nearestRank(percentile, sorted.length) - 1] ?? Number.NaN;
    const found = latencyPercentilesNs(samples, [percentile])[0] ?? Number.NaN;
    expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.001);
  }
  for (const name of ["p50", "p90", "p95", "p99", "p999", "p9999"] as const) {
    expect(summary[name]).toBe(latencyPercentilesNs(samples, [LATENCY_PERCENTILES[name]])[0]);
  }
});

test("a percentile stands for its bucket's middle, but never lies beyond the extremes", () => {
  const lowest = bucketLowNs(bucketIndex(1_000_000));
  expect(bucketMiddleNs(lowest)).toBeGreaterThan(lowest);
  const summary = latencySummary(samplesFrom(Array.from({ length: 100 }, () => lowest)));
  expect(summary.p50).toBe(lowest);
});

const ofCount = (count: number) => latencySummary(samplesFrom(Array.from({ length: count }, (_, step) => step + 1)));

test("a percentile is null until ten I/Os are expected beyond it", () => {
  expect(ofCount(99)).toMatchObject({ p50: 50, p90: null, p95: null, max: 99 });
  expect(ofCount(100)).toMatchObject({ p90: 90, p95: null });
  expect(ofCount(1000)).toMatchObject({ p95: 950, p99: 990, p999: null });
});

test("nothing measured: everything is null", () => {
  expect(new Set(Object.values(latencySummary(samplesFrom([]))))).toEqual(new Set([null]));
});

test("equal latencies have no deviation, however large they are", () => {
  expect(latencySummary(samplesFrom(Array.from({ length: 1000 }, () => 123_456_789))).stddev).toBeCloseTo(0, 0);
});
