// Stops, garbage collections and waits for a CPU -> whether the loop was kept from its work while it was measured.

import { humanNanoseconds } from "../../shared/units.ts";
import type { Check, Round } from "../result.ts";
import { isSound, stoppedText } from "../sound-rounds.ts";
import { cannotBeChecked, fail, pass, percent, sumOver, warn, type CaseEvidence } from "./case-evidence.ts";

const COLLECTING_SHARE = 0.01;
const LONG_COLLECTION_SECONDS = 0.02;
/**
 * At depth 1 nothing goes on while the loop waits, so that rate and latencies lose just this share. Waking up takes a
 * microsecond or two on an idle CPU; at ten thousand wake-ups a second that alone is a percent or two.
 */
const WAITING_SHARE = 0.1;
/** A deeper queue keeps the device at work meanwhile, and of the latency a wait is a small part: it takes much of it. */
const WAITING_SHARE_QUEUED = 0.25;
/**
 * Waits that are a small part of the window can be all of the tail: at depth 16 one of 3 ms delays 16 I/Os, and six of
 * them a second set the p99 of 10,000 I/Os. So waits beyond waking up count from this share on ...
 */
const TAIL_WAITING_SHARE = 0.01;
const WAKING_UP_SECONDS = 5e-6;
/** ... where all that was outstanding meanwhile accounts for so much of what the slowest hundredth took. */
const TAIL_SHARE = 0.5;
/**
 * The kernel's threads work for an I/O too, and wait for a CPU like the loop, which nobody counts. So it also counts
 * where other programs use this much of all CPUs ...
 */
const OTHERS_SHARE = 0.25;
/** ... and leave less than this of them idle. */
const IDLE_SHARE = 0.05;

type Settings = CaseEvidence["case"]["settings"];

interface RoundPauses {
  readonly round: number;
  readonly collections: number;
  readonly collectingShare: number;
  readonly longestCollectionSeconds: number;
  /** No single absence from the CPU can have been longer than all of them together, nor than the slowest I/O and it. */
  readonly longestAwayAtMostSeconds: number | null;
  readonly waitingShare: number | null;
  /** The same without what waking up takes; null: not counted. */
  readonly delayingShare: number | null;
  /** Of the time that the slowest hundredth of the I/Os took beyond the median, what waits can have caused at most. */
  readonly tailShareAtMost: number | null;
  /** Of the time of all CPUs, what programs other than the engine used, and what nobody did; null: not told. */
  readonly othersShare: number | null;
  readonly idleShare: number | null;
}

/** Seconds that the I/Os slower than the 99th percentile took beyond the median, together; null: too few I/Os for one. */
function tailSeconds({ total }: Round): number | null {
  const { p50, p99 } = total.latencyNs;
  if (p50 === null || p99 === null) return null;
  let sumNs = 0;
  for (const [lowNs, count] of total.histogram.buckets) if (lowNs > p99) sumNs += count * (lowNs - p50);
  return sumNs / 1e9;
}

function pausesOf(round: Round, { threads, queueDepth }: Settings, cpuCount: number): RoundPauses | null {
  const { pauses, measuredSeconds, cpu } = round;
  if (pauses === null || measuredSeconds === 0) return null;
  const seconds = measuredSeconds * threads;
  const { collections, collectionSeconds, longestCollectionSeconds, waitedForCpuSeconds, waitsForCpu } = pauses;
  const delaySeconds =
    waitedForCpuSeconds === null || waitsForCpu === null
      ? null
      : Math.max(0, waitedForCpuSeconds - waitsForCpu * WAKING_UP_SECONDS);
  const tail = tailSeconds(round);
  const slowest = (round.total.latencyNs.max ?? Infinity) / 1e9;
  const { machineSeconds, machineUserSeconds } = cpu;
  const cpuSeconds = measuredSeconds * cpuCount;
  return {
    round: round.index,
    collections,
    collectingShare: collectionSeconds / seconds,
    longestCollectionSeconds,
    longestAwayAtMostSeconds:
      waitedForCpuSeconds === null ? null : Math.min(waitedForCpuSeconds, Math.max(slowest, longestCollectionSeconds)),
    waitingShare: waitedForCpuSeconds === null ? null : waitedForCpuSeconds / seconds,
    delayingShare: delaySeconds === null ? null : delaySeconds / seconds,
    tailShareAtMost:
      delaySeconds === null || tail === null || tail === 0 ? null : Math.min(1, (delaySeconds * queueDepth) / tail),
    othersShare: machineUserSeconds === null ? null : Math.max(0, machineUserSeconds - cpu.userSeconds) / cpuSeconds,
    idleShare: machineSeconds === null ? null : Math.max(0, 1 - machineSeconds / cpuSeconds),
  };
}

