// A process that was killed -> its threads that the kernel does not let go of, and where they wait (proc_pid_wchan(5)).

import { readdirSync, readFileSync } from "node:fs";
import type { LingeringThread } from "../platform.ts";

/** Zombies (Z) and threads on their last instructions (X) hold nothing any more. */
const ENDED = /^State:\s+[ZX]/m;

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The thread has ended meanwhile, or the file is not for this user.
    return null;
  }
}

function threadIds(processId: number): readonly number[] {
  try {
    return readdirSync(`/proc/${processId}/task`).map(Number);
  } catch {
    return [];
  }
}

/** Threads of `processId` that are still there; where each waits is told to root only. */
export function lingeringThreads(processId: number): readonly LingeringThread[] {
  return threadIds(processId).flatMap((id) => {
    const status = textOf(`/proc/${processId}/task/${id}/status`);
    if (status === null || ENDED.test(status)) return [];
    const place = textOf(`/proc/${processId}/task/${id}/wchan`)?.trim() ?? "";
    return [{ id, waitsIn: place === "" || place === "0" ? null : place }];
  });
}
