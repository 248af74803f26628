// A wait for something that may not answer -> the same, with a word on standard error within a second, and an end in time.

import { Worker } from "node:worker_threads";
import { waitsForOthers } from "../platform/named-files.ts";

/**
 * What somebody may be waiting for, in words that go on "Waiting for <path> ...". Only an answer comes in any time that
 * can be named, and so it alone is bounded. All the rest is work, which takes as long as the file is large, or as others
 * take: an fsync of what was written before, space for a terabyte, a pipe at whose other end a person thinks.
 */
export const WAITS = [
  "to answer",
  "to get its space",
  "to get its size",
  "to tell where its data is",
  "to take what is written",
  "to become durable",
  "to leave the cache",
  "to be closed",
  "to be removed",
  "to be written to",
  "to be read",
  "to take the result",
] as const;
export type Wait = (typeof WAITS)[number];

/**
 * Numbers in the memory that the watching thread sees. Behind them stand two texts: what is waited for, and what an end
 * of the command leaves behind.
 */
export const WORD = { state: 0, wait: 1, pathBytes: 2, leftBytes: 3, asleep: 4, signalsTaken: 5 } as const;
export const WORDS = 6;
export const TEXT_BYTES = 4096;

/** What the watching thread is started with. */
export interface WaitingTask {
  readonly shared: SharedArrayBuffer;
  /** After so long without an answer the command ends. */
  readonly timeoutSeconds: number;
  /** Only errors are said. */
  readonly quiet: boolean;
}

/** It does next to nothing. V8 would give it as much as any other. */
const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 };
/** Giving the signals back takes no thread longer. */
const HANDING_BACK_MS = 1000;

/**
 * The main thread waits in system calls, and can neither say so meanwhile nor hear a signal. A thread of its own watches
 * it. The state grows with every beginning and end of a wait, and is odd while one lasts.
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

  /** Makes `call`, of which the person is told when it takes long. What it waits for in turn begins the time anew. */
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

  /** These test files may stay if the command ends while it waits: the person is told that, too. */
  wouldLeave(paths: readonly string[]): void {
    const { written } = this.#encoder.encodeInto(paths.join(", "), this.#left);
    Atomics.store(this.#words, WORD.leftBytes, written);
  }

  #turn(by: number): void {
    Atomics.add(this.#words, WORD.state, by);
    // To be woken costs the thread and this one some 20 us, so that it stays awake for a while.
    if (Atomics.load(this.#words, WORD.asleep) === 1) Atomics.notify(this.#words, WORD.state);
    if (Atomics.load(this.#words, WORD.signalsTaken) === 0) return;
    // From here on a signal means what it meant before, and not an end at once.
    Atomics.notify(this.#words, WORD.state);
    Atomics.wait(this.#words, WORD.signalsTaken, 1, HANDING_BACK_MS);
  }

  close(): void {
    void this.#thread?.terminate();
  }
}

/** Null where it cannot start: no thread is left, or the directory was removed. Then nobody tells of waits. */
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

/** Reads from `source`, a path or an open handle that is called `name`; where others are to write first, with a word. */
export function readingFrom<T>(source: string | number, name: string, read: () => T): T {
  if (!waitsForOthers(source)) return read();
  const waiting = new Waiting({ timeoutSeconds: Infinity, quiet: false });
  try {
    return waiting.during(name, "to be written to", read);
  } finally {
    waiting.close();
  }
}
