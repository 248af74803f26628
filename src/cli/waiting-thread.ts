// Watches the main thread: a wait that lasts -> a line on standard error, signals that work, and a timeout.

import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { workerData } from "node:worker_threads";
import { loadLeaving, loadMainThreadWaits, type Leaving } from "../platform/index.ts";
import { printable, withoutCommands } from "../shared/printable.ts";
import { FAILURE_EXIT_CODES, formatFailure } from "../shared/errors.ts";
import { TEXT_BYTES, type Wait, WAITS, WORD, WORDS, type WaitingTask } from "./waiting.ts";

const STANDARD_ERROR = 2;
/** Waits are counted in looks, not in time: nobody waits while the machine sleeps or the command is stopped. */
const LOOK_MS = 200;
/** A wait is named after so many looks. A device that works answers long before. */
const SILENT_LOOKS = 4;
/** Each late answer doubles that number, up to this one. */
const MOST_SILENT_LOOKS = 50;
/** Work on a disk ends by itself, and then the command ends in order. So long after Ctrl-C it is not waited for. */
const GRACE_LOOKS = 10;
/**
 * Waits that may never end, and that leave nothing half done: after so many looks a signal ends the command. A signal
 * that comes earlier stays pending while a file system is waited for. In a wait for a pipe it does not: node's handler
 * takes it, and the main thread learns of it only after the wait. So there it has to be soon.
 */
const LOOKS_TO_BREAK_OFF: ReadonlyMap<string, number> = new Map<Wait, number>([
  ["to answer", SILENT_LOOKS],
  ["to be written to", 1],
  ["to be read", 1],
]);
/** How long a write to a full pipe is tried again. */
const WRITING_MS = 1000;
const RETRY_MS = 10;

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
/** What ends the command was named before. */
const timeoutLooks = Math.max(SILENT_LOOKS, Math.ceil((timeoutSeconds * 1000) / LOOK_MS));

function textAt(start: number, lengthWord: number): string {
  // A copy, because TextDecoder takes no shared memory.
  const bytes = Uint8Array.from(new Uint8Array(shared, words.byteLength + start, Atomics.load(words, lengthWord)));
  return printable(new TextDecoder().decode(bytes));
}

/** What the main thread waits for; null: the wait of `state` is over. */
function found(state: number): { readonly path: string; readonly wait: string; readonly left: string } | null {
  const wait = WAITS[Atomics.load(words, WORD.wait)] ?? WAITS[0];
  const about = { wait, path: textAt(0, WORD.pathBytes), left: textAt(TEXT_BYTES, WORD.leftBytes) };
  return Atomics.load(words, WORD.state) === state ? about : null;
}

function say(text: string): void {
  // Progress may stand on the current line.
  const start = isatty(STANDARD_ERROR) ? "\r\u001b[2K" : "";
  let rest = Buffer.from(`${start}${withoutCommands(text)}\n`);
  for (let triedMs = 0; rest.length > 0 && triedMs < WRITING_MS;) {
    try {
      rest = rest.subarray(writeSync(STANDARD_ERROR, rest));
    } catch (thrown) {
      // Node opens pipes non-blocking, so a full one says EAGAIN. After any other error nobody reads.
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN")) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, RETRY_MS);
      triedMs += RETRY_MS;
    }
  }
}

function failureText(path: string, left: string): string {
  const rest = left === "" ? "" : `What was saved is kept, and a test file may stay: ${left}. `;
  return formatFailure({
    code: "TARGET_STALLED",
    where: path,
    what: `It has not answered for ${timeoutSeconds} s`,
    cause: "Its device, or the server of its file system, does not answer",
    next: `${rest}Look at the device or the server, and at the system's log. --stall-timeout says how long to wait`,
  });
}

let leaving: Leaving | null = null;

/** From now on signals end the process, unless the wait is just over. Null: nothing to give back. */
function takeSignals(state: number): (() => void) | null {
  Atomics.store(words, WORD.signalsTaken, 1);
  return Atomics.load(words, WORD.state) === state ? (leaving?.letSignalsEnd() ?? null) : null;
}

function giveSignalsBack(give: (() => void) | null): void {
  give?.();
  Atomics.store(words, WORD.signalsTaken, 0);
  Atomics.notify(words, WORD.signalsTaken);
}

/** Ends the command, where the system can. */
function end(path: string, left: string): void {
  if (leaving === null) return;
  say(`diskbench: ${failureText(path, left)}`);
  leaving.leaveNow(FAILURE_EXIT_CODES.TARGET_STALLED);
}

/** Whether the main thread is still in the same wait one look later. */
const lasts = (state: number): boolean =>
  Atomics.wait(words, WORD.state, state, LOOK_MS) === "timed-out" && Atomics.load(words, WORD.state) === state;

let silentLooks = SILENT_LOOKS;

/** Follows one wait until it is over. */
async function follow(state: number): Promise<void> {
  const wordLooks = silentLooks;
  let give: (() => void) | null = null;
  let askedLooks = 0;
  // Loading takes as long as a look, and here it is needed after the first one.
  if (LOOKS_TO_BREAK_OFF.get(found(state)?.wait ?? "") === 1) leaving ??= await loadLeaving();
  for (let looks = 0; lasts(state);) {
    // It may be working, or waiting for a CPU.
    if (!mainThreadWaits()) continue;
    looks += 1;
    const about = found(state);
    if (about === null) continue;
    const { path, wait, left } = about;
    const breakOffLooks = LOOKS_TO_BREAK_OFF.get(wait) ?? Infinity;
    // Not earlier: hardly any wait takes so long.
    if (looks === 2) leaving ??= await loadLeaving();
    askedLooks += leaving?.isEndAsked() === true ? 1 : 0;
    // Before the line is printed: who reads it may press Ctrl-C at once.
    if (give === null && (looks >= breakOffLooks || askedLooks > GRACE_LOOKS)) give = takeSignals(state);
    if (looks === wordLooks) {
      const rest = left === "" ? "" : `. If the command ends now, a test file may stay: ${left}`;
      if (!quiet) say(`Waiting for ${path} ${wait}${rest}`);
      // If an answer comes after all, the device is slow. The next wait of this length is not named.
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
