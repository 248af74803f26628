// An open file -> the mark that it carries, looked for in the directory that its path is in.

import { basename, dirname, join } from "node:path";
import { findMark, sidecarName, type FoundMark } from "../../src/machine/mark.ts";
import type { Files, OpenFile } from "../../src/platform/platform.ts";

/** `/data/x.dat` -> `/data/.x.dat.diskbench` */
export const sidecarPath = (path: string): string => join(dirname(path), sidecarName(basename(path)));

/** The mark, whatever speaks against it. */
export function foundMark(files: Files, file: OpenFile): FoundMark | null {
  const directory = files.hold(dirname(file.path), "own");
  try {
    return findMark(files, directory, file);
  } finally {
    directory.close();
  }
}

/** Only a mark that nothing speaks against. */
export function validMark(files: Files, file: OpenFile): FoundMark | null {
  const found = foundMark(files, file);
  return found?.objection === null ? found : null;
}
