// Where a run stands -> the words for it: one line that fits the terminal, or a plain sentence.

import { formatFigure, rateUnit } from "../report/numbers.ts";
import { printable } from "../shared/printable.ts";
import { shorten } from "../shared/text.ts";
import type { RoundPhase, RunEvent } from "../run/events.ts";
import { counted, humanBytes, humanSeconds } from "../shared/units.ts";

export type EventOf<Kind extends RunEvent["kind"]> = Extract<RunEvent, { readonly kind: Kind }>;

const PHASE_WORDS: Readonly<Record<RoundPhase, string>> = {
  warmup: "warm-up",
  measure: "measure",
  drain: "drain",
};

/** A line in two parts: the name gives way when the terminal is too narrow for both. */
export interface ProgressLine {
  readonly before: string;
  readonly name: string;
  readonly after: string;
}

const RATE_UNIT = rateUnit(false);

function throughput(bytesPerSecond: number): string {
  return `${formatFigure(bytesPerSecond / RATE_UNIT.bytes)} ${RATE_UNIT.name}`;
}

/** Short, because it changes too fast to be read closely. */
const rates = (iops: number, bytesPerSecond: number): string =>
  `${iops < 10_000 ? formatFigure(Math.round(iops)) : `${formatFigure(iops / 1000)}k`} IOPS, ${throughput(bytesPerSecond)}`;

const timing = (elapsedSeconds: number, remainingSeconds: number): string =>
  `${humanSeconds(Math.floor(elapsedSeconds))} elapsed, ${humanSeconds(Math.max(Math.ceil(remainingSeconds), 0))} left`;

/** What is about to happen. What it will write stands in the plan's notes, which follow. */
export function planText({ cases, rounds, estimatedSeconds }: EventOf<"plan">): string {
  return `${counted(cases, "case")}, ${counted(rounds, "round")}, about ${humanSeconds(estimatedSeconds)}`;
}

/** `remainingSeconds` is that of the fill alone. */
export function fillLine(event: EventOf<"target-fill">, elapsedSeconds: number): ProgressLine {
  const { bytesDone, bytesTotal, bytesPerSecond } = event;
  const percent = bytesTotal === 0 ? 100 : Math.floor((bytesDone / bytesTotal) * 100);
  const left = bytesPerSecond > 0 ? timing(elapsedSeconds, (bytesTotal - bytesDone) / bytesPerSecond) : null;
  const parts = [`${percent}% of ${humanBytes(bytesTotal)}`, throughput(bytesPerSecond), left];
  return { before: "fill ", name: printable(event.target), after: `: ${parts.filter(Boolean).join(", ")}` };
}

const roundName = ({ roundNumber, roundCount, caseId }: EventOf<"round-start">): { before: string; name: string } => ({
  before: `[${roundNumber}/${roundCount}] `,
  name: printable(caseId),
});

export interface RoundTime {
  /** Since the run began. */
  readonly elapsedSeconds: number;
  /** Until it ends, as estimated. */
  readonly remainingSeconds: number;
}

/** `progress` is null at the very start of a round. */
export function roundPhase(start: EventOf<"round-start">, progress: EventOf<"round-progress"> | null): RoundPhase {
  return progress?.phase ?? (start.warmupSeconds > 0 ? "warmup" : "measure");
}

export function roundLine(
  start: EventOf<"round-start">,
  progress: EventOf<"round-progress"> | null,
  time: RoundTime,
): ProgressLine {
  const phase = roundPhase(start, progress);
  const lengthSeconds = { warmup: start.warmupSeconds, measure: start.durationSeconds, drain: null }[phase];
  const elapsed = progress === null ? 0 : Math.floor(progress.elapsedSeconds);
  const extent = lengthSeconds === null ? "" : ` ${elapsed}/${humanSeconds(lengthSeconds)}`;
  const now = progress === null || phase === "drain" ? [] : [rates(progress.iops, progress.bytesPerSecond)];
  const parts = [PHASE_WORDS[phase] + extent, ...now, timing(time.elapsedSeconds, time.remainingSeconds)];
  return { ...roundName(start), after: `: ${parts.join(", ")}` };
}

export function roundEndLine(start: EventOf<"round-start">, end: EventOf<"round-end">): ProgressLine {
  return { ...roundName(start), after: `: done, ${rates(end.iops, end.bytesPerSecond)}` };
}

/** Answer to whoever asks before there is anything to tell. */
export const preparingStatus = (elapsedSeconds: number): string =>
  `getting ready, nothing is measured yet: ${humanSeconds(Math.floor(elapsedSeconds))} elapsed`;

/** Answer to whoever asks in the middle of a round: how it goes now, and what it has come to so far. */
export function roundStatus(
  start: EventOf<"round-start">,
  progress: EventOf<"round-progress"> | null,
  time: RoundTime,
): string {
  const line = plainText(roundLine(start, progress, time));
  return progress === null ? line : `${line}; ${counted(progress.ios, "I/O")}, ${humanBytes(progress.bytes)} so far`;
}

export const plainText = ({ before, name, after }: ProgressLine): string => before + name + after;

/** The line in at most `columns`: first the name is shortened, then, on a very narrow terminal, the whole. */
export function fitLine({ before, name, after }: ProgressLine, columns: number): string {
  const room = Math.max(columns - before.length - after.length, 8);
  return shorten(before + shorten(name, room) + after, columns);
}
