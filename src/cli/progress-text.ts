// Where a run stands -> the words for it: lines that fit the terminal, or a plain sentence.

import { formatFigure, rateUnit } from "../report/numbers.ts";
import { printable } from "../shared/printable.ts";
import { shorten } from "../shared/text.ts";
import type { RoundPhase, RunEvent } from "../run/events.ts";
import { counted, humanBytes, humanNanoseconds, humanSeconds } from "../shared/units.ts";

export type EventOf<Kind extends RunEvent["kind"]> = Extract<RunEvent, { readonly kind: Kind }>;

const PHASE_WORDS: Readonly<Record<RoundPhase, string>> = {
  warmup: "warm-up",
  measure: "measure",
  drain: "drain",
};

/** On a terminal that is too narrow for all of it the name is shortened, then parts give way, the last first. */
export interface ProgressLine {
  readonly before: string;
  readonly name: string;
  /** How much of it is done, from 0 to 1. Only terminals show it, and the tail. */
  readonly done?: number;
  readonly parts: readonly string[];
  readonly tail?: readonly string[];
}

export interface Symbols {
  readonly done: string;
  readonly failed: string;
  readonly ellipsis: string;
  readonly bar: readonly [done: string, left: string];
  readonly frames: readonly string[];
}

export const SYMBOLS: Symbols = {
  done: "✔",
  failed: "✖",
  ellipsis: "…",
  bar: ["━", "─"],
  frames: Array.from("⠋⠙⠸⢰⣠⣄⡆⠇"),
};
export const ASCII_SYMBOLS: Symbols = {
  done: "+",
  failed: "x",
  ellipsis: "~",
  bar: ["#", "-"],
  frames: Array.from("|/-\\"),
};

const RATE_UNIT = rateUnit(false);

function throughput(bytesPerSecond: number): string {
  return `${formatFigure(bytesPerSecond / RATE_UNIT.bytes)} ${RATE_UNIT.name}`;
}

interface Rates {
  readonly iops: number;
  readonly bytesPerSecond: number;
}

/** Short, because it changes too fast to be read closely. */
const rates = ({ iops, bytesPerSecond }: Rates): readonly string[] => [
  `${iops < 10_000 ? formatFigure(Math.round(iops)) : `${formatFigure(iops / 1000)}k`} IOPS`,
  throughput(bytesPerSecond),
];

const p99 = (latencyNs: number | null): readonly string[] =>
  latencyNs === null ? [] : [`p99 ${humanNanoseconds(latencyNs)}`];

export interface RunTime {
  /** Since the run began. */
  readonly elapsedSeconds: number;
  /** Until it ends, as estimated. */
  readonly remainingSeconds: number;
}

const timing = ({ elapsedSeconds, remainingSeconds }: RunTime): string =>
  `${humanSeconds(Math.floor(elapsedSeconds))} elapsed, ${humanSeconds(Math.max(Math.ceil(remainingSeconds), 0))} left`;

/** What is about to happen. What it will write stands in the plan's notes, which follow. */
export function planText({ cases, rounds, estimatedSeconds }: EventOf<"plan">): string {
  return `${counted(cases, "case")}, ${counted(rounds, "round")}, about ${humanSeconds(estimatedSeconds)}`;
}

/** The time left is that of the fill alone. */
export function fillLine(event: EventOf<"target-fill">, elapsedSeconds: number): ProgressLine {
  const { bytesDone, bytesTotal, bytesPerSecond } = event;
  const done = bytesTotal === 0 ? 1 : bytesDone / bytesTotal;
  const remainingSeconds = (bytesTotal - bytesDone) / bytesPerSecond;
  const left = bytesPerSecond > 0 ? [timing({ elapsedSeconds, remainingSeconds })] : [];
  const parts = [`${Math.floor(done * 100)}% of ${humanBytes(bytesTotal)}`, throughput(bytesPerSecond), ...left];
  return { before: "fill ", name: printable(event.target), done, parts };
}

const roundName = ({ roundNumber, roundCount, caseId }: EventOf<"round-start">): { before: string; name: string } => ({
  before: `[${roundNumber}/${roundCount}] `,
  name: printable(caseId),
});

