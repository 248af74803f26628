// What starting up and earlier rounds have left in memory -> collected now, and not while a round's window is open.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The first V8 that can be told how often it comes back (Node 22). */
const COUNTED_RETURNS = 12;
/** What keeps V8 from coming back: never, or, for one that cannot be told so, because it comes to mark in small steps. */
const NO_RETURN =
  Number.parseInt(process.versions.v8, 10) >= COUNTED_RETURNS
    ? "--memory-reducer-gc-count=0"
    : "--no-incremental-marking";

/** Of this thread; a context that it was taken from stays with it, so that there is no other to make. */
const collector: { collect?: unknown } = {};

/** Of this thread's heap, and of memory outside it that V8 counts towards its next collection. */
function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What was in use after the last collection. Before the first: at the first call, since starting up is no round. */
let leftBytes: number | null = null;

/**
 * Collects this thread's garbage if `roomBytes` have come together since the last time. Call it between windows: there is
 * as much room then in each of them, and no collection when there is nothing to be collected.
 */
export function collectGarbageBeyond(roomBytes: number): void {
  leftBytes ??= usedBytes();
  if (usedBytes() - leftBytes <= roomBytes) return;
  collectOwnGarbage();
  leftBytes = usedBytes();
}

/** Collects this thread's garbage. */
function collectOwnGarbage(): void {
  // A context that was made after the flag was set has the function (`v8.setFlagsFromString`); without it nothing is lost.
  setFlagsFromString("--expose-gc");
  collector.collect ??= runInNewContext("globalThis.gc");
  if (typeof collector.collect === "function") collector.collect();
}

/**
 * Collects this process's garbage, and has V8 not do so of its own accord while there is room. V8 lets an old generation
 * grow by little as long as only the young one was ever collected, and would collect it a few seconds later; with 10 MiB
 * of memory or more it would come back after eight seconds to see whether some of it could be given back; and a young
 * generation that is four fifths full it collects as soon as nothing else is to be done.
 */
export function collectGarbage(): void {
  setFlagsFromString(NO_RETURN);
  setFlagsFromString("--no-minor-gc-task");
  collectOwnGarbage();
}
