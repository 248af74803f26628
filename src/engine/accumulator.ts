// Interval buffers in shared memory -> one distribution of latencies, added up and condensed without garbage.

import { collectLatency } from "../samples/collect.ts";
import { BUCKET_COUNT, bucketIndex, bucketLowNs, bucketMiddleNs } from "../samples/histogram.ts";
import type { LatencySamples } from "../samples/samples.ts";
import { clearSums } from "./loop/recorder.ts";
import { SUM, type Kind } from "./loop/memory-layout.ts";
import type { ThreadMemory } from "./loop/round-memory.ts";

export class Accumulator {
  readonly counts = new Float64Array(BUCKET_COUNT);
  count = 0;
  sumNs = 0;
  sumSquaresNs = 0;
  minNs = Infinity;
  maxNs = 0;

  /** Adds one kind of one buffer. Returns how many samples that are. */
  add(memory: ThreadMemory, buffer: number, kind: Kind): number {
    const { sums, layout } = memory;
    const base = buffer * layout.sumsPerBuffer + (layout.sumPlaces[kind] as number);
    const count = sums[base + SUM.count] as number;
    if (count === 0) return 0;
    const minNs = sums[base + SUM.minNs] as number;
    const maxNs = sums[base + SUM.maxNs] as number;
    this.count += count;
    this.sumNs += sums[base + SUM.sumNs] as number;
    this.sumSquaresNs += sums[base + SUM.sumSquaresNs] as number;
    this.minNs = Math.min(this.minNs, minNs);
    this.maxNs = Math.max(this.maxNs, maxNs);
    const counts = buffer * layout.countsPerBuffer + (layout.countPlaces[kind] as number);
    const last = bucketIndex(maxNs);
    let added = 0;
    for (let bucket = bucketIndex(minNs); bucket <= last; bucket += 1) {
      const inBucket = memory.counts[counts + bucket] as number;
      this.counts[bucket] = (this.counts[bucket] as number) + inBucket;
      added += inBucket;
    }
    return added;
  }

  clear(): void {
    if (this.count > 0) this.counts.fill(0, bucketIndex(this.minNs), bucketIndex(this.maxNs) + 1);
    this.count = 0;
    this.sumNs = 0;
    this.sumSquaresNs = 0;
    this.minNs = Infinity;
    this.maxNs = 0;
  }

  samples(): LatencySamples {
    return collectLatency(this.counts, this.sumNs, this.sumSquaresNs, this.minNs, this.maxNs);
  }

  /** Null: too few I/Os. Makes no garbage, because it is asked for while the window is open. */
  get p99Ns(): number | null {
    if (this.count < LEAST_FOR_P99) return null;
    let beyond = this.count - Math.ceil((99 * this.count) / 100);
    let bucket = bucketIndex(this.maxNs);
    while (beyond >= (this.counts[bucket] as number)) beyond -= this.counts[bucket--] as number;
    return bucketMiddleNs(bucketLowNs(bucket));
  }

  /** A few kilobytes outside the heap in place of a dense array, and no garbage while the window is open. */
  condense(): Condensed {
    // By index and within the range of the samples: an iterator over all buckets makes megabytes of garbage.
    const [first, last] = this.count === 0 ? [0, -1] : [bucketIndex(this.minNs), bucketIndex(this.maxNs)];
    let filled = 0;
    for (let bucket = first; bucket <= last; bucket += 1) if ((this.counts[bucket] as number) > 0) filled += 1;
    const pairs = new Float64Array(filled * 2);
    let place = 0;
    for (let bucket = first; bucket <= last; bucket += 1) {
      const count = this.counts[bucket] as number;
      if (count === 0) continue;
      pairs[place] = bucket;
      pairs[place + 1] = count;
      place += 2;
    }
    const { sumNs, sumSquaresNs, minNs, maxNs } = this;
    return { pairs, sumNs, sumSquaresNs, minNs, maxNs };
  }
}

/** As a result asks for them: ten I/Os have to lie beyond a percentile. */
const LEAST_FOR_P99 = 1000;

/** A distribution that is complete: `[bucket, count, bucket, count, ...]` and the exact sums. */
export interface Condensed {
  readonly pairs: Float64Array;
  readonly sumNs: number;
  readonly sumSquaresNs: number;
  readonly minNs: number;
  readonly maxNs: number;
}

export function samplesOfCondensed({ pairs, sumNs, sumSquaresNs, minNs, maxNs }: Condensed): LatencySamples {
  const counts = new Float64Array(BUCKET_COUNT);
  for (let place = 0; place < pairs.length; place += 2) counts[pairs[place] as number] = pairs[place + 1] as number;
  return collectLatency(counts, sumNs, sumSquaresNs, minNs, maxNs);
}

/** Makes a buffer that has been added ready for new samples. */
export function clearBuffer(memory: ThreadMemory, buffer: number): void {
  const { sums, counts, layout } = memory;
  for (const kind of layout.kinds) {
    const base = buffer * layout.sumsPerBuffer + (layout.sumPlaces[kind] as number);
    if (sums[base + SUM.count] === 0) continue;
    const first = buffer * layout.countsPerBuffer + (layout.countPlaces[kind] as number);
    counts.fill(
      0,
      first + bucketIndex(sums[base + SUM.minNs] as number),
      first + bucketIndex(sums[base + SUM.maxNs] as number) + 1,
    );
  }
  clearSums(memory, buffer);
}
