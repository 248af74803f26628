// A mark -> an attribute of the file, or where there is no room for one a sidecar beside it.

import { closeSync, constants, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import {
  DRAFT_ENDING,
  parseSidecar,
  sidecarPath,
  type FoundMark,
  type Mark,
  type SidecarMark,
} from "../machine/mark.ts";
import { systemErrorName, systemErrorOf } from "../machine/node-error.ts";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import type { OpenFile } from "../platform/platform.ts";

// Without waiting for somebody to write into a pipe. Windows has no such flag: undefined, which adds nothing.
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

function readIfThere(path: string): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, WITHOUT_WAITING);
    return readFileSync(descriptor, "utf8");
  } catch (thrown) {
    // What is too long to be a name here, or to be reached, is not there either.
    if (["ENOENT", "ENAMETOOLONG"].includes(systemErrorName(thrown) ?? "")) return null;
    throw thrown;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Throws unless nothing stands at `path`, or something that `isOurs` by its text. */
function refuseForeign(path: string, isOurs: (text: string) => boolean): void {
  const there = readIfThere(path);
  if (there === null || isOurs(there)) return;
  throw unusable(path, "A file that is not diskbench's own is in the way of the target's mark", {
    next: "Remove it, or choose another target",
  });
}

const isSidecar = (text: string): boolean => parseSidecar(text) !== null;

/** The target is locked for this process, so that nobody else writes its sidecar at the same time. */
function writeSidecar(path: string, mark: SidecarMark): void {
  const sidecar = sidecarPath(path);
  // A run that was killed while it wrote has left a draft, whole or still empty.
  const draft = `${sidecar}${DRAFT_ENDING}`;
  refuseForeign(sidecar, isSidecar);
  refuseForeign(draft, (text) => text === "" || isSidecar(text));
  rmSync(draft, { force: true });
  // Renaming replaces a link that somebody laid there instead of following it.
  writeFileSync(draft, `${JSON.stringify(mark)}\n`, { flag: "wx" });
  renameSync(draft, sidecar);
}

/** Marks an open file as diskbench's own, in place of any earlier mark; says where the mark is now. */
export function writeMark(platform: TargetPlatform, file: OpenFile, mark: Mark): FoundMark["place"] {
  if (platform.files.writeMark(file, JSON.stringify(mark))) return "attribute";
  const { identity, sizeBytes } = platform.files.statusOf(file);
  try {
    // The size that the file has now: it is all that speaks for it where there is no birth time.
    const stated = identity.birthTimeNs === null ? { ...mark, sizeBytes } : mark;
    writeSidecar(file.path, { ...stated, identity });
    return "sidecar";
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    throw unusable(file.path, "It cannot be marked as diskbench's own", {
      system,
      next: "Choose a target on another file system",
    });
  }
}

/** Removes the sidecar of a file that is about to go, if it is one. */
export function removeSidecar(path: string): void {
  const there = readIfThere(sidecarPath(path));
  if (there !== null && parseSidecar(there) !== null) rmSync(sidecarPath(path), { force: true });
}
