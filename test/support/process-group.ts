// The leader of a process group -> the processes of that group that still run.

import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "./diskbench.ts";

/** Fifth field of /proc/<pid>/stat; the second is a name in brackets that may hold anything (proc_pid_stat(5)). */
function groupOf(processId: number): number | null {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, "utf8");
    const [, , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(group);
  } catch {
    return null;
  }
}

/** Ids of the processes of group `leader` of which a thread still runs. */
export function livingMembers(leader: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => groupOf(processId) === leader && isAlive(processId));
}
