// Dense counters as a worker keeps them -> LatencySamples as they travel and are stored.

import { bucketLowNs } from "./histogram.ts";
import type { LatencySamples } from "./samples.ts";

/**
 * Makes a sparse distribution of dense bucket counts (index as in `histogram.ts`) and the exact sums beside them, in
 * nanoseconds. `minNs` and `maxNs` count only when there is something in the buckets.
 */
export function collectLatency(
  counts: Uint32Array | Float64Array,
  sumNs: number,
  sumSquaresNs: number,
  minNs: number,
  maxNs: number,
): LatencySamples {
  const buckets: (readonly [number, number])[] = [];
  let count = 0;
  for (let index = 0; index < counts.length; index++) {
    const inBucket = counts[index] ?? 0;
    if (inBucket === 0) continue;
    buckets.push([bucketLowNs(index), inBucket]);
    count += inBucket;
  }
  if (count === 0) return { count: 0, sumNs: 0, sumSquaresNs: 0, minNs: null, maxNs: null, buckets: [] };
  return { count, sumNs, sumSquaresNs, minNs, maxNs, buckets };
}
