// The directory that the command was started in -> its path, or the failure that it has none.

import { DiskbenchError, systemErrorOf } from "../shared/errors.ts";

/** Throws OUTPUT_FAILED: it may have been removed, or be nested too deeply to be named. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    throw new DiskbenchError({
      code: "OUTPUT_FAILED",
      where: "working directory",
      what: "It has no path",
      system,
      cause: system.name === "ENOENT" ? "It has been removed" : "It is nested too deeply",
      next: "Change to another directory",
    });
  }
}
