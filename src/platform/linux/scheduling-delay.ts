// /proc/thread-self/schedstat -> how long the calling thread waited for a CPU, and how often.

import { closeSync, openSync, readSync } from "node:fs";
import type { SchedulingDelay } from "../evidence.ts";

/** Second and third of the file's three figures, the second in nanoseconds (Documentation/scheduler/sched-stats.rst). */
const RUN_DELAY = 1;
const TIMESLICES = 2;
/**
 * A read goes through functions of node's own that every module that was loaded has gone through, too. V8 compiles one
 * after some hundreds of calls: so many with the first watch of a thread, and it is not in the middle of a window that it comes to it.
 */
let firstReads = 500;

/** Watches the thread that calls this; null where the kernel was built without these figures (CONFIG_SCHED_INFO). */
export function schedulingDelay(procRoot: string): SchedulingDelay | null {
  const buffer = Buffer.alloc(128);
  let descriptor: number;
  try {
    // The name leads to whoever opens it; what is open stays with that thread.
    descriptor = openSync(`${procRoot}/thread-self/schedstat`, "r");
    for (; firstReads > 0; firstReads -= 1) readSync(descriptor, buffer, 0, buffer.length, 0);
  } catch {
    return null;
  }
  return {
    read() {
      try {
        const length = readSync(descriptor, buffer, 0, buffer.length, 0);
        const figures = buffer.toString("latin1", 0, length).trim().split(" ").map(Number);
        const [nanoseconds = Number.NaN, count = Number.NaN] = [figures[RUN_DELAY], figures[TIMESLICES]];
        return Number.isFinite(nanoseconds + count) ? { seconds: nanoseconds / 1e9, count } : null;
      } catch {
        return null;
      }
    },
    close: () => closeSync(descriptor),
  };
}
