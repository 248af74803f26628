// Run events -> progress on standard error: redrawn lines on a terminal, a plain line now and then elsewhere.

import { printable } from "../shared/printable.ts";
import type { RoundPhase, RunEvent } from "../run/events.ts";
import { liveOutput, type ProgressOutput, type ProgressStream } from "./live-output.ts";
import {
  caseEndLine,
  type EventOf,
  fillLine,
  plainText,
  plainTexts,
  planText,
  preparingStatus,
  roundEndLine,
  roundLines,
  roundPhase,
  roundStatus,
  type RunTime,
} from "./progress-text.ts";

/** `notices` (--no-progress): only what a person should read. `silent` (--quiet): nothing at all. */
export type ProgressMode = "full" | "notices" | "silent";

export interface ProgressOptions {
  readonly mode: ProgressMode;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
}

export interface Progress {
  readonly handle: (event: RunEvent) => void;
  /** Says where the run stands, whatever the mode: somebody has asked. */
  readonly sayStatus: () => void;
  /** Leaves the terminal as it was found; may be called at any moment, also more than once. */
  readonly stop: () => void;
}

const PLAIN_LINE_MS = 10_000;

/** Lines that say how it goes are printed when they are important, or the last is a while ago. */
function plainOutput(stream: ProgressStream, now: () => number): ProgressOutput {
  let last = -Infinity;
  const print = (text: string): void => void stream.write(`${text}\n`);
  return {
    status: (lines, important) => {
      if (!important && now() - last < PLAIN_LINE_MS) return;
      last = now();
      print(plainTexts(lines));
    },
    finish: (line) => print(plainText(line)),
    print,
    stop: () => {},
  };
}

/** Where a run stands, by what it has told. */
interface Standing {
  readonly fill: EventOf<"target-fill"> | null;
  /** The last one that has begun. */
  readonly round: Round | null;
}

interface Round {
  readonly start: EventOf<"round-start">;
  readonly startedMs: number;
  readonly progress: EventOf<"round-progress"> | null;
  readonly end: EventOf<"round-end"> | null;
}

function standingAfter(event: RunEvent, before: Standing, nowMs: number): Standing {
  const { round } = before;
  switch (event.kind) {
    case "target-fill":
      return { ...before, fill: event };
    case "round-start":
      return { ...before, round: { start: event, startedMs: nowMs, progress: null, end: null } };
    case "round-progress":
      return round === null ? before : { ...before, round: { ...round, progress: event } };
    case "round-end":
      return round === null ? before : { ...before, round: { ...round, end: event } };
    default:
      return before;
  }
}

const phaseOf = ({ start, progress }: Round): RoundPhase => roundPhase(start, progress);

/** Makes progress for one run. The stream decides the way: a terminal has its lines redrawn, anything else gets more. */
export function createProgress(stream: ProgressStream, { mode, now }: ProgressOptions): Progress {
  const output = (mode === "full" ? liveOutput(stream) : null) ?? plainOutput(stream, now);
  const beganMs = now();
  let standing: Standing = { fill: null, round: null };

  const elapsedSeconds = (): number => (now() - beganMs) / 1000;
  const timeIn = ({ start, startedMs }: Round): RunTime => ({
    elapsedSeconds: elapsedSeconds(),
    remainingSeconds: start.remainingSeconds - (now() - startedMs) / 1000,
  });

  const show = (event: RunEvent, before: Standing, { round }: Standing): void => {
    if (event.kind === "plan") output.print(planText(event));
    if (event.kind === "notice") output.print(printable(event.text));
    if (event.kind === "case-end") output.finish(caseEndLine(event), event.state === "completed");
    if (event.kind === "target-fill") {
      const isDone = event.bytesDone >= event.bytesTotal;
      output.status([fillLine(event, elapsedSeconds())], event.target !== before.fill?.target || isDone);
    }
    if (event.kind === "round-end" && round !== null) output.status([roundEndLine(round.start, event)], true);
    if ((event.kind === "round-start" || event.kind === "round-progress") && round?.end === null) {
      const { start, progress } = round;
      const isNewPhase = before.round?.start !== start || phaseOf(round) !== phaseOf(before.round);
      output.status(roundLines(start, progress, timeIn(round)), isNewPhase);
    }
  };
  const statusText = ({ fill, round }: Standing): string => {
    if (round !== null) {
      const { start, progress, end } = round;
      return end === null ? roundStatus(start, progress, timeIn(round)) : plainText(roundEndLine(start, end));
    }
    return fill === null ? preparingStatus(elapsedSeconds()) : plainText(fillLine(fill, elapsedSeconds()));
  };

  return {
    handle: (event) => {
      const before = standing;
      standing = standingAfter(event, before, now());
      if (mode === "full" || (mode === "notices" && event.kind === "notice")) show(event, before, standing);
    },
    sayStatus: () => output.print(statusText(standing)),
    stop: output.stop,
  };
}
