// This system's name -> its platform. The only file that asks what it runs on.

import { DiskbenchError } from "../shared/errors.ts";
import type { Files, Platform } from "./platform.ts";

/** The platform of the system that this process runs on. Loads native bindings: keep it out of start-up paths. */
export async function loadPlatform(): Promise<Platform> {
  switch (process.platform) {
    case "linux":
      return (await import("./linux/platform.ts")).createPlatform();
    case "win32":
      return (await import("./win32/platform.ts")).createPlatform();
    default:
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: `diskbench does not run on ${process.platform}`,
        cause: "It has back ends for Linux and Windows only",
        next: "Use it on one of these",
      });
  }
}

/** How a process ends from any of its threads, while its main thread waits in the kernel. */
export interface Leaving {
  /** Ends the process at once. */
  leaveNow(exitCode: number): void;
  /** Has the signals that ask the process to end do so at once, until the function that comes back is called. */
  letSignalsEnd(): () => void;
  /** Whether one of them waits to be taken. */
  isEndAsked(): boolean;
}

/** Null: the system has nothing of the kind. */
export async function loadLeaving(): Promise<Leaving | null> {
  return process.platform === "linux" ? import("./linux/leave.ts") : null;
}

/** Tells whether the main thread of this process waits for something other than a CPU; true where nobody knows. */
export async function loadMainThreadWaits(): Promise<() => boolean> {
  return process.platform === "linux" ? (await import("./linux/process-state.ts")).mainThreadWaits : () => true;
}

/** Only what works on files: a third of the time that the whole platform takes. */
export async function loadFiles(): Promise<Files> {
  switch (process.platform) {
    case "linux":
      return (await import("./linux/file.ts")).createFiles();
    case "win32": {
      const [{ createFiles }, { loadWin32 }] = await Promise.all([
        import("./win32/file.ts"),
        import("./win32/kernel32.ts"),
      ]);
      return createFiles(loadWin32());
    }
    default:
      return (await loadPlatform()).files;
  }
}

/**
 * A device on which the code of any back end may be warmed up: it accepts everything and stores nothing. Null: this
 * system has none.
 */
export function discardingDevice(): string | null {
  return process.platform === "linux" ? "/dev/zero" : null;
}
