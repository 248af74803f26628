// A path and a mark -> a new file that is marked and locked before anybody can see it.

import { constants } from "node:fs";
import { dirname } from "node:path";
import type { Files, OpenFile } from "../platform.ts";
import { fileCallFailed, libcClose, libcLinkat, libcOpen, O_CLOEXEC, resultOrErrno } from "./file-calls.ts";

/** Not among node's constants: a bit of its own, and that of directories (open(2)). */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const EEXIST = 17;

/**
 * Creates a file without a name, marks and locks it, and only then gives it its name (the example of open(2)): whoever
 * ends this process at whatever moment leaves a file that is known to be diskbench's, or none. Null where the file
 * system has no such files, or no room for marks. Throws when something stands at `path`.
 */
export function createMarked(
  path: string,
  mark: string,
  { writeMark, lock }: Pick<Files, "writeMark" | "lock">,
): OpenFile | null {
  const flags = O_TMPFILE | constants.O_RDWR | O_CLOEXEC;
  const handle = resultOrErrno(() => libcOpen(dirname(path), flags, 0o644));
  // What else may be wrong with the directory is told by the way that every file system knows.
  if (handle < 0) return null;
  const file: OpenFile = { handle, path };
  const link = (): number => libcLinkat(AT_FDCWD, `/proc/self/fd/${handle}`, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
  const linked = writeMark(file, mark) && lock(file) ? resultOrErrno(link) : null;
  if (linked === 0) return file;
  libcClose(handle);
  if (linked === -EEXIST) throw fileCallFailed("linkat", EEXIST, path, "It cannot be created");
  return null;
}
