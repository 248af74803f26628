// Run events -> progress on standard error: one redrawn line on a terminal, a plain line now and then elsewhere.

import { printable } from "../shared/printable.ts";
import type { RoundPhase, RunEvent } from "../run/events.ts";
import {
  type EventOf,
  fillLine,
  fitLine,
  plainText,
  planText,
  preparingStatus,
  type ProgressLine,
  roundEndLine,
  roundLine,
  roundPhase,
  roundStatus,
  type RoundTime,
} from "./progress-text.ts";

/** As much of a stream as progress needs; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

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

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
const DEFAULT_COLUMNS = 80;

interface Output {
  /** Shows where the run stands; one that is not `important` may be left out when the last is recent. */
  readonly status: (line: ProgressLine, important: boolean) => void;
  /** Prints a line that stays. */
  readonly print: (text: string) => void;
  readonly stop: () => void;
}

function isDue(intervalMs: number, now: () => number): (important: boolean) => boolean {
  let last = -Infinity;
  return (important) => {
    const time = now();
    if (!important && time - last < intervalMs) return false;
    last = time;
    return true;
  };
}

/** The cursor stays visible and every redraw starts by clearing the line, so that nothing needs repair after a crash. */
function terminalOutput(stream: ProgressStream, now: () => number): Output {
  const due = isDue(REDRAW_MS, now);
  const CLEAR_LINE = "\r\u001b[2K";
  let shown = "";
  const draw = (text: string): void => {
    if (text !== shown) stream.write(CLEAR_LINE + text);
    shown = text;
  };
  return {
    status: (line, important) => {
      // A full last column would make some terminals begin a new line.
      // Some pseudo-terminals say that they have no columns at all.
      if (due(important)) draw(fitLine(line, (stream.columns || DEFAULT_COLUMNS) - 1));
    },
    print: (text) => {
      const status = shown;
      draw("");
      stream.write(`${text}\n`);
      draw(status);
    },
    stop: () => draw(""),
  };
}

function plainOutput(stream: ProgressStream, now: () => number): Output {
  const due = isDue(PLAIN_LINE_MS, now);
  return {
    status: (line, important) => {
      if (due(important)) stream.write(`${plainText(line)}\n`);
    },
    print: (text) => {
      stream.write(`${text}\n`);
    },
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

/** Makes progress for one run. The stream decides the way: a terminal has its line redrawn, anything else gets lines. */
export function createProgress(stream: ProgressStream, { mode, now }: ProgressOptions): Progress {
  const output = stream.isTTY === true ? terminalOutput(stream, now) : plainOutput(stream, now);
  const beganMs = now();
  let standing: Standing = { fill: null, round: null };

  const elapsedSeconds = (): number => (now() - beganMs) / 1000;
  const timeIn = ({ start, startedMs }: Round): RoundTime => ({
    elapsedSeconds: elapsedSeconds(),
    remainingSeconds: start.remainingSeconds - (now() - startedMs) / 1000,
  });

  const show = (event: RunEvent, before: Standing, { round }: Standing): void => {
    if (event.kind === "plan") output.print(planText(event));
    if (event.kind === "notice") output.print(printable(event.text));
    if (event.kind === "target-fill") {
      const isDone = event.bytesDone >= event.bytesTotal;
      output.status(fillLine(event, elapsedSeconds()), event.target !== before.fill?.target || isDone);
    }
    if (event.kind === "round-end" && round !== null) output.status(roundEndLine(round.start, event), true);
    if ((event.kind === "round-start" || event.kind === "round-progress") && round?.end === null) {
      const isNewPhase = before.round?.start !== round.start || phaseOf(round) !== phaseOf(before.round);
      output.status(roundLine(round.start, round.progress, timeIn(round)), isNewPhase);
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
