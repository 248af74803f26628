// LatencySamples <-> the histogram and the figures that stand for them in a result.

import { bucketLowNs, bucketOfLowNs, HISTOGRAM_LAYOUT } from "../samples/histogram.ts";
import type { LatencySamples } from "../samples/samples.ts";
import type { Histogram, LatencyNs } from "./result.ts";

/** The buckets of a distribution as a result stores them: `[lowNs, count]`, ascending. */
export function histogramOf(samples: LatencySamples): Histogram {
  return {
    layout: HISTOGRAM_LAYOUT,
    buckets: samples.buckets.map(([index, count]) => [bucketLowNs(index), count] as const),
  };
}

/** The way back, for pooling: sums follow from the exact count, mean and standard deviation. */
export function samplesOf(stored: { readonly latencyNs: LatencyNs; readonly histogram: Histogram }): LatencySamples {
  const { min, mean, stddev, max } = stored.latencyNs;
  const buckets = stored.histogram.buckets.map(([lowNs, count]) => [bucketOfLowNs(lowNs), count] as const);
  const count = buckets.reduce((sum, [, inBucket]) => sum + inBucket, 0);
  return {
    count,
    sumNs: count * (mean ?? 0),
    sumSquaresNs: count * ((mean ?? 0) ** 2 + (stddev ?? 0) ** 2),
    minNs: min,
    maxNs: max,
    buckets,
  };
}
