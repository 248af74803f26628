// A process that was killed -> its threads that the kernel does not let go of, and where they wait (proc_pid_wchan(5)).

import type { LingeringThread } from "../platform.ts";
import { kernelText, listDirectory } from "./kernel-text.ts";

/** Zombies (Z) and threads on their last instructions (X) hold nothing any more. */
const ENDED = /^State:\s+[ZX]/m;

/** Threads of `processId` that are still there; where each waits is told to root only. */
export function lingeringThreads(processId: number): readonly LingeringThread[] {
  return listDirectory(`/proc/${processId}/task`).flatMap((name) => {
    const id = Number(name);
    const status = kernelText(`/proc/${processId}/task/${id}/status`);
    if (status === "" || ENDED.test(status)) return [];
    const place = kernelText(`/proc/${processId}/task/${id}/wchan`).trim();
    return [{ id, waitsIn: place === "" || place === "0" ? null : place }];
  });
}
