// Samples of members that ran in one round -> the samples of all of them together, over the time from the first to the last.

import { byTransfer, TRANSFERS } from "../shared/operations.ts";
import { mergeDirections, mergeLatency } from "./merge.ts";
import type {
  DirectionSamples,
  ErrorSamples,
  IntervalSamples,
  PauseSamples,
  MemberSamples,
  TransferCounts,
} from "./samples.ts";

/**
 * Everything that the members did; for one alone its own samples. Their windows open at the same moment, and the sum ends
 * with the last of them.
 */
export function sumMembers(members: readonly [MemberSamples, ...MemberSamples[]]): MemberSamples {
  const [first, ...others] = members;
  if (others.length === 0) return first;
  const secondsBeforeFlush = most(members, (member) => member.secondsBeforeFlush);
  const outstandingSeconds = sum(members, (member) => member.effectiveQueueDepth * member.secondsBeforeFlush);
  return {
    nativeOperations: [...new Set(members.flatMap((member) => member.nativeOperations))],
    measuredSeconds: most(members, (member) => member.measuredSeconds),
    secondsBeforeFlush,
    ...byTransfer((name) => sumDirections(members.map((member) => member[name]))),
    errors: sumErrors(members),
    outsideWindow: sumCounts(members.map((member) => member.outsideWindow)),
    threads: members.every((member) => member.threads !== null)
      ? members.flatMap((member) => member.threads ?? [])
      : null,
    flush: sumFlushes(members),
    firstTouch: sumLatencies(members.map((member) => member.firstTouch)),
    completedSynchronously: sumOrNull(members.map((member) => member.completedSynchronously)),
    completionsPerWait: completionsPerWait(members),
    backPressure: sum(members, (member) => member.backPressure),
    effectiveQueueDepth: secondsBeforeFlush > 0 ? outstandingSeconds / secondsBeforeFlush : 0,
    submittingSeconds: sum(members, (member) => member.submittingSeconds),
    pauses: addPauses(members.map((member) => member.pauses)),
    intervals: sumIntervals(members.map((member) => member.intervals)),
    stuck: sum(members, (member) => member.stuck),
  };
}

/** All pauses in one; null unless every part tells its own. */
export function addPauses(all: readonly (PauseSamples | null)[]): PauseSamples | null {
  const known = present(all);
  if (known.length === 0 || known.length < all.length) return null;
  return {
    collections: sum(known, (pauses) => pauses.collections),
    collectionSeconds: sum(known, (pauses) => pauses.collectionSeconds),
    longestCollectionSeconds: most(known, (pauses) => pauses.longestCollectionSeconds),
    waitedForCpuSeconds: sumOrNull(known.map((pauses) => pauses.waitedForCpuSeconds)),
    waitsForCpu: sumOrNull(known.map((pauses) => pauses.waitsForCpu)),
  };
}

/** Null when one of them is, and when there are none. */
export function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (total, value) => (total === null || value === null ? null : total + value),
    values.length === 0 ? null : 0,
  );
}

function sum<Part>(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

function most<Part>(parts: readonly Part[], of: (part: Part) => number): number {
  return Math.max(...parts.map(of));
}

function present<Part>(parts: readonly (Part | null)[]): readonly Part[] {
  return parts.filter((part) => part !== null);
}

function sumCounts(parts: readonly TransferCounts[]): TransferCounts {
  return { ios: sum(parts, (part) => part.ios), bytes: sum(parts, (part) => part.bytes) };
}

function sumCountsOrNull(parts: readonly (TransferCounts | null)[]): TransferCounts | null {
  const known = present(parts);
  return known.length === 0 ? null : sumCounts(known);
}

function sumDirections(parts: readonly (DirectionSamples | null)[]): DirectionSamples | null {
  const known = present(parts);
  return known.length === 0 ? null : mergeDirections(known);
}

function sumLatencies(parts: readonly MemberSamples["firstTouch"][]): MemberSamples["firstTouch"] {
  const known = present(parts);
  return known.length === 0 ? null : mergeLatency(known);
}

function sumFlushes(members: readonly MemberSamples[]): MemberSamples["flush"] {
  const known = present(members.map((member) => member.flush));
  if (known.length === 0) return null;
  return {
    count: sum(known, (flush) => flush.count),
    seconds: sum(known, (flush) => flush.seconds),
    latency: mergeLatency(known.map((flush) => flush.latency)),
  };
}

/** I/Os of all operations in the window. */
export const iosOf = (samples: MemberSamples): number => sum(TRANSFERS, (name) => samples[name]?.ios ?? 0);

/** From each member's own ratio: its I/Os by it are its waits. */
function completionsPerWait(members: readonly MemberSamples[]): number | null {
  const waits = sumOrNull(
    members.map((member) => (member.completionsPerWait === null ? null : iosOf(member) / member.completionsPerWait)),
  );
  return waits === null || waits === 0 ? null : sum(members, iosOf) / waits;
}

/** The first error is that of the first member that had one; threads are counted on from member to member. */
function sumErrors(members: readonly MemberSamples[]): ErrorSamples {
  const byCode = new Map<string, ErrorSamples["byCode"][number]>();
  for (const entry of members.flatMap(({ errors }) => errors.byCode)) {
    const key = `${entry.error.call} ${entry.error.code}`;
    byCode.set(key, { ...entry, count: entry.count + (byCode.get(key)?.count ?? 0) });
  }
  const failing = members.findIndex(({ errors }) => errors.first !== null);
  const first = members[failing]?.errors.first ?? null;
  const threadsBefore = sum(members.slice(0, Math.max(0, failing)), ({ threads }) => threads?.length ?? 0);
  return {
    failed: sum(members, ({ errors }) => errors.failed),
    short: sum(members, ({ errors }) => errors.short),
    byCode: [...byCode.values()],
    outsideWindow: sum(members, ({ errors }) => errors.outsideWindow),
    first: first && { ...first, thread: first.thread + threadsBefore },
  };
}

/** Interval by interval; a member whose window has closed adds nothing to those after it. */
function sumIntervals(series: readonly (readonly IntervalSamples[])[]): IntervalSamples[] {
  return Array.from({ length: most(series, ({ length }) => length) }, (_, index) => {
    const parts = series.flatMap((intervals) => intervals[index] ?? []);
    return {
      startSeconds: Math.min(...parts.map((part) => part.startSeconds)),
      seconds: most(parts, (part) => part.seconds),
      ...sumCounts(parts),
      ...byTransfer((name) => sumCountsOrNull(parts.map((part) => part[name]))),
      latency: mergeLatency(parts.map((part) => part.latency)),
    };
  });
}
