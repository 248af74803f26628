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
  roundStatus,
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

interface RoundState {
  readonly start: EventOf<"round-start">;
  readonly startedMs: number;
  readonly phase: RoundPhase;
}

type Handler = Progress["handle"];

function fullProgress(output: Output, now: () => number): Handler {
  const beganMs = now();
  let filling: string | null = null;
  let round: RoundState | null = null;

  const elapsedSeconds = (): number => (now() - beganMs) / 1000;
  const showRound = (state: RoundState, progress: EventOf<"round-progress"> | null, important: boolean): void => {
    const remainingSeconds = state.start.remainingSeconds - (now() - state.startedMs) / 1000;
    output.status(
      roundLine(state.start, state.phase, progress, { elapsedSeconds: elapsedSeconds(), remainingSeconds }),
      important,
    );
  };

  return (event) => {
    switch (event.kind) {
      case "plan":
        output.print(planText(event));
        break;
      case "target-fill": {
        const isDone = event.bytesDone >= event.bytesTotal;
        output.status(fillLine(event, elapsedSeconds()), event.target !== filling || isDone);
        filling = event.target;
        break;
      }
      case "round-start":
        round = { start: event, startedMs: now(), phase: event.warmupSeconds > 0 ? "warmup" : "measure" };
        showRound(round, null, true);
        break;
      case "round-progress": {
        if (round === null) break;
        const isNewPhase = event.phase !== round.phase;
        round = { ...round, phase: event.phase };
        showRound(round, event, isNewPhase);
        break;
      }
      case "round-end":
        if (round !== null) output.status(roundEndLine(round.start, event), true);
        round = null;
        break;
      case "notice":
        output.print(printable(event.text));
        break;
      case "saved":
        break;
    }
  };
}

const HANDLER_OF: Readonly<Record<ProgressMode, (output: Output, now: () => number) => Handler>> = {
  full: fullProgress,
  notices: (output) => (event) => {
    if (event.kind === "notice") output.print(printable(event.text));
  },
  silent: () => () => {},
};

/** Keeps the last of what each kind of event has told, for whoever asks. */
function statusOf(now: () => number): { readonly handle: Handler; readonly text: () => string } {
  const beganMs = now();
  let fill: EventOf<"target-fill"> | null = null;
  let start: EventOf<"round-start"> | null = null;
  let progress: EventOf<"round-progress"> | null = null;
  let end: EventOf<"round-end"> | null = null;
  let startedMs = beganMs;

  const handle: Handler = (event) => {
    if (event.kind === "target-fill") {
      fill = event;
    } else if (event.kind === "round-start") {
      [start, progress, end, startedMs] = [event, null, null, now()];
    } else if (event.kind === "round-progress") {
      progress = event;
    } else if (event.kind === "round-end") {
      end = event;
    }
  };
  const text = (): string => {
    const elapsedSeconds = (now() - beganMs) / 1000;
    if (start !== null) {
      const remainingSeconds = start.remainingSeconds - (now() - startedMs) / 1000;
      const time = { elapsedSeconds, remainingSeconds };
      return end === null ? roundStatus(start, progress, time) : plainText(roundEndLine(start, end));
    }
    return fill === null ? preparingStatus(elapsedSeconds) : plainText(fillLine(fill, elapsedSeconds));
  };
  return { handle, text };
}

/** Makes progress for one run. The stream decides the way: a terminal has its line redrawn, anything else gets lines. */
export function createProgress(stream: ProgressStream, { mode, now }: ProgressOptions): Progress {
  const output = stream.isTTY === true ? terminalOutput(stream, now) : plainOutput(stream, now);
  const status = statusOf(now);
  const show = HANDLER_OF[mode](output, now);
  return {
    handle: (event) => {
      status.handle(event);
      show(event);
    },
    sayStatus: () => output.print(status.text()),
    stop: output.stop,
  };
}
