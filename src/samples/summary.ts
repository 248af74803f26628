// A distribution of latencies -> the figures that a person reads: extremes, moments and percentiles.

import { isCountSufficient, nearestRank } from "../stats/ranks.ts";
import { bucketMiddleNs } from "./histogram.ts";
import type { LatencySamples } from "./samples.ts";

/** Names of the percentiles in a result, ascending, each with what it means in percent. */
export const LATENCY_PERCENTILES = {
  p50: 50,
  p90: 90,
  p95: 95,
  p99: 99,
  p999: 99.9,
  p9999: 99.99,
} as const;
export type LatencyPercentile = keyof typeof LATENCY_PERCENTILES;

/** Nanoseconds. `min`, `mean`, `stddev` (population) and `max` are exact and null only of nothing. */
export type LatencyNs = Readonly<Record<"min" | "mean" | "stddev" | "max" | LatencyPercentile, number | null>>;

/** Value at a rank (1 to count): the middle of the bucket that holds it, yet never beyond the exact extremes. */
function valueAtRank(samples: LatencySamples, rank: number): number | null {
  let passed = 0;
  for (const [index, count] of samples.buckets) {
    passed += count;
    if (passed >= rank) {
      const value = bucketMiddleNs(index);
      return Math.min(Math.max(value, samples.minNs ?? value), samples.maxNs ?? value);
    }
  }
  return samples.maxNs;
}

/** A percentile (0 to 100) of a distribution in nanoseconds, whatever its size; null of nothing. */
export function latencyPercentileNs(samples: LatencySamples, percentile: number): number | null {
  return samples.count === 0 ? null : valueAtRank(samples, nearestRank(percentile, samples.count));
}

/** Sums up a distribution. A percentile with too few I/Os beyond it to mean anything is null. */
export function latencySummary(samples: LatencySamples): LatencyNs {
  const { count, sumNs, sumSquaresNs } = samples;
  const meanNs = count === 0 ? null : sumNs / count;
  // Rounding can take the difference of two nearly equal numbers below zero.
  const stddevNs = meanNs === null ? null : Math.sqrt(Math.max(sumSquaresNs / count - meanNs ** 2, 0));
  const at = (name: LatencyPercentile): number | null => {
    const percentile = LATENCY_PERCENTILES[name];
    return isCountSufficient(percentile, count) ? latencyPercentileNs(samples, percentile) : null;
  };
  return {
    min: samples.minNs,
    mean: meanNs,
    stddev: stddevNs,
    max: samples.maxNs,
    p50: at("p50"),
    p90: at("p90"),
    p95: at("p95"),
    p99: at("p99"),
    p999: at("p999"),
    p9999: at("p9999"),
  };
}
