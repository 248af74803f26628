// One timed run in a result, as zod schemas.

import { z } from "zod";
import type { DeviceTraffic } from "../platform/evidence.ts";
import { bucketIndex, bucketLowNs, HISTOGRAM_LAYOUT } from "../samples/histogram.ts";
import type { PauseSamples } from "../samples/samples.ts";
import type { LatencyNs } from "../samples/summary.ts";
import { listOf } from "./bounded-list.ts";

const count = z.int().nonnegative();
const amount = z.number().nonnegative();

/** Nanoseconds; null: nothing to measure, or too few I/Os for that percentile. */
export const latencyNsSchema = z.strictObject({
  min: amount.nullable(),
  mean: amount.nullable(),
  stddev: amount.nullable(),
  max: amount.nullable(),
  p50: amount.nullable(),
  p90: amount.nullable(),
  p95: amount.nullable(),
  p99: amount.nullable(),
  p999: amount.nullable(),
  p9999: amount.nullable(),
}) satisfies z.ZodType<LatencyNs>;

function isBucketList(value: unknown): value is readonly (readonly [number, number])[] {
  if (!Array.isArray(value)) return false;
  let previousLowNs = -1;
  return value.every((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    const [lowNs, inBucket]: readonly unknown[] = pair;
    if (typeof lowNs !== "number" || !(lowNs > previousLowNs) || bucketLowNs(bucketIndex(lowNs)) !== lowNs)
      return false;
    previousLowNs = lowNs;
    return Number.isSafeInteger(inBucket) && Number(inBucket) > 0;
  });
}

export const histogramSchema = z.strictObject({
  layout: z.literal(HISTOGRAM_LAYOUT),
  /**
   * `[lowNs, count]`: lower edge of a bucket and how many I/Os fell into it; empty buckets are left out. Checked by
   * hand: a large result has millions of pairs, for which a schema takes twenty times as long.
   */
  buckets: z.custom<readonly (readonly [number, number])[]>(isBucketList, {
    error: `expected [lowNs, count] pairs, the lower edges of ${HISTOGRAM_LAYOUT} buckets ascending`,
  }),
});

/** What was transferred, in one direction or both, within the measured window. Only I/Os that succeeded whole. */
export const transfersSchema = z.strictObject({
  ios: count,
  bytes: count,
  iops: amount,
  bytesPerSecond: amount,
  latencyNs: latencyNsSchema,
  histogram: histogramSchema,
});

/** Checked by hand: one issue, however many entries are wrong. */
function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.hasOwn(value, "__proto__"))
    return false;
  return Object.values(value).every((inCode) => Number.isSafeInteger(inCode) && Number(inCode) >= 0);
}

const errorsSchema = z.strictObject({
  failed: count,
  short: count,
  /** Failed I/Os by the system's name for the code, e.g. `EIO`. */
  byCode: z.custom<Readonly<Record<string, number>>>(isCounts, { error: "expected a count for each code" }),
  /** How many of `failed` and `short` fell outside the window. */
  outsideWindow: count,
  first: z.strictObject({ offsetBytes: count, direction: z.enum(["read", "write"]), thread: count }).nullable(),
});

const countsSchema = z.strictObject({ ios: count, bytes: count });

const intervalSchema = z.strictObject({
  startSeconds: amount,
  seconds: amount,
  ios: count,
  bytes: count,
  /** The same of each direction. Null: not part of the case, or by an earlier version, which did not count it. */
  read: countsSchema.nullable(),
  write: countsSchema.nullable(),
  latencyNs: latencyNsSchema,
});

/** What a device, or the devices below it together, transferred for whoever asked. */
const deviceTrafficSchema = z.strictObject({
  name: z.string(),
  /** `own`: under the file. `disk`: of which that is a partition. `below`: what it keeps its data on. */
  role: z.enum(["own", "disk", "below"]),
  readBytes: amount,
  writtenBytes: amount,
  busySeconds: amount,
  /** Its outstanding requests integrated over time. */
  queueSeconds: amount,
}) satisfies z.ZodType<DeviceTraffic>;

