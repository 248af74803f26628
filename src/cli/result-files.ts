// Paths of result files, or of directories of them -> the results.

import { basename, join } from "node:path";
import type { SideInput } from "../compare/compare.ts";
import { fileNamesIn } from "../platform/named-files.ts";
import { readResultFile } from "../result/read-result.ts";
import type { Result } from "../result/result.ts";
import { systemErrorOf } from "../result/system-error.ts";
import { DiskbenchError } from "../shared/errors.ts";

/** The file itself, or every `.json` file of a directory, by name. Throws RESULT_INVALID. */
export function resultPaths(path: string): readonly string[] {
  try {
    const found = fileNamesIn(path);
    if (found === null) return [path];
    const names = found.filter((name) => name.endsWith(".json"));
    if (names.length > 0) return names.sort().map((name) => join(path, name));
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    throw new DiskbenchError({ code: "RESULT_INVALID", where: path, what: "This cannot be read", system });
  }
  throw new DiskbenchError({
    code: "RESULT_INVALID",
    where: path,
    what: "There is no result file in this directory",
    next: "Name a file that `diskbench run` wrote, or a directory of them",
  });
}

export interface ReadResult {
  readonly path: string;
  readonly result: Result;
}

/** All results of all paths; a broken one among them is an error of the whole call. */
export function readResults(paths: readonly string[]): readonly ReadResult[] {
  return paths.flatMap((named) =>
    resultPaths(named).map((path) => ({
      path,
      // Nobody means a pipe that lies in a directory of results.
      result: readResultFile(path, { withoutBulk: true, pipes: path === named }),
    })),
  );
}

/** One side of a comparison. */
export function readSide(path: string): SideInput {
  const read = readResults([path]);
  return { label: basename(path), files: read.map((each) => each.path), results: read.map(({ result }) => result) };
}
