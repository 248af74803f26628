// `diskbench init`: nothing -> a profile to start from, in a new file.

import { writeFileSync } from "node:fs";
import { starterProfile } from "../profile/starter.ts";
import { systemErrorOf } from "../result/system-error.ts";
import { DiskbenchError } from "../shared/errors.ts";

export function init(file: string): void {
  try {
    writeFileSync(file, starterProfile(), { flag: "wx" });
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    const exists = system.name === "EEXIST";
    throw new DiskbenchError({
      code: exists ? "BAD_USAGE" : "OUTPUT_FAILED",
      where: file,
      what: exists ? "This file exists already and is left as it is" : "The profile cannot be written",
      system,
      next: "Name another file",
    });
  }
  process.stdout.write(`${file} written; run it with: diskbench run ${file}\n`);
}
