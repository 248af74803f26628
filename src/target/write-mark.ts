// A mark -> an attribute of the file, or where there is no room for one a sidecar beside it.

import { basename } from "node:path";
import { DRAFT_ENDING, parseMark, sidecarName, withTrusted, type FoundMark, type Mark } from "../machine/mark.ts";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import type { Files, HeldDirectory, OpenFile } from "../platform/platform.ts";
import { refusedBySystem } from "../shared/errors.ts";

/** Whoever wrote it may also replace it, and nobody else may write to it. */
const SIDECAR_PERMISSIONS = 0o644;

/** Removes the file `name` by its handle, if it is trusted and `isOurs` by its text. */
function removeOurs(files: Files, directory: HeldDirectory, name: string, isOurs: (text: string) => boolean): void {
  withTrusted(files, directory, name, (text, file) => isOurs(text) && directory.remove(file));
}

/** Throws unless nothing stands there, or something trusted that `isOurs` by its text. */
function refuseForeign(files: Files, directory: HeldDirectory, name: string, isOurs: (text: string) => boolean): void {
  if (directory.look(name) === null || withTrusted(files, directory, name, isOurs) === true) return;
  throw unusable(
    `${directory.path}/${name}`,
    "Something that is not diskbench's own is in the way of the target's mark",
    {
      next: "Remove it, or choose another target",
    },
  );
}

const isMark = (text: string): boolean => parseMark(text) !== null;

/** The target is locked for this process, so that nobody else writes its sidecar at the same time. */
function writeSidecar(files: Files, directory: HeldDirectory, name: string, mark: Mark): void {
  const sidecar = sidecarName(name);
  // A run that was killed while it wrote has left a draft, whole or still empty.
  const draft = `${sidecar}${DRAFT_ENDING}`;
  const isDraft = (text: string): boolean => text === "" || isMark(text);
  refuseForeign(files, directory, sidecar, isMark);
  refuseForeign(files, directory, draft, isDraft);
  removeOurs(files, directory, draft, isDraft);
  const file = directory.create(draft, SIDECAR_PERMISSIONS);
  try {
    files.write(file, Buffer.from(`${JSON.stringify(mark)}\n`));
  } finally {
    files.close(file);
  }
  directory.rename(draft, sidecar);
}

/** Marks an open file as diskbench's own by an attribute; null where there is no room for one. */
export function writeAttribute({ files }: TargetPlatform, file: OpenFile, mark: Mark): "attribute" | null {
  return files.writeMark(file, JSON.stringify(mark)) ? "attribute" : null;
}

/** Marks an open file as diskbench's own, in place of any earlier mark; says where the mark is now. */
export function writeMark(
  platform: TargetPlatform,
  directory: HeldDirectory,
  file: OpenFile,
  mark: Mark,
): FoundMark["place"] {
  const { files } = platform;
  const place = writeAttribute(platform, file, mark);
  if (place !== null) return place;
  const { identity, sizeBytes } = files.statusOf(file);
  try {
    // The size that the file has now: it is all that speaks for it where there is no birth time.
    const stated = identity.birthTimeNs === null ? { ...mark, sizeBytes } : mark;
    writeSidecar(files, directory, basename(file.path), stated);
    return "sidecar";
  } catch (thrown) {
    throw refusedBySystem(thrown, {
      code: "TARGET_UNUSABLE",
      where: file.path,
      what: "It cannot be marked as diskbench's own",
      next: "Choose a target on another file system",
    });
  }
}

/** Removes the sidecar of a file that has gone, if it is one. */
export function removeSidecar({ files }: TargetPlatform, directory: HeldDirectory, name: string): void {
  removeOurs(files, directory, sidecarName(name), isMark);
}
