// Interval buffers in shared memory -> one distribution of latencies, added up and condensed without garbage.

import { collectLatency } from "../samples/collect.ts";
import { BUCKET_COUNT, bucketIndex } from "../samples/histogram.ts";
import type { LatencySamples } from "../samples/samples.ts";
import { clearSums } from "./recorder.ts";
import {
  COUNTS_PER_BUFFER,
  KIND,
  KIND_COUNT,
  scratchThreadMemory,
  SUM,
  SUMS_PER_BUFFER,
  SUMS_PER_KIND,
  type ThreadMemory,
} from "./round-memory.ts";

/**
 * Few buckets at first, so that what stands around the loops is known when they are compiled, ... They lie on both sides
 * of the first microsecond: code that has seen one branch only is thrown away at the other.
 */
const SHORT_REHEARSALS = 24;
const FEW_BUCKETS_NS = [1000.5, 1512.5] as const;
/** ... then all of them. */
const ALL_BUCKETS_NS = [0.5, Number.MAX_VALUE] as const;
const REHEARSALS = 5;
/** V8 settles the shape of what one place in the code makes with the second object, that of a class with the eighth. */
const SETTLED_OBJECTS = 9;
/** The engine process takes longer to start than all pauses together. */
const PAUSE_MS = 2;

/** Compiled code is thrown away with the shape of the objects that it was made for, when no such object is left. */
const kept: [Accumulator?] = [];

export class Accumulator {
  readonly counts = new Float64Array(BUCKET_COUNT);
  count = 0;
  sumNs = 0;
  sumSquaresNs = 0;
  minNs = Infinity;
  maxNs = 0;

  /** Adds one kind of one buffer. Returns how many samples that are. */
  add(memory: ThreadMemory, buffer: number, kind: number): number {
    const sums = memory.sums;
    const base = buffer * SUMS_PER_BUFFER + kind * SUMS_PER_KIND;
    const count = sums[base + SUM.count] as number;
    if (count === 0) return 0;
    const minNs = sums[base + SUM.minNs] as number;
    const maxNs = sums[base + SUM.maxNs] as number;
    this.count += count;
    this.sumNs += sums[base + SUM.sumNs] as number;
    this.sumSquaresNs += sums[base + SUM.sumSquaresNs] as number;
    this.minNs = Math.min(this.minNs, minNs);
    this.maxNs = Math.max(this.maxNs, maxNs);
    const counts = buffer * COUNTS_PER_BUFFER + kind * BUCKET_COUNT;
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
  const { sums, counts } = memory;
  for (let kind = 0; kind < KIND_COUNT; kind += 1) {
    const base = buffer * SUMS_PER_BUFFER + kind * SUMS_PER_KIND;
    if (sums[base + SUM.count] === 0) continue;
    const first = buffer * COUNTS_PER_BUFFER + kind * BUCKET_COUNT;
    counts.fill(
      0,
      first + bucketIndex(sums[base + SUM.minNs] as number),
      first + bucketIndex(sums[base + SUM.maxNs] as number) + 1,
    );
  }
  clearSums(sums, buffer * SUMS_PER_BUFFER);
}

/** Compiles the code that adds up distributions, so that the compiler does not work while a window is open. */
export function rehearseAccumulator(): void {
  // What V8 compiled before a shape was settled it throws away.
  const memories = [scratchThreadMemory(), scratchThreadMemory()];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let accumulator = new Accumulator();
  for (let turn = 0; turn < SHORT_REHEARSALS + REHEARSALS; turn += 1) {
    // No more of them: they are a quarter of a megabyte each outside the heap, which counts towards the next collection.
    if (turn < SETTLED_OBJECTS) accumulator = new Accumulator();
    for (const memory of memories) {
      for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 16) memory.counts[bucket] = 1;
      // No whole numbers, which V8 keeps differently in a field.
      memory.sums.set([1, 1.5, 1.5, ...(turn < SHORT_REHEARSALS ? FEW_BUCKETS_NS : ALL_BUCKETS_NS)]);
      accumulator.add(memory, 0, KIND.read);
      accumulator.condense();
      accumulator.clear();
    }
    // What is not compiled yet makes garbage: were it to go on meanwhile, V8 would collect, and again eight seconds later.
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
  kept[0] = accumulator;
}
