// A profile's text -> a file that was not there before, or one paragraph that says why not.

import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { systemErrorOf } from "../result/system-error.ts";
import { printable } from "../report/printable.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { print } from "./standard-streams.ts";

/** A file that could not be filled, because the disk is full, is of no use and would only be in the way later. */
function writeOrRemove(file: string, text: string): void {
  const handle = openSync(file, "wx");
  let isWhole = false;
  try {
    writeFileSync(handle, text);
    isWhole = true;
  } finally {
    closeSync(handle);
    if (!isWhole) rmSync(file, { force: true });
  }
}

/** Never replaces anything: BAD_USAGE when something stands there, with `next` as the way out. Throws OUTPUT_FAILED, too. */
export function writeNewProfile(file: string, text: string, next = "Name another file"): void {
  try {
    writeOrRemove(file, text);
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

/** Prints where the new profile is. */
export async function sayWritten(file: string): Promise<void> {
  const name = printable(file);
  await print(`${name} written; run it with: diskbench run ${name}\n`, `${name} was written`);
}