/** What the system counted from before the warm-up, with nothing outstanding, until all was drained again. */
export const surroundingsSchema = z.strictObject({
  seconds: amount,
  /** Empty where no device counts. */
  devices: listOf(deviceTrafficSchema),
  /** CPU time of the whole machine, and what a hypervisor took from it; null: not told. */
  busySeconds: amount.nullable(),
  stolenSeconds: amount.nullable(),
  /** How far the clock on the wall was set forward or back meanwhile. */
  wallClockStepSeconds: z.number(),
  /** How often a CPU was slowed down because of heat; null: not counted. */
  throttleEvents: count.nullable(),
});

const pausesSchema = z.strictObject({
  collections: count,
  collectionSeconds: amount,
  longestCollectionSeconds: amount,
  /** Time in which a thread could have run but had no CPU; null: not counted here. */
  waitedForCpuSeconds: amount.nullable(),
  /** How often a thread got one, each time after such a wait, however short; null: not counted here. */
  waitsForCpu: count.nullable(),
}) satisfies z.ZodType<PauseSamples>;

export const roundSchema = z.strictObject({
  /** Which repetition of the case, from 0. */
  index: count,
  startedAt: z.iso.datetime(),
  /** Length of the window; a final flush that belongs to the run is in it. */
  measuredSeconds: amount,
  /** The rate before that flush: what a cache took in. */
  bytesPerSecondBeforeFlush: amount,
  total: transfersSchema,
  /** Null: not part of the case. */
  read: transfersSchema.nullable(),
  write: transfersSchema.nullable(),
  errors: errorsSchema,
  /** Warm-up and drain: with `total` it is what reached the device. */
  outsideWindow: countsSchema,
  /** I/Os of the window by each thread's own count; null: the engine was lost, or it is by an earlier version. */
  threads: listOf(z.strictObject({ readIos: count, writeIos: count })).nullable(),
  /** Flushes that completed in the window; `seconds`: the time of the window inside flushes, summed over threads. */
  flush: z.strictObject({ count, seconds: amount, latencyNs: latencyNsSchema }).nullable(),
  /** Mapped methods: I/Os on a block not touched since it was mapped; they count in `total` as well. */
  firstTouch: z.strictObject({ count, latencyNs: latencyNsSchema, histogram: histogramSchema }).nullable(),
  /** Null where the system does not tell. */
  completedSynchronously: count.nullable(),
  /** Completion routines run per alertable wait (WriteFileEx); null where there are none. */
  completionsPerWait: amount.nullable(),
  /** How often the system refused more I/Os for want of memory and was asked again. */
  backPressure: count,
  /** Outstanding I/Os, integrated over the window and divided by its length, summed over threads. */
  effectiveQueueDepth: amount,
  /** Time within the window inside calls that handed over I/Os while slots were still free, summed over threads; null: it was not counted. */
  submittingSeconds: amount.nullable(),
  /** Garbage collections and waits for a CPU within the window, summed over threads; null: not known. */
  pauses: pausesSchema.nullable(),
  /**
   * Time within the window in which the engine, or the command that looks after it, stood still: it was stopped, frozen,
   * or had no CPU for seconds. Such a round is no part of the summary, nor of a comparison. Null: not known.
   */
  stopped: z.strictObject({ engineSeconds: amount, commandSeconds: amount }).nullable(),
  cpu: z.strictObject({
    /** The engine process: a lower bound of what the I/O cost. */
    userSeconds: amount,
    systemSeconds: amount,
    /** The whole machine: the upper bound; null where the system does not tell. */
    machineSeconds: amount.nullable(),
  }),
  intervals: listOf(intervalSchema),
  /** It ended before its time because it was told to. */
  aborted: z.boolean(),
  /** I/Os that the system never gave back. */
  stuck: count,
  /** Reads through the cache: whether they began with nothing of the file in it; null: not a round of that kind. */
  startedCold: z.boolean().nullable(),
  /** By what that is known; of a large file it may be a sample, and this says so. Null: it is not known, or was not asked. */
  startedColdBasis: z.string().nullable(),
  /** Null where nothing was there to be looked at. */
  surroundings: surroundingsSchema.nullable(),
});
