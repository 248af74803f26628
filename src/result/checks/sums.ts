// A case's rounds -> whether figures that stand in two places are the same in both, and none is beyond what is possible.

import { TRANSFERS, type TransferName } from "../../shared/operations.ts";
import type { CaseResult, Check, MemberRound, Round, Transfers } from "../result.ts";
import { soundRounds } from "../sound-rounds.ts";
import { fail, pass, sumOver, type CaseEvidence } from "./case-evidence.ts";

/** Seconds are added up from fractions, and rates are quotients: what a double rounds away is no difference. */
const ROUNDING = 1e-6;
/** CPU time is counted in ticks (15.6 ms on Windows), late on some CPUs: the sum may exceed the time there was. */
const TICKS_SECONDS = 0.032;
const TICKS_SHARE = 0.1;
const MOST_IN_FACTS = 10;

interface Contradiction {
  /** Index of the round; null: over the rounds. */
  readonly round: number | null;
  readonly what: string;
  readonly found: number;
  readonly expected: number;
}

class Places {
  readonly contradictions: Contradiction[] = [];
  readonly #round: number | null;

  constructor(round: number | null) {
    this.#round = round;
  }

  /** Counts are exact. */
  same(what: string, found: number, expected: number): void {
    if (found !== expected) this.contradictions.push({ round: this.#round, what, found, expected });
  }

  /** Where both bounds are one it is exact. */
  within(what: string, found: number, least: number, most: number): void {
    this.same(what, found, Math.min(Math.max(found, least), most));
  }

  near(what: string, found: number, expected: number): void {
    if (!(Math.abs(found - expected) <= ROUNDING * Math.max(1, expected))) this.same(what, found, expected);
  }

  atMost(what: string, found: number, most: number): void {
    if (!(found >= 0 && found <= most + ROUNDING * Math.max(1, most)))
      this.contradictions.push({ round: this.#round, what: `${what}, at most`, found, expected: most });
  }
}

/** By index: to take a pair apart goes through an iterator, and a large result has millions of pairs. */
const inBuckets = ({ histogram }: Pick<Transfers, "histogram">): number =>
  histogram.buckets.reduce((sum, bucket) => sum + bucket[1], 0);

/** What was asked of the threads that figures are of: all of a case, or those of one member. */
interface Load {
  readonly threads: number;
  /** I/Os that may be outstanding at a time. */
  readonly outstanding: number;
  readonly blockSizes: CaseResult["settings"]["blockSizes"];
  /** Its window passes in a time of its own. */
  readonly isSimulated: boolean;
}

type Measured = Round | MemberRound;

function loadOf(settings: readonly CaseResult["settings"][]): Load {
  return {
    threads: sumOver(settings, ({ threads }) => threads),
    outstanding: sumOver(settings, ({ threads, queueDepth }) => threads * queueDepth),
    blockSizes: settings.flatMap(({ blockSizes }) => blockSizes),
    isSimulated: settings.some(({ nativeCall }) => nativeCall === "simulated"),
  };
}

/** Bytes with I/Os, by the sizes that these may have. */
function compareBytes(
  places: Places,
  what: string,
  { ios, bytes }: Pick<Transfers, "ios" | "bytes">,
  sizes: Load["blockSizes"],
): void {
  const each = sizes.map((size) => size.bytes);
  places.within(what, bytes, ios * Math.min(...each), ios * Math.max(...each));
}

const iosIn = (of: Readonly<Record<TransferName, { readonly ios: number } | null>>): number =>
  sumOver(TRANSFERS, (name) => of[name]?.ios ?? 0);

function compareTransfers(places: Places, { blockSizes }: Load, round: Measured): void {
  const { total, measuredSeconds, outsideWindow } = round;
  for (const [name, part] of [["all", total] as const, ...TRANSFERS.map((each) => [each, round[each]] as const)]) {
    if (part === null) continue;
    places.same(`I/Os in the histogram (${name})`, inBuckets(part), part.ios);
    const sizes = blockSizes.filter(({ operation }) => name === "all" || name === operation);
    compareBytes(places, `bytes (${name})`, part, sizes);
    places.near(`I/Os by their rate (${name})`, part.iops * measuredSeconds, part.ios);
    places.near(`bytes by their rate (${name})`, part.bytesPerSecond * measuredSeconds, part.bytes);
  }
  places.same("I/Os of both directions", iosIn(round), total.ios);
  compareBytes(places, "bytes outside the window", outsideWindow, blockSizes);
  const { firstTouch } = round;
  if (firstTouch === null) return;
  places.same("first touches in the histogram", inBuckets(firstTouch), firstTouch.count);
  places.atMost("first touches", firstTouch.count, total.ios);
}

function compareIntervals(places: Places, { blockSizes }: Load, round: Measured): void {
  const { intervals, total } = round;
  const allIos = sumOver(intervals, (each) => each.ios);
  const allBytes = sumOver(intervals, (each) => each.bytes);
  places.same("I/Os in all intervals", allIos, total.ios);
  places.same("bytes in all intervals", allBytes, total.bytes);
  for (const name of TRANSFERS) {
    const all = round[name];
    const ios = sumOver(intervals, (each) => each[name]?.ios ?? 0);
    const bytes = sumOver(intervals, (each) => each[name]?.bytes ?? 0);
    places.same(`I/Os in all intervals (${name})`, ios, all?.ios ?? 0);
    places.same(`bytes in all intervals (${name})`, bytes, all?.bytes ?? 0);
  }
  for (const [index, each] of intervals.entries()) {
    const where = `interval ${index}`;
    places.same(`I/Os of both directions in ${where}`, iosIn(each), each.ios);
    compareBytes(places, `bytes in ${where}`, each, blockSizes);
  }
  const seconds = sumOver(intervals, (each) => each.seconds);
  places.near("seconds of all intervals", seconds, round.measuredSeconds);
}

/** By the threads' own counts, which were not made by what made the distributions. */
function compareThreads(places: Places, load: Load, round: Measured): void {
  const { threads } = round;
  if (threads === null) return;
  places.same("threads", threads.length, load.threads);
  for (const name of TRANSFERS) {
    const ios = sumOver(threads, (thread) => thread[`${name}Ios`]);
    places.same(`I/Os of all threads (${name})`, ios, round[name]?.ios ?? 0);
  }
}

function compareErrors(places: Places, { errors }: Measured): void {
  const byCode = sumOver(Object.values(errors.byCode), (count) => count);
  places.same("failed I/Os by their codes", byCode, errors.failed);
  places.atMost("errors outside the window", errors.outsideWindow, errors.failed + errors.short);
}

/** Integrals over the window, which is no longer than it is. */
function compareWithWindow(places: Places, { threads, outstanding }: Load, round: Measured): void {
  const { measuredSeconds, flush, pauses } = round;
  const threadSeconds = measuredSeconds * threads;
  places.atMost("I/Os outstanding on average", round.effectiveQueueDepth, outstanding);
  places.atMost("seconds of handing over", round.submittingSeconds, threadSeconds);
  places.atMost("seconds of flushing", flush?.seconds ?? 0, threadSeconds);
  places.atMost("seconds of collecting garbage", pauses?.collectionSeconds ?? 0, threadSeconds);
  places.atMost("seconds of waiting for a CPU", pauses?.waitedForCpuSeconds ?? 0, threadSeconds);
}

function compareCpu(places: Places, { measuredSeconds, cpu }: Round, cpuCount: number): void {
  const cpuSeconds = cpuCount * (measuredSeconds * (1 + TICKS_SHARE) + TICKS_SECONDS);
  places.atMost("CPU seconds of the engine", cpu.userSeconds + cpu.systemSeconds, cpuSeconds);
  places.atMost("CPU seconds of the machine", cpu.machineSeconds ?? 0, cpuSeconds);
  if (cpu.machineSeconds !== null) {
    places.atMost("CPU seconds of programs", cpu.machineUserSeconds ?? 0, cpu.machineSeconds);
  }
}

function compareMeasured(places: Places, load: Load, round: Measured): void {
  compareTransfers(places, load, round);
  compareIntervals(places, load, round);
  compareThreads(places, load, round);
  compareErrors(places, round);
  compareWithWindow(places, load, round);
}

/** Each member by itself, and all of them with the round. */
function compareMembers(places: Places, { members = [] }: CaseResult, round: Round): void {
  const { members: parts } = round;
  if (parts === undefined) return;
  places.same("members", parts.length, members.length);
  for (const [index, part] of parts.entries()) {
    const settings = members[index]?.settings;
    if (settings !== undefined) compareMeasured(places, loadOf([settings]), part);
  }
  for (const name of ["total", ...TRANSFERS] as const) {
    places.same(
      `I/Os of all members (${name})`,
      sumOver(parts, (part) => part[name]?.ios ?? 0),
      round[name]?.ios ?? 0,
    );
    places.same(
      `bytes of all members (${name})`,
      sumOver(parts, (part) => part[name]?.bytes ?? 0),
      round[name]?.bytes ?? 0,
    );
  }
  const failed = sumOver(parts, ({ errors }) => errors.failed + errors.short);
  places.same("errors of all members", failed, round.errors.failed + round.errors.short);
}

/** Which is that of the rounds that count. */
function compareSummary(places: Places, { summary, rounds: all }: CaseResult): void {
  const rounds = soundRounds(all);
  const ios = sumOver(rounds, ({ total }) => total.ios);
  places.same("I/Os of the summary", summary?.ios ?? 0, ios);
  for (const name of TRANSFERS) {
    const inRounds = sumOver(rounds, (round) => round[name]?.ios ?? 0);
    places.same(`I/Os of the summary (${name})`, summary?.[name]?.ios ?? 0, inRounds);
  }
  const touches = sumOver(rounds, ({ firstTouch }) => firstTouch?.count ?? 0);
  places.same("first touches of the summary", summary?.firstTouch?.count ?? 0, touches);
}

function contradictionsIn({ case: measured, machine }: CaseEvidence): readonly Contradiction[] {
  const { rounds, interruptedRound } = measured;
  const load = loadOf((measured.members ?? [measured]).map(({ settings }) => settings));
  const overRounds = new Places(null);
  compareSummary(overRounds, measured);
  const inRounds = [...rounds, ...(interruptedRound === null ? [] : [interruptedRound])].flatMap((round) => {
    const places = new Places(round.index);
    compareMeasured(places, load, round);
    compareMembers(places, measured, round);
    if (!load.isSimulated) compareCpu(places, round, machine.cpuCount);
    return places.contradictions;
  });
  return [...inRounds, ...overRounds.contradictions];
}

export function checkSums(evidence: CaseEvidence): Check {
  const code = "sums";
  const contradictions = contradictionsIn(evidence);
  const [first] = contradictions;
  const facts = { contradictions: contradictions.slice(0, MOST_IN_FACTS), count: contradictions.length };
  if (first === undefined) return pass(code, "Every figure that stands in two places is the same in both.", facts);
  const { round, what, found, expected } = first;
  const where = round === null ? "over the rounds" : `in round ${round}`;
  const others = contradictions.length === 1 ? "" : ` (and ${contradictions.length - 1} more)`;
  return fail(
    code,
    `Figures contradict each other: ${where}, ${what}: ${found}, where it should be ${expected}${others}; do not rely on this case, and report the mistake in diskbench with the result file.`,
    facts,
  );
}
