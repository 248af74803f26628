// What the engine measured in one round -> the round as it stands in the result: counts become rates and percentiles.

import { mergeDirections } from "../samples/merge.ts";
import type { DirectionSamples, ErrorSamples, LatencySamples, RoundSamples } from "../samples/samples.ts";
import { latencySummary } from "../samples/summary.ts";
import { histogramOf } from "./histogram.ts";
import type { Round, Surroundings, Transfers } from "./result.ts";

/** Per second; 0 of an empty window, which has nothing in it either. */
function rate(amount: number, seconds: number): number {
  return seconds > 0 ? amount / seconds : 0;
}

function transfers(samples: DirectionSamples, seconds: number): Transfers {
  return {
    ios: samples.ios,
    bytes: samples.bytes,
    iops: rate(samples.ios, seconds),
    bytesPerSecond: rate(samples.bytes, seconds),
    latencyNs: latencySummary(samples.latency),
    histogram: histogramOf(samples.latency),
  };
}

function countsByName(byCode: ErrorSamples["byCode"]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { error, count } of byCode) counts.set(error.name, (counts.get(error.name) ?? 0) + count);
  return Object.fromEntries(counts);
}

function firstTouch(samples: LatencySamples): Round["firstTouch"] {
  return { count: samples.count, latencyNs: latencySummary(samples), histogram: histogramOf(samples) };
}

/**
 * Makes a result's round of what was measured. `index` is the repetition of the case, from 0; `startedAt` the wall
 * clock's time in ISO 8601; `eviction` what is known of the page cache at the start; `surroundings` what the system counted.
 */
export function assembleRound(
  samples: RoundSamples,
  when: {
    readonly index: number;
    readonly startedAt: string;
    readonly eviction: { readonly complete: boolean; readonly basis: string | null } | null;
    readonly surroundings?: Surroundings | null;
  },
): Round {
  const seconds = samples.measuredSeconds;
  const { read, write, flush } = samples;
  const all = mergeDirections([read, write].filter((direction) => direction !== null));
  const total = transfers(all, seconds);
  return {
    index: when.index,
    startedAt: when.startedAt,
    measuredSeconds: seconds,
    bytesPerSecondBeforeFlush: rate(all.bytes, samples.secondsBeforeFlush),
    total,
    // One direction alone is the total.
    read: read && (write === null ? total : transfers(read, seconds)),
    write: write && (read === null ? total : transfers(write, seconds)),
    errors: {
      failed: samples.errors.failed,
      short: samples.errors.short,
      byCode: countsByName(samples.errors.byCode),
      outsideWindow: samples.errors.outsideWindow,
      first: samples.errors.first,
    },
    outsideWindow: samples.outsideWindow,
    threads: samples.threads,
    flush: flush && { count: flush.count, seconds: flush.seconds, latencyNs: latencySummary(flush.latency) },
    firstTouch: samples.firstTouch && firstTouch(samples.firstTouch),
    completedSynchronously: samples.completedSynchronously,
    completionsPerWait: samples.completionsPerWait,
    backPressure: samples.backPressure,
    effectiveQueueDepth: samples.effectiveQueueDepth,
    submittingSeconds: samples.submittingSeconds,
    pauses: samples.pauses,
    stopped: samples.stopped,
    cpu: samples.cpu,
    intervals: samples.intervals.map(
      ({ startSeconds, seconds: length, ios, bytes, read: reads, write: writes, latency }) => ({
        startSeconds,
        seconds: length,
        ios,
        bytes,
        read: reads,
        write: writes,
        latencyNs: latencySummary(latency),
      }),
    ),
    aborted: samples.aborted,
    stuck: samples.stuck,
    startedCold: when.eviction?.complete ?? null,
    startedColdBasis: when.eviction?.basis ?? null,
    surroundings: when.surroundings ?? null,
  };
}
