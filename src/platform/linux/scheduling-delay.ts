// /proc/thread-self/schedstat -> how long the calling thread waited for a CPU.

import { closeSync, openSync, readSync } from "node:fs";
import type { SchedulingDelay } from "../evidence.ts";

/** Second of the file's three figures, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
const RUN_DELAY = 1;

/** Watches the thread that calls this; null where the kernel was built without these figures (CONFIG_SCHED_INFO). */
export function schedulingDelay(procRoot: string): SchedulingDelay | null {
  const buffer = Buffer.alloc(128);
  let descriptor: number;
  try {
    // The name leads to whoever opens it; what is open stays with that thread.
    descriptor = openSync(`${procRoot}/thread-self/schedstat`, "r");
  } catch {
    return null;
  }
  return {
    seconds() {
      try {
        const length = readSync(descriptor, buffer, 0, buffer.length, 0);
        const nanoseconds = Number(buffer.toString("latin1", 0, length).trim().split(" ")[RUN_DELAY]);
        return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : null;
      } catch {
        return null;
      }
    },
    close: () => closeSync(descriptor),
  };
}
