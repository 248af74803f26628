// A device that does not answer -> what is said about the test file on it, which nobody can remove now.

import { DiskbenchError, type Failure } from "../shared/errors.ts";

/** Whether `thrown` says that a device does not answer: then nothing on it may be touched again. */
export function saysStalled(thrown: unknown): thrown is DiskbenchError {
  return thrown instanceof DiskbenchError && thrown.failures.some(({ code }) => code === "TARGET_STALLED");
}

export function leftBehind(path: string): Failure {
  return {
    code: "TARGET_STALLED",
    where: path,
    what: "The test file was not removed: that would wait for the device too",
    next: "Remove it by hand once the device answers; if it carries a mark, the next run there makes it anew by itself",
  };
}
