// What the engine measured in one round -> the round as it stands in the result: counts become rates and percentiles.

import { mergeDirections } from "../samples/merge.ts";
import type { DirectionSamples, ErrorSamples, LatencySamples, RoundSamples } from "../samples/samples.ts";
import { latencySummary } from "../samples/summary.ts";
import { histogramOf } from "./stored-histogram.ts";
import type { LatencyNs, Round, Surroundings, Transfers } from "./result.ts";

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
  const { measuredSeconds, secondsBeforeFlush, read, write, errors, flush, firstTouch, intervals, ...others } = samples;
  const { nativeOperations: _, ...counted } = others;
  const all = mergeDirections([read, write].filter((direction) => direction !== null));
  const total = transfers(all, measuredSeconds);
  return {
    index: when.index,
    startedAt: when.startedAt,
    measuredSeconds,
    bytesPerSecondBeforeFlush: rate(all.bytes, secondsBeforeFlush),
    total,
    // One direction alone is the total.
    read: read && (write === null ? total : transfers(read, measuredSeconds)),
    write: write && (read === null ? total : transfers(write, measuredSeconds)),
    trim: null,
    errors: { ...errors, byCode: countsByName(errors.byCode) },
    ...counted,
    flush: flush && summed(flush),
    firstTouch: firstTouch && {
      count: firstTouch.count,
      latencyNs: latencySummary(firstTouch),
      histogram: histogramOf(firstTouch),
    },
    intervals: intervals.map(summed),
    startedCold: when.eviction?.complete ?? null,
    startedColdBasis: when.eviction?.basis ?? null,
    surroundings: when.surroundings ?? null,
  };
}

/** Per second; 0 of an empty window, which has nothing in it either. */
function rate(amount: number, seconds: number): number {
  return seconds > 0 ? amount / seconds : 0;
}

function transfers({ ios, bytes, latency }: DirectionSamples, seconds: number): Transfers {
  return {
    ios,
    bytes,
    iops: rate(ios, seconds),
    bytesPerSecond: rate(bytes, seconds),
    latencyNs: latencySummary(latency),
    histogram: histogramOf(latency),
  };
}

/** The figures of a distribution in its place. */
function summed<Counts extends { readonly latency: LatencySamples }>({
  latency,
  ...counts
}: Counts): Omit<Counts, "latency"> & { readonly latencyNs: LatencyNs } {
  return { ...counts, latencyNs: latencySummary(latency) };
}

function countsByName(byCode: ErrorSamples["byCode"]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { error, count } of byCode) counts.set(error.name, (counts.get(error.name) ?? 0) + count);
  return Object.fromEntries(counts);
}