/** `progress` is null at the very start of a round. */
export function roundPhase(start: EventOf<"round-start">, progress: EventOf<"round-progress"> | null): RoundPhase {
  return progress?.phase ?? (start.warmupSeconds > 0 ? "warmup" : "measure");
}

/** The round, and below it the whole run. */
export function roundLines(
  start: EventOf<"round-start">,
  progress: EventOf<"round-progress"> | null,
  time: RunTime,
): readonly [round: ProgressLine, run: ProgressLine] {
  const phase = roundPhase(start, progress);
  const lengthSeconds = { warmup: start.warmupSeconds, measure: start.durationSeconds, drain: null }[phase];
  const elapsed = progress?.elapsedSeconds ?? 0;
  const extent = lengthSeconds === null ? "" : ` ${Math.floor(elapsed)}/${humanSeconds(lengthSeconds)}`;
  const now = progress === null || phase === "drain" ? [] : rates(progress);
  const { elapsedSeconds, remainingSeconds } = time;
  const done = elapsedSeconds / (elapsedSeconds + Math.max(remainingSeconds, 0));
  return [
    {
      ...roundName(start),
      ...(lengthSeconds === null ? {} : { done: elapsed / lengthSeconds }),
      parts: [PHASE_WORDS[phase] + extent, ...now],
      tail: p99(progress?.p99Ns ?? null),
    },
    { before: "  ", name: "whole run", done, parts: [timing(time)] },
  ];
}

export function roundEndLine(start: EventOf<"round-start">, end: EventOf<"round-end">): ProgressLine {
  return { ...roundName(start), parts: ["done", ...rates(end)] };
}

/** Of a case with all its rounds. */
export function caseEndLine({ caseId, rounds, figures, state }: EventOf<"case-end">): ProgressLine {
  const measured = figures === null ? [] : [...rates(figures), ...p99(figures.p99Ns)];
  const parts = [...(state === "completed" ? [] : [state]), ...measured, counted(rounds, "round")];
  return { before: "", name: printable(caseId), parts };
}

/** Answer to whoever asks before there is anything to tell. */
export const preparingStatus = (elapsedSeconds: number): string =>
  `getting ready, nothing is measured yet: ${humanSeconds(Math.floor(elapsedSeconds))} elapsed`;

/** Answer to whoever asks in the middle of a round: how it goes now, and what it has come to so far. */
export function roundStatus(
  start: EventOf<"round-start">,
  progress: EventOf<"round-progress"> | null,
  time: RunTime,
): string {
  const line = plainTexts(roundLines(start, progress, time));
  return progress === null ? line : `${line}; ${counted(progress.ios, "I/O")}, ${humanBytes(progress.bytes)} so far`;
}

export const plainText = ({ before, name, parts }: ProgressLine): string => `${before}${name}: ${parts.join(", ")}`;

/** All in one line. */
export const plainTexts = ([line, ...others]: readonly ProgressLine[]): string =>
  [...(line === undefined ? [] : [plainText(line)]), ...others.flatMap(({ parts }) => parts)].join(", ");

/** With fewer columns there is none. */
const COLUMNS_WITH_BAR = 60;

function barText(done: number, columns: number, [full, rest]: Symbols["bar"]): string {
  const width = columns < COLUMNS_WITH_BAR ? 0 : Math.min(Math.floor(columns / 8), 20);
  const filled = Math.round(Math.min(Math.max(done, 0), 1) * width);
  return width === 0 ? "" : `${full.repeat(filled)}${rest.repeat(width - filled)} `;
}

/** What a name keeps as long as there are parts that can give way. */
const LEAST_NAME = 4;

/** The line in at most `columns`. No part is cut, except on a terminal too narrow for a single one. */
export function fitLine(line: ProgressLine, columns: number, { bar, ellipsis }: Symbols): string {
  const { before, name, done, parts, tail = [] } = line;
  const all = [...parts, ...tail];
  const restOf = (count: number): string =>
    `: ${done === undefined ? "" : barText(done, columns, bar)}${all.slice(0, count).join(", ")}`;
  const roomBeside = (count: number): number => columns - before.length - restOf(count).length;
  let count = all.length;
  while (count > 1 && roomBeside(count) < LEAST_NAME) count -= 1;
  const room = Math.max(roomBeside(count), LEAST_NAME);
  return shorten(before + shorten(name, room, ellipsis) + restOf(count), columns, ellipsis);
}
