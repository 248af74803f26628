// A profile's text -> a file that was not there before, or one paragraph that says why not.

import { writeFileSync } from "node:fs";
import { systemErrorOf } from "../result/system-error.ts";
import { DiskbenchError } from "../shared/errors.ts";

/** Never replaces anything: BAD_USAGE when something stands there, with `next` as the way out. Throws OUTPUT_FAILED, too. */
export function writeNewProfile(file: string, text: string, next = "Name another file"): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    const exists = system.name === "EEXIST";
    throw new DiskbenchError({
      code: exists ? "BAD_USAGE" : "OUTPUT_FAILED",
      where: file,
      what: exists ? "This file exists already and is left as it is" : "The profile cannot be written",
      system,
      next: exists ? next : "Name another file",
    });
  }
}
