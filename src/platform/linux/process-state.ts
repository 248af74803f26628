// /proc/<process>/stat -> whether a process waits for something other than a CPU, and whether it was stopped.

import { readFileSync } from "node:fs";

/**
 * The letter for what the thread that leads a process does: in node that is the main one. It stands behind the name, in
 * brackets (proc_pid_stat(5)). Empty: nobody tells, because the process is gone or no descriptor is left.
 */
function stateOf(process: number | "self"): string {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "latin1");
    return stat[stat.lastIndexOf(")") + 2] ?? "";
  } catch {
    return "";
  }
}

/** False while it runs, or could run if it had a CPU. Where nobody tells, what lasts is taken for a wait. */
export const mainThreadWaits = (): boolean => stateOf("self") !== "R";

/** By a signal (T) or a debugger (t). A frozen control group shows in no letter: version 2 has its processes sleep (S). */
export const isStopped = (processId: number): boolean => /^[Tt]$/.test(stateOf(processId));
