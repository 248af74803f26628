// LatencySamples <-> the histogram and the figures that stand for them in a result.

import { HISTOGRAM_LAYOUT } from "../samples/histogram.ts";
import type { LatencySamples } from "../samples/samples.ts";
import type { Histogram, LatencyNs } from "./result.ts";

export function histogramOf(samples: LatencySamples): Histogram {
  return { layout: HISTOGRAM_LAYOUT, buckets: samples.buckets };
}

/** The way back, for pooling: sums follow from the exact count, mean and standard deviation. */
export function samplesOf(stored: { readonly latencyNs: LatencyNs; readonly histogram: Histogram }): LatencySamples {
  const { min, mean, stddev, max } = stored.latencyNs;
  const { buckets } = stored.histogram;
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
