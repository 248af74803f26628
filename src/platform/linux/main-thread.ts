// /proc/self/stat -> whether the main thread of this process waits for something other than a CPU.

import { readFileSync } from "node:fs";

/** False while it runs, or could run if it had a CPU; the state stands behind the name, in brackets (proc_pid_stat(5)). */
export function mainThreadWaits(): boolean {
  try {
    // The state is that of the thread that leads the process, which is the main one.
    const stat = readFileSync("/proc/self/stat", "latin1");
    return stat[stat.lastIndexOf(")") + 2] !== "R";
  } catch {
    // Nobody tells (no descriptor is left): what lasts so long is taken for a wait.
    return true;
  }
}
