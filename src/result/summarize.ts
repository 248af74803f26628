// A case's finished rounds -> its summary: medians and spread over rounds, latencies pooled over all their I/Os.

import { mergeLatency } from "../samples/merge.ts";
import { byTransfer, TRANSFERS } from "../shared/operations.ts";
import { latencySummary } from "../samples/summary.ts";
import { coefficientOfVariation } from "../stats/moments.ts";
import { median } from "../stats/ranks.ts";
import { samplesOf } from "./stored-histogram.ts";
import { soundRounds } from "./sound-rounds.ts";
import type { MemberRound, Rates, Round, Spread, Summary, Transfers } from "./result.ts";

const isPresent = <T>(value: T | null): value is T => value !== null;

function spreadOf(values: readonly number[]): Spread | null {
  const middle = median(values);
  if (middle === null) return null;
  return { median: middle, min: Math.min(...values), max: Math.max(...values), cv: coefficientOfVariation(values) };
}

function ratesOf(transfers: readonly Transfers[]): Rates | null {
  const iops = spreadOf(transfers.map((part) => part.iops));
  const bytesPerSecond = spreadOf(transfers.map((part) => part.bytesPerSecond));
  if (iops === null || bytesPerSecond === null) return null;
  const pooled = mergeLatency(transfers.map(samplesOf));
  return { ios: pooled.count, iops, bytesPerSecond, latencyNs: latencySummary(pooled) };
}

function cpuNsPerIo({ cpu, total }: Round): number | null {
  return total.ios === 0 ? null : ((cpu.userSeconds + cpu.systemSeconds) * 1e9) / total.ios;
}

function firstTouchOf(rounds: readonly Measured[]): Summary["firstTouch"] {
  const touches = rounds.map((round) => round.firstTouch).filter(isPresent);
  if (touches.length === 0) return null;
  const pooled = mergeLatency(touches.map(samplesOf));
  return { count: pooled.count, latencyNs: latencySummary(pooled) };
}

/** What all threads of a round did, or those of one of its members. */
type Measured = Round | MemberRound;

function summaryOf(rounds: readonly Measured[], cpu: Summary["cpuNsPerIo"]): Summary | null {
  const total = ratesOf(rounds.map((round) => round.total));
  const effectiveQueueDepth = spreadOf(rounds.map((round) => round.effectiveQueueDepth));
  if (total === null || effectiveQueueDepth === null) return null;
  const parts = byTransfer((name) => rounds.map((round) => round[name]).filter(isPresent));
  const isAlone = TRANSFERS.filter((name) => parts[name].length > 0).length === 1;
  return {
    ...total,
    // One operation alone is the total.
    ...byTransfer((name) => (isAlone && parts[name].length > 0 ? total : ratesOf(parts[name]))),
    trim: null,
    cpuNsPerIo: cpu,
    effectiveQueueDepth,
    firstTouch: firstTouchOf(rounds),
  };
}

/** Sums up the finished rounds that count; null when there are none. Percentiles come from the added histograms, never from averages. */
export function summarize(finished: readonly Round[]): Summary | null {
  const rounds = soundRounds(finished);
  return summaryOf(rounds, spreadOf(rounds.map(cpuNsPerIo).filter(isPresent)));
}

/** The same of one member of these rounds. What the process as a whole has used is nobody's share. */
export function summarizeMember(finished: readonly Round[], id: string): Summary | null {
  const parts = soundRounds(finished).flatMap(({ members = [] }) => members.find((member) => member.id === id) ?? []);
  return summaryOf(parts, null);
}
