// What is measured of a timed run, as a result holds it -> zod schemas, from which the types of samples and results come.

import { z } from "zod";
import {
  amount,
  amountOrNull,
  count,
  countOrNull,
  flag,
  group,
  groupOrNull,
  listOf,
  part,
  text,
} from "../shared/schema-parts.ts";
import { LATENCY_PERCENTILES, type LatencyPercentile } from "../shared/metrics.ts";
import { byTransfer, TRANSFERS, transferWords, type TransferName } from "../shared/operations.ts";
import { bucketIndex, bucketLowNs, HISTOGRAM_LAYOUT } from "./histogram.ts";
import { threadIos } from "./thread-ios.ts";

const pluralOf = (name: TransferName): string => transferWords(name).plural;
const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const percentile = (name: LatencyPercentile) => amountOrNull.describe(`${LATENCY_PERCENTILES[name]}th percentile.`);

export const latencyNsSchema = part(
  "latencyNs",
  "Latencies in nanoseconds. Null: no I/O, or too few for that percentile.",
  {
    min: amountOrNull.describe("Shortest; exact."),
    mean: amountOrNull.describe("Mean; exact."),
    stddev: amountOrNull.describe("Standard deviation over all I/Os; exact."),
    max: amountOrNull.describe("Longest; exact."),
    p50: percentile("p50"),
    p90: percentile("p90"),
    p95: percentile("p95"),
    p99: percentile("p99"),
    p999: percentile("p999"),
    p9999: percentile("p9999"),
  },
);

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

/** Checked by hand: a large result has millions of pairs, for which a schema takes twenty times as long. */
const bucketsSchema = z
  .custom<readonly (readonly [number, number])[]>(isBucketList, {
    error: `expected [lowNs, count] pairs, the lower edges of ${HISTOGRAM_LAYOUT} buckets ascending`,
  })
  .meta({
    type: "array",
    items: {
      type: "array",
      prefixItems: [
        { type: "integer", minimum: 0 },
        { type: "integer", minimum: 1 },
      ],
      items: false,
      minItems: 2,
    },
    description:
      "`[lowNs, count]` pairs: lower edge of a bucket in nanoseconds, I/Os in it. Ascending, without empty ones.",
  });

export const histogramSchema = part("histogram", "A distribution of latencies.", {
  layout: z.literal(HISTOGRAM_LAYOUT).describe("How buckets lie: 1 ns wide below 2048 ns, then 1024 to each doubling."),
  buckets: bucketsSchema,
});

const countsShape = {
  ios: count.describe("I/Os that succeeded whole."),
  bytes: count.describe("Bytes that they moved."),
};
const countsSchema = part("counts", "How much was transferred.", countsShape);

export const transfersSchema = part(
  "transfers",
  "What was transferred in the window, without I/Os that failed or were short.",
  {
    ...countsShape,
    iops: amount.describe("I/Os per second of `measuredSeconds`."),
    bytesPerSecond: amount.describe("Bytes per second of `measuredSeconds`."),
    latencyNs: latencyNsSchema.describe("From submission to completion of each I/O (service time)."),
    histogram: histogramSchema.describe("The distribution of these latencies."),
  },
);

/** Checked by hand: one issue, however many entries are wrong. */
function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.hasOwn(value, "__proto__"))
    return false;
  return Object.values(value).every((inCode) => Number.isSafeInteger(inCode) && Number(inCode) >= 0);
}

const intervalSchema = part("interval", "One interval of the window. The intervals cover it without a gap.", {
  startSeconds: amount.describe("When it begins, after the window opened."),
  seconds: amount.describe("Length; the last one may be shorter than the others."),
  ...countsShape,
  ...byTransfer((name) =>
    countsSchema.nullable().describe(`The ${pluralOf(name)} among them. Null: the case does not ${name}.`),
  ),
  latencyNs: latencyNsSchema.describe("Latencies of the I/Os that completed in it."),
});

