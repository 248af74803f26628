// Garbage collections and waits for a CPU -> whether the loop was kept from its work while it was measured.

import { humanNanoseconds } from "../../shared/units.ts";
import type { Check, Round } from "../result.ts";
import { cannotBeChecked, pass, percent, sumOver, warn, type CaseEvidence } from "./evidence.ts";

const COLLECTING_SHARE = 0.01;
const LONG_COLLECTION_SECONDS = 0.02;
/**
 * At depth 1 nothing goes on while the loop waits, so that rate and latencies lose just this share. Waking up takes a
 * microsecond or two on an idle CPU; at ten thousand wake-ups a second that alone is a percent or two.
 */
const WAITING_SHARE = 0.1;
/** A deeper queue keeps the device at work meanwhile, and of the latency a wait is a small part: it takes much of it. */
const WAITING_SHARE_QUEUED = 0.25;

interface RoundPauses {
  readonly round: number;
  readonly collections: number;
  readonly collectingShare: number;
  readonly longestCollectionSeconds: number;
  /** No single absence from the CPU can have been longer than all of them together, nor than the slowest I/O and it. */
  readonly longestAwayAtMostSeconds: number | null;
  readonly waitingShare: number | null;
}

function pausesOf(round: Round, threads: number): RoundPauses | null {
  const { pauses, measuredSeconds } = round;
  if (pauses === null || measuredSeconds === 0) return null;
  const seconds = measuredSeconds * threads;
  const { collections, collectionSeconds, longestCollectionSeconds, waitedForCpuSeconds } = pauses;
  const slowest = (round.total.latencyNs.max ?? Infinity) / 1e9;
  return {
    round: round.index,
    collections,
    collectingShare: collectionSeconds / seconds,
    longestCollectionSeconds,
    longestAwayAtMostSeconds:
      waitedForCpuSeconds === null ? null : Math.min(waitedForCpuSeconds, Math.max(slowest, longestCollectionSeconds)),
    waitingShare: waitedForCpuSeconds === null ? null : waitedForCpuSeconds / seconds,
  };
}

export function checkPauses({ case: { rounds, settings }, machine }: CaseEvidence): Check {
  const code = "pauses";
  const all = rounds.map((round) => pausesOf(round, settings.threads)).filter((each) => each !== null);
  if (all.length === 0 || all.length < rounds.length) {
    return cannotBeChecked(code, "the window did not pass in the machine's own time, or the engine could not tell");
  }
  const collections = sumOver(rounds, (round) => round.pauses?.collections ?? 0);
  const collecting = Math.max(...all.map((each) => each.collectingShare));
  const longest = Math.max(...all.map((each) => each.longestCollectionSeconds));
  const waiting = Math.max(...all.map((each) => each.waitingShare ?? 0));
  const away = Math.max(...all.map((each) => each.longestAwayAtMostSeconds ?? 0));
  const bearable = settings.queueDepth === 1 ? WAITING_SHARE : WAITING_SHARE_QUEUED;
  const facts = { rounds: all, cpuCount: machine.cpuCount, threads: settings.threads, bearableWaitingShare: bearable };
  if (collecting > COLLECTING_SHARE || longest > LONG_COLLECTION_SECONDS) {
    return warn(
      code,
      `${collections} garbage collections took up to ${percent(collecting)} of a window, the longest ${humanNanoseconds(longest * 1e9)}: the highest latencies are the tool's own; repeat, and report it if it happens again.`,
      facts,
    );
  }
  if (waiting > bearable) {
    const many = settings.threads >= machine.cpuCount;
    const advice = many
      ? `use fewer threads than the ${machine.cpuCount} CPUs`
      : "stop what else uses the CPUs and run again";
    return warn(
      code,
      `The workers waited for a CPU during ${percent(waiting)} of a window, up to ${humanNanoseconds(away * 1e9)} at a time, which the latencies include; ${advice}.`,
      facts,
    );
  }
  const waits = all.some((each) => each.waitingShare === null)
    ? "waits for a CPU are not told here"
    : `away from the CPU for ${humanNanoseconds(away * 1e9)} at a time at most`;
  return pass(
    code,
    `Nothing kept the loop from its work to speak of (${collections} garbage collections; ${waits}).`,
    facts,
  );
}
