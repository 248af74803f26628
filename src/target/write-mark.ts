// A mark -> an attribute of the file, or where there is no room for one a sidecar beside it.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { parseSidecar, sidecarPath, type FoundMark, type Mark, type SidecarMark } from "../machine/mark.ts";
import { systemErrorName, systemErrorOf } from "../machine/node-error.ts";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import type { OpenFile } from "../platform/platform.ts";

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemErrorName(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

function writeSidecar(path: string, mark: SidecarMark): void {
  const sidecar = sidecarPath(path);
  const there = readIfThere(sidecar);
  if (there !== null && parseSidecar(there) === null) {
    throw unusable(sidecar, "A file that is not diskbench's own is in the way of the target's mark", {
      next: "Remove it, or choose another target",
    });
  }
  // Renaming replaces a link that somebody laid there instead of following it.
  const draft = `${sidecar}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(mark)}\n`, { flag: "wx" });
    renameSync(draft, sidecar);
  } catch (thrown) {
    rmSync(draft, { force: true });
    throw thrown;
  }
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
