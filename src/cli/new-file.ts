// A profile's text -> a file that was not there before, or one paragraph that says why not.

import { loadFiles } from "../platform/index.ts";
import { printable } from "../shared/printable.ts";
import { writeNewFile } from "../result/store.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { print } from "./standard-streams.ts";

/** Never replaces anything: BAD_USAGE when something stands there, with `next` as the way out. Throws OUTPUT_FAILED, too. */
export async function writeNewProfile(file: string, text: string, next = "Name another file"): Promise<void> {
  if (writeNewFile(await loadFiles(), file, text)) return;
  throw new DiskbenchError({
    code: "BAD_USAGE",
    where: file,
    what: "This file exists already and is left as it is",
    next,
  });
}

export async function sayWritten(file: string): Promise<void> {
  const name = printable(file);
  await print(`${name} written; run it with: diskbench run ${name}\n`, `${name} was written`);
}
