// A call that may wait for ever -> the same call, named on standard error within a second, and ended by a timeout.

import { Worker } from "node:worker_threads";
import { waitsForOthers } from "../platform/named-files.ts";

/**
 * How the line "Waiting for <path> ..." goes on. Only "to answer" has a timeout. The others are work, which takes longer
 * for larger files, or waits for other people: an fsync of much that was written, space for a terabyte, a pipe whose
 * writer is a person at a keyboard.
 */
export const WAITS = [
  "to answer",
  "to be allocated",
  "to be resized",
  "to report its allocation",
  "to accept what is written",
  "to be flushed",
  "to leave the page cache",
  "to be closed",
  "to be removed",
  "to be written to",
  "to be read",
  "to be saved",
] as const;
export type Wait = (typeof WAITS)[number];

/**
 * Numbers in the memory that is shared with the watching thread. Two texts follow them: the path that is waited for, and
 * the test files that stay if the command ends now.
 */
export const WORD = { state: 0, wait: 1, pathBytes: 2, leftBytes: 3, asleep: 4, signalsTaken: 5 } as const;
export const WORDS = 6;
export const TEXT_BYTES = 4096;

/** What the watching thread is started with. */
export interface WaitingTask {
  readonly shared: SharedArrayBuffer;
  /** The command ends after so long without an answer. */
  readonly timeoutSeconds: number;
  /** Print errors only. */
  readonly quiet: boolean;
}

/** A thread with next to nothing to do. These limits save 1 of 10 MB; tighter ones save hardly more, and may end it. */
const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 };
/** The longest that the main thread waits for its signals to be given back. */
const HANDING_BACK_MS = 1000;

/**
 * While the main thread is in a system call it can print nothing and handle no signal. So another thread watches it. The
 * state grows by one when a wait begins and when it ends, and is odd in between.
 */
export class Waiting {
  readonly #words: Int32Array;
  readonly #path: Uint8Array;
  readonly #left: Uint8Array;
  readonly #thread: Worker | null;
  readonly #encoder = new TextEncoder();
  #lasts = false;

  constructor({ timeoutSeconds, quiet }: Omit<WaitingTask, "shared">) {
    const shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT + 2 * TEXT_BYTES);
    this.#words = new Int32Array(shared, 0, WORDS);
    this.#path = new Uint8Array(shared, this.#words.byteLength, TEXT_BYTES);
    this.#left = new Uint8Array(shared, this.#words.byteLength + TEXT_BYTES, TEXT_BYTES);
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const workerData: WaitingTask = { shared, timeoutSeconds, quiet };
    this.#thread = startThread(new URL(`./waiting-thread.${ending}`, import.meta.url), workerData);
  }

  /** Makes `call`, and names `path` if that takes long. A wait within it starts the time again, under the same name. */
  during<T>(path: string, wait: Wait, call: () => T): T {
    const isPart = this.#lasts;
    if (!isPart) {
      Atomics.store(this.#words, WORD.wait, WAITS.indexOf(wait));
      Atomics.store(this.#words, WORD.pathBytes, this.#encoder.encodeInto(path, this.#path).written);
    }
    this.#lasts = true;
    this.#turn(isPart ? 2 : 1);
    try {
      return call();
    } finally {
      this.#turn(isPart ? 2 : 1);
      this.#lasts = isPart;
    }
  }

  /** From now on the line also says that these test files may stay if the command ends. */
  wouldLeave(paths: readonly string[]): void {
    const { written } = this.#encoder.encodeInto(paths.join(", "), this.#left);
    Atomics.store(this.#words, WORD.leftBytes, written);
  }

  #turn(by: number): void {
    Atomics.add(this.#words, WORD.state, by);
    // Waking the thread costs some 20 us, so it stays awake for a while after a wait.
    if (Atomics.load(this.#words, WORD.asleep) === 1) Atomics.notify(this.#words, WORD.state);
    if (Atomics.load(this.#words, WORD.signalsTaken) === 0) return;
    // From here on signals are handled as before, and do not end the process at once.
    Atomics.notify(this.#words, WORD.state);
    Atomics.wait(this.#words, WORD.signalsTaken, 1, HANDING_BACK_MS);
  }

  close(): void {
    void this.#thread?.terminate();
  }
}

/** Null: it cannot start, because no thread is left or the directory was removed. Then no wait is named. */
function startThread(file: URL, workerData: WaitingTask): Worker | null {
  try {
    const thread = new Worker(file, { workerData, resourceLimits: SMALL });
    thread.unref();
    thread.on("error", () => undefined);
    return thread;
  } catch {
    return null;
  }
}

/** Reads from `source`, a path or an open handle, and names it as `name` where somebody else has to write first. */
export function readingFrom<T>(source: string | number, name: string, read: () => T): T {
  if (!waitsForOthers(source)) return read();
  const waiting = new Waiting({ timeoutSeconds: Infinity, quiet: false });
  try {
    return waiting.during(name, "to be written to", read);
  } finally {
    waiting.close();
  }
}