/** What threads did that do the same: those of one member of a round, or all of them. */
const memberShape = {
  measuredSeconds: amount.describe("Length of the measured window. A final flush that belongs to the run is in it."),
  bytesPerSecondBeforeFlush: amount.describe("Rate without that flush: what a cache took in."),
  total: transfersSchema.describe("All I/Os."),
  ...byTransfer((name) =>
    transfersSchema.nullable().describe(`The ${pluralOf(name)}. Null: the case does not ${name}.`),
  ),
  trim: transfersSchema.nullable().describe("The trims. Reserved: always null today."),
  errors: group("I/Os that failed or came back short.", {
    failed: count.describe("I/Os that failed, from opening the target to closing it."),
    short: count.describe("I/Os that moved less than a block, in the same time."),
    byCode: z
      .custom<Readonly<Record<string, number>>>(isCounts, { error: "expected a count for each code" })
      .meta({ type: "object", additionalProperties: { type: "integer", minimum: 0 } })
      .describe("Failed I/Os by the system's name of the error, such as `EIO`."),
    outsideWindow: count.describe("How many of `failed` and `short` fell outside the window."),
    first: groupOrNull("The first I/O that failed or was short. Null: none.", {
      offsetBytes: count.describe("Offset in the target."),
      direction: z.enum(TRANSFERS).describe("What the I/O did."),
      thread: count.describe("Thread that issued it, from 0."),
    }),
  }),
  outsideWindow: countsSchema.describe("Warm-up and drain. With `total` it is all that reached the device."),
  threads: listOf(
    z.strictObject(threadIos((name) => count.describe(`${capitalized(pluralOf(name))} within the window.`))),
  )
    .nullable()
    .describe("Each thread's own count. Null: the engine was lost."),
  flush: groupOrNull("Flushes within the window. Null: none.", {
    count: count.describe("Flushes that completed."),
    seconds: amount.describe("Time of the window inside flushes, summed over threads."),
    latencyNs: latencyNsSchema.describe("How long each took."),
  }),
  firstTouch: groupOrNull("Mapped methods: I/Os on a block that was not touched since it was mapped. Null: none.", {
    count: count.describe("How many; they count in `total` as well."),
    latencyNs: latencyNsSchema.describe("Their latencies."),
    histogram: histogramSchema.describe("The distribution of these latencies."),
  }),
  completedSynchronously: countOrNull.describe("I/Os complete when their call returned. Null: not told."),
  completionsPerWait: amountOrNull.describe("Completion routines per alertable wait (WriteFileEx). Null: none."),
  backPressure: count.describe("How often the system refused more I/Os for lack of resources and was asked again."),
  effectiveQueueDepth: amount.describe("Mean number of outstanding I/Os over the window, summed over threads."),
  submittingSeconds: amount.describe("Time inside calls that submit while slots are free, summed over threads."),
  pauses: groupOrNull("What kept the threads from working, summed over them. Null: not known.", {
    collections: count.describe("Garbage collections of V8."),
    collectionSeconds: amount.describe("Time that they took."),
    longestCollectionSeconds: amount.describe("The longest single one."),
    waitedForCpuSeconds: amountOrNull.describe("Time in which a thread was ready but had no CPU. Null: not counted."),
    waitsForCpu: countOrNull.describe("How many such waits, however short. Null: not counted."),
  }),
  intervals: listOf(intervalSchema).describe("The window, second by second."),
  stuck: count.describe("I/Os that the system never gave back."),
};

const memberRoundSchema = part(
  "memberRound",
  "What one member of a case did in a round, over its own part of the window.",
  {
    id: text.describe("Its `id` in `members` of the case."),
    ...memberShape,
  },
);

export const measuredRoundSchema = z.strictObject({
  ...memberShape,
  stopped: groupOrNull("Time in which diskbench stood still. Such a round is not in the summary. Null: not known.", {
    engineSeconds: amount.describe("Of the engine process."),
    commandSeconds: amount.describe("Of the command, which watches the engine."),
  }),
  cpu: group("CPU time of the window.", {
    userSeconds: amount.describe("Of the engine process in user mode; with `systemSeconds` a lower bound."),
    systemSeconds: amount.describe("Of the engine process in kernel mode."),
    machineSeconds: amountOrNull.describe("Of the whole machine: an upper bound. Null: not told."),
    machineUserSeconds: amountOrNull.describe("Of that, in user mode: what programs used. Null: not told."),
  }),
  aborted: flag.describe("True when it ended before its time because it was told to."),
  members: listOf(memberRoundSchema)
    .optional()
    .describe(
      "What each group of threads did that ran side by side with others. `total`, `read` and `write` are their sum. Absent where there is only one.",
    ),
});
