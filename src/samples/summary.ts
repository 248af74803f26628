// A distribution of latencies -> the figures that a person reads: extremes, moments and percentiles.

import { isCountSufficient, nearestRank } from "../stats/ranks.ts";
import { LATENCY_PERCENTILES } from "../shared/metrics.ts";
import type { Described } from "../shared/schema-parts.ts";
import { bucketMiddleNs } from "./histogram.ts";
import type { latencyNsSchema } from "./round-schema.ts";
import type { LatencySamples } from "./samples.ts";

/** What they mean, ascending: where there are too few I/Os for one, there are too few for all after it. */
const PERCENTILES = Object.values(LATENCY_PERCENTILES);

export type LatencyNs = Described<typeof latencyNsSchema>;

/** Values at ranks (1 to count), which ascend: the middles of the buckets that hold them, yet never beyond the exact extremes. */
function valuesAtRanks(samples: LatencySamples, ranks: readonly number[]): readonly (number | null)[] {
  const { buckets, minNs, maxNs } = samples;
  let bucket = -1;
  let passed = 0;
  return ranks.map((rank) => {
    while (passed < rank && bucket + 1 < buckets.length) {
      bucket += 1;
      passed += buckets[bucket]?.[1] ?? 0;
    }
    const lowNs = buckets[bucket]?.[0];
    if (lowNs === undefined || passed < rank) return maxNs;
    const value = bucketMiddleNs(lowNs);
    return Math.min(Math.max(value, minNs ?? value), maxNs ?? value);
  });
}

/** Percentiles (0 to 100, ascending) of a distribution in nanoseconds, whatever its size; null of nothing. */
export function latencyPercentilesNs(
  samples: LatencySamples,
  percentiles: readonly number[],
): readonly (number | null)[] {
  if (samples.count === 0) return percentiles.map(() => null);
  return valuesAtRanks(
    samples,
    percentiles.map((percentile) => nearestRank(percentile, samples.count)),
  );
}

/** Sums up a distribution. A percentile with too few I/Os beyond it to mean anything is null. */
export function latencySummary(samples: LatencySamples): LatencyNs {
  const { count, sumNs, sumSquaresNs } = samples;
  const meanNs = count === 0 ? null : sumNs / count;
  // Rounding can take the difference of two nearly equal numbers below zero.
  const stddevNs = meanNs === null ? null : Math.sqrt(Math.max(sumSquaresNs / count - meanNs ** 2, 0));
  const enough = PERCENTILES.filter((percentile) => isCountSufficient(percentile, count));
  const [p50 = null, p90 = null, p95 = null, p99 = null, p999 = null, p9999 = null] = latencyPercentilesNs(
    samples,
    enough,
  );
  return { min: samples.minNs, mean: meanNs, stddev: stddevNs, max: samples.maxNs, p50, p90, p95, p99, p999, p9999 };
}
