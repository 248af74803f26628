// The thread that watches the main one: a wait that lasts -> a word on standard error, signals that end the command, its end in time.

import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { workerData } from "node:worker_threads";
import { loadLeaving, loadMainThreadWaits, type Leaving } from "../platform/index.ts";
import { printable, withoutCommands } from "../shared/printable.ts";
import { FAILURE_EXIT_CODES, formatFailure } from "../shared/errors.ts";
import { TEXT_BYTES, WAITS, WORD, WORDS, type WaitingTask } from "./waiting.ts";

const STANDARD_ERROR = 2;
/** Waits are counted in looks, not in time: while the machine sleeps, or the command is stopped, nobody waits. */
const LOOK_MS = 200;
/** Looks at the same wait until something is said. What works answers long before, and a second is soon enough. */
const SILENT_LOOKS = 4;
/** As many at most, however late others were answered. */
const MOST_SILENT_LOOKS = 50;

function taskOf(data: unknown): WaitingTask {
  if (typeof data === "object" && data !== null && "shared" in data && "timeoutSeconds" in data && "quiet" in data) {
    const { shared, timeoutSeconds, quiet } = data;
    if (shared instanceof SharedArrayBuffer && typeof timeoutSeconds === "number" && typeof quiet === "boolean") {
      return { shared, timeoutSeconds, quiet };
    }
  }
  throw new TypeError("this thread was started without its task");
}

const { shared, timeoutSeconds, quiet } = taskOf(workerData);
const words = new Int32Array(shared, 0, WORDS);
const mainThreadWaits = await loadMainThreadWaits();
const timeoutLooks = Math.ceil((timeoutSeconds * 1000) / LOOK_MS);

function textAt(start: number, lengthWord: number): string {
  // A copy: a decoder takes no memory that is shared.
  const bytes = Uint8Array.from(new Uint8Array(shared, words.byteLength + start, Atomics.load(words, lengthWord)));
  return printable(new TextDecoder().decode(bytes));
}

/** What is waited for in the state `state`; null: nothing any more. */
function found(state: number): { readonly path: string; readonly wait: string; readonly left: string } | null {
  const wait = WAITS[Atomics.load(words, WORD.wait)] ?? WAITS[0];
  const about = { wait, path: textAt(0, WORD.pathBytes), left: textAt(TEXT_BYTES, WORD.leftBytes) };
  return Atomics.load(words, WORD.state) === state ? about : null;
}

function say(text: string): void {
  // Progress may stand there, on a line that is not at its end.
  const start = isatty(STANDARD_ERROR) ? "\r\u001b[2K" : "";
  try {
    writeSync(STANDARD_ERROR, `${start}${withoutCommands(text)}\n`);
  } catch {
    // Nobody reads it any more.
  }
}

function failureText(path: string, left: string): string {
  const rest = left === "" ? "" : `The rounds that had ended are saved, and a test file would stay: ${left}. `;
  return formatFailure({
    code: "TARGET_STALLED",
    where: path,
    what: `It has not answered for ${timeoutSeconds} s`,
    cause: "Its device, or the server of its file system, does not answer",
    next: `${rest}Look at that, and at the system's log. --stall-timeout says how long to wait`,
  });
}

let leaving: Leaving | null = null;

/** Has signals end the process from now on, unless the wait is over at this moment. */
function takeSignals(state: number): (() => void) | null {
  Atomics.store(words, WORD.signalsTaken, 1);
  return Atomics.load(words, WORD.state) === state ? (leaving?.letSignalsEnd() ?? null) : null;
}

function giveSignalsBack(give: (() => void) | null): void {
  give?.();
  Atomics.store(words, WORD.signalsTaken, 0);
  Atomics.notify(words, WORD.signalsTaken);
}

/** Ends the command, where that is to be had. */
function end(path: string, left: string): void {
  if (leaving === null) return;
  say(`diskbench: ${failureText(path, left)}`);
  leaving.leaveNow(FAILURE_EXIT_CODES.TARGET_STALLED);
}

/** Whether the main thread is in the same wait after one more look. */
const lasts = (state: number): boolean =>
  Atomics.wait(words, WORD.state, state, LOOK_MS) === "timed-out" && Atomics.load(words, WORD.state) === state;

let silentLooks = SILENT_LOOKS;

/** Follows one wait to its end. */
async function follow(state: number): Promise<void> {
  const wordLooks = silentLooks;
  let give: (() => void) | null = null;
  for (let looks = 0; lasts(state);) {
    // It may only want a CPU that others have.
    if (!mainThreadWaits()) continue;
    looks += 1;
    // Not before: hardly any wait takes so long.
    if (looks === 2) leaving ??= await loadLeaving();
    const about = looks === wordLooks || looks === timeoutLooks ? found(state) : null;
    if (about === null) continue;
    const { path, wait, left } = about;
    if (looks === wordLooks) {
      const rest = left === "" ? "" : `. If the command ends now, a test file would stay: ${left}`;
      // First, because whoever reads this may well be about to send one.
      give = takeSignals(state);
      if (!quiet) say(`Waiting for ${path} ${wait}${rest}`);
      // What was answered after all is slow: a wait of the same length is not worth a word again.
      silentLooks = Math.min(2 * silentLooks, MOST_SILENT_LOOKS);
    }
    if (looks === timeoutLooks && wait === "to answer") end(path, left);
  }
  giveSignalsBack(give);
}

for (;;) {
  const state = Atomics.load(words, WORD.state);
  if (state % 2 === 1) {
    await follow(state);
  } else {
    Atomics.store(words, WORD.asleep, 1);
    Atomics.wait(words, WORD.state, state);
    Atomics.store(words, WORD.asleep, 0);
  }
}
