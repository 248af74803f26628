// What the engine measured in one round -> the round as it stands in the result: counts become rates and percentiles.

import { byTransfer, TRANSFERS } from "../shared/operations.ts";
import { mergeDirections } from "../samples/merge.ts";
import type {
  DirectionSamples,
  ErrorSamples,
  LatencySamples,
  MemberSamples,
  RoundSamples,
} from "../samples/samples.ts";
import { latencySummary } from "../samples/summary.ts";
import { histogramOf } from "./stored-histogram.ts";
import type { LatencyNs, MemberRound, Round, Surroundings, Transfers } from "./result.ts";

/** What is known of a round before it begins, and what the system counted until it was over. */
export interface RoundStart {
  /** The repetition of the case, from 0. */
  readonly index: number;
  /** The wall clock's time in ISO 8601. */
  readonly startedAt: string;
  /** What is known of the page cache at the start. */
  readonly eviction: { readonly complete: boolean; readonly basis: string | null } | null;
  readonly surroundings?: Surroundings | null;
}

/** Makes a result's round of what was measured. `members` of the case, in the order of those of `samples`. */
export function assembleRound(
  { members: parts, stopped, cpu, aborted, ...sum }: RoundSamples,
  { index, startedAt, eviction, surroundings = null }: RoundStart,
  members: readonly { readonly id: string }[] = [],
): Round {
  return {
    index,
    startedAt,
    ...measuredFigures(sum),
    stopped,
    cpu,
    aborted,
    // One alone is the sum.
    ...(parts.length === 1
      ? {}
      : { members: parts.map((part, member) => ({ id: members[member]?.id ?? "", ...measuredFigures(part) })) }),
    startedCold: eviction?.complete ?? null,
    startedColdBasis: eviction?.basis ?? null,
    surroundings,
  };
}

function measuredFigures(samples: MemberSamples): Omit<MemberRound, "id"> {
  const { nativeOperations: _, secondsBeforeFlush, errors, flush, firstTouch, intervals, ...counted } = samples;
  const { measuredSeconds } = counted;
  const parts = TRANSFERS.map((name) => samples[name]).filter((part) => part !== null);
  const all = mergeDirections(parts);
  const total = transfers(all, measuredSeconds);
  return {
    ...counted,
    bytesPerSecondBeforeFlush: rate(all.bytes, secondsBeforeFlush),
    total,
    // One operation alone is the total.
    ...byTransfer((name) => samples[name] && (parts.length === 1 ? total : transfers(samples[name], measuredSeconds))),
    trim: null,
    errors: { ...errors, byCode: countsByName(errors.byCode) },
    flush: flush && summed(flush),
    firstTouch: firstTouch && {
      count: firstTouch.count,
      latencyNs: latencySummary(firstTouch),
      histogram: histogramOf(firstTouch),
    },
    intervals: intervals.map(summed),
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