export function checkPauses({ case: { rounds, settings }, machine }: CaseEvidence): Check {
  const code = "pauses";
  const stopped = rounds.filter((round) => !isSound(round));
  const [example] = stopped;
  if (example !== undefined) {
    const left = stopped.length === rounds.length ? "no round is left that counts" : "it counts in no figure";
    return fail(
      code,
      `In ${stopped.length} of ${rounds.length} rounds diskbench itself was stopped, frozen or left without a CPU: in round ${example.index + 1} ${stoppedText(example)}; ${left}. Run again, and leave it alone meanwhile.`,
      { stopped: stopped.map((round) => ({ round: round.index, ...round.stopped })) },
    );
  }
  const all = rounds.map((round) => pausesOf(round, settings, machine.cpuCount)).filter((each) => each !== null);
  if (all.length === 0 || all.length < rounds.length) {
    return cannotBeChecked(code, "the window did not pass in the machine's own time, or the engine could not tell");
  }
  const bearable = settings.queueDepth === 1 ? WAITING_SHARE : WAITING_SHARE_QUEUED;
  const facts = {
    rounds: all,
    cpuCount: machine.cpuCount,
    threads: settings.threads,
    bearableWaitingShare: bearable,
  };
  const problem =
    collectingProblem(all) ??
    waitingProblem(all, bearable, settings.threads, machine.cpuCount) ??
    tailProblem(all) ??
    busyProblem(all);
  if (problem !== null) return warn(code, problem, facts);
  const waits = all.some((each) => each.waitingShare === null)
    ? "waits for a CPU are not told here"
    : `away from the CPU for ${humanNanoseconds(longestAway(all) * 1e9)} at a time at most`;
  return pass(
    code,
    `Nothing kept the loop from its work to speak of (${sumOver(all, (each) => each.collections)} garbage collections; ${waits}).`,
    facts,
  );
}

type Problem = string | null;

function collectingProblem(all: readonly RoundPauses[]): Problem {
  const collecting = Math.max(...all.map((each) => each.collectingShare));
  const longest = Math.max(...all.map((each) => each.longestCollectionSeconds));
  if (collecting <= COLLECTING_SHARE && longest <= LONG_COLLECTION_SECONDS) return null;
  const collections = sumOver(all, (each) => each.collections);
  return `${collections} garbage collections took up to ${percent(collecting)} of a window, the longest ${humanNanoseconds(longest * 1e9)}: the highest latencies are the tool's own; repeat, and report it if it happens again.`;
}

function waitingProblem(all: readonly RoundPauses[], bearable: number, threads: number, cpuCount: number): Problem {
  const waiting = Math.max(...all.map((each) => each.waitingShare ?? 0));
  if (waiting <= bearable) return null;
  const advice =
    threads >= cpuCount ? `use fewer threads than the ${cpuCount} CPUs` : "stop what else uses the CPUs and run again";
  return `The workers waited for a CPU during ${percent(waiting)} of a window, up to ${humanNanoseconds(longestAway(all) * 1e9)} at a time, which the latencies include; ${advice}.`;
}

function tailProblem(all: readonly RoundPauses[]): Problem {
  const [delayed] = all
    .filter(({ delayingShare, tailShareAtMost }) => {
      return (delayingShare ?? 0) > TAIL_WAITING_SHARE && (tailShareAtMost ?? 0) > TAIL_SHARE;
    })
    .toSorted((a, b) => (b.tailShareAtMost ?? 0) - (a.tailShareAtMost ?? 0));
  if (delayed === undefined) return null;
  return `The workers waited for a CPU during ${percent(delayed.waitingShare ?? 0)} of a window, which can account for ${percent(delayed.tailShareAtMost ?? 0)} of what the slowest hundredth of the I/Os took beyond the median: p99 and above may be this machine's and not the device's; stop what else uses the CPUs and run again.`;
}

function busyProblem(all: readonly RoundPauses[]): Problem {
  const [busy] = all
    .filter(({ othersShare, idleShare }) => (othersShare ?? 0) > OTHERS_SHARE && (idleShare ?? 1) < IDLE_SHARE)
    .toSorted((a, b) => (b.othersShare ?? 0) - (a.othersShare ?? 0));
  if (busy === undefined) return null;
  return `Other programs used ${percent(busy.othersShare ?? 0)} of this machine's CPU time in a window, and ${percent(busy.idleShare ?? 0)} was idle: the kernel's part of an I/O waits for a CPU as well, and rates and latencies may be this machine's and not the device's; stop what else uses the CPUs and run again.`;
}

/** Seconds that no single absence from the CPU can have exceeded. */
const longestAway = (all: readonly RoundPauses[]): number =>
  Math.max(...all.map((each) => each.longestAwayAtMostSeconds ?? 0));
