// Latencies -> LatencySamples as a worker would have counted them; the reference vectors as plain lists of numbers.

import { readFileSync } from "node:fs";
import { collectLatency } from "../../src/samples/collect.ts";
import { BUCKET_COUNT, bucketIndex } from "../../src/samples/histogram.ts";
import type { LatencySamples } from "../../src/samples/samples.ts";

/** Counts latencies (ns) into buckets the way a worker does. */
export function samplesFrom(latenciesNs: Iterable<number>): LatencySamples {
  const counts = new Uint32Array(BUCKET_COUNT);
  let sumNs = 0;
  let sumSquaresNs = 0;
  let minNs = Infinity;
  let maxNs = 0;
  for (const latencyNs of latenciesNs) {
    const index = bucketIndex(latencyNs);
    counts[index] = (counts[index] ?? 0) + 1;
    sumNs += latencyNs;
    sumSquaresNs += latencyNs * latencyNs;
    minNs = Math.min(minNs, latencyNs);
    maxNs = Math.max(maxNs, latencyNs);
  }
  return collectLatency(counts, sumNs, sumSquaresNs, minNs, maxNs);
}

/** Uniform numbers in [0, 1), the same for the same seed (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Whole nanoseconds with the long tail of a disk: log-normal, by Box and Muller. */
export function logNormalLatencies(count: number, medianNs: number, sigma: number, seed: number): Float64Array {
  const random = randomNumbers(seed);
  return Float64Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(medianNs * Math.exp(sigma * normal));
  });
}

interface RankVector {
  /** `[value, how often]` */
  readonly values?: readonly (readonly [number, number])[];
  /** `[first, last]`, whole numbers. */
  readonly ranges?: readonly (readonly [number, number])[];
  readonly percentiles: Readonly<Record<string, number>>;
  readonly mean?: number;
  readonly populationStddev?: number;
}

interface Reference {
  readonly nearestRank: readonly RankVector[];
  readonly intervalIops: { readonly counts: readonly number[]; readonly populationStddev: number };
  readonly logLinear10bit: readonly { value: number; index: number; low: number; high: number }[];
}

/** Figures computed apart from this project, in exact arithmetic. */
export const REFERENCE: Reference = JSON.parse(readFileSync(new URL("data/percentiles.json", import.meta.url), "utf8"));

/** All values of a reference vector, ascending. */
export function valuesOf({ values = [], ranges = [] }: RankVector): number[] {
  const repeated = values.flatMap(([value, times]) => Array.from({ length: times }, () => value));
  const counted = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, step) => first + step),
  );
  return [...repeated, ...counted].sort((a, b) => a - b);
}
