// Latencies in nanoseconds -> counts in log-linear buckets of 10 bits: at most 1/1024 wide, 32768 of them for any run.

/** Name of the layout in results: which bucket a value falls into is fixed by it. */
export const HISTOGRAM_LAYOUT = "log-linear-10bit";

/** Up to 2^40 ns (18 minutes); anything longer counts in the last bucket, its exact value in `max`. */
export const BUCKET_COUNT = 32768;

// The double's own exponent and its ten highest mantissa bits are the bucket, save for a constant:
// (1023 + 9) * 1024 makes 1024 ns fall into bucket 1024, where the buckets one nanosecond wide end.
const EXPONENT_BIAS = 1032 * 1024;

const LAST_BUCKET = BUCKET_COUNT - 1;
const scratch = new Float64Array(1);
const scratchHigh = new Int32Array(scratch.buffer);
// x64 and arm64 are little-endian; node runs on nothing else that we support.
const HIGH_WORD = 1;

/**
 * Bucket of a latency: v below 2048 is its own bucket; else with m = floor(log2 v) and e = m - 10 it is
 * (e + 1) * 1024 + ((v >> e) & 1023). `latencyNs` is not negative; fractions are cut off.
 */
export function bucketIndex(latencyNs: number): number {
  if (latencyNs < 1024) return latencyNs | 0;
  scratch[0] = latencyNs;
  const index = ((scratchHigh[HIGH_WORD] as number) >> 10) - EXPONENT_BIAS;
  return index < LAST_BUCKET ? index : LAST_BUCKET;
}

/** Width in nanoseconds of the buckets from `1024 * place` on: a table, for `2 ** exponent` takes longer than all the rest. */
const WIDTHS_NS = Float64Array.from({ length: BUCKET_COUNT / 1024 + 1 }, (_, place) => 2 ** Math.max(0, place - 1));

/** Smallest latency of a bucket, in nanoseconds. */
export function bucketLowNs(index: number): number {
  return index < 2048 ? index : (1024 + (index & 1023)) * bucketWidthNs(index);
}

/** How many nanoseconds a bucket spans. */
export function bucketWidthNs(index: number): number {
  return WIDTHS_NS[index >> 10] as number;
}

/** The value that stands for the bucket that begins at `lowNs`: its middle, so that the error is at most 0.05 %. */
export function bucketMiddleNs(lowNs: number): number {
  return lowNs + (bucketWidthNs(bucketIndex(lowNs)) - 1) / 2;
}
