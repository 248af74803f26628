// Several distributions -> the one of all their I/Os together: counts are added, percentiles never averaged.

import { collectLatency } from "./collect.ts";
import { BUCKET_COUNT, bucketIndex } from "./histogram.ts";
import type { DirectionSamples, LatencySamples } from "./samples.ts";

/** All I/Os of `parts` in one distribution; exact, and independent of their order save for the rounding of sums. */
export function mergeLatency(parts: readonly LatencySamples[]): LatencySamples {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  // Float64Array: bucket counts of many rounds may exceed 2^32.
  const counts = new Float64Array(BUCKET_COUNT);
  let sumNs = 0;
  let sumSquaresNs = 0;
  let minNs = Infinity;
  let maxNs = 0;
  for (const part of parts) {
    for (const [lowNs, count] of part.buckets) {
      const index = bucketIndex(lowNs);
      counts[index] = (counts[index] ?? 0) + count;
    }
    sumNs += part.sumNs;
    sumSquaresNs += part.sumSquaresNs;
    minNs = Math.min(minNs, part.minNs ?? Infinity);
    maxNs = Math.max(maxNs, part.maxNs ?? 0);
  }
  return collectLatency(counts, sumNs, sumSquaresNs, minNs, maxNs);
}

/** What several threads, or both directions, did together. */
export function mergeDirections(parts: readonly DirectionSamples[]): DirectionSamples {
  return {
    ios: parts.reduce((sum, part) => sum + part.ios, 0),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    latency: mergeLatency(parts.map((part) => part.latency)),
  };
}
