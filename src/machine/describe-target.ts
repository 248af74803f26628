// A target's path -> what stands there now, whose it is, and what it stands on. Nothing is created or changed.

import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import type { DirectIo, FileStatus, OpenOptions } from "../platform/platform.ts";
import type { TargetFacts } from "./machine.ts";
import { readMark } from "./mark.ts";
import { systemErrorOf } from "./node-error.ts";
import { resolveTarget, unusable, type TargetPlatform } from "./resolve-target.ts";

const USABLE_KINDS: readonly FileStatus["kind"][] = ["file", "block-device"];

const NOT_ASKED: DirectIo = {
  offsetAlignmentBytes: null,
  memoryAlignmentBytes: null,
  basis: "not asked: the file does not exist yet",
};

/** How control-plane work opens a target: through the cache, waiting for nothing. */
export const PLAIN_OPEN: OpenOptions = {
  access: "read",
  create: "never",
  caching: "buffered",
  writeThrough: false,
  overlapped: false,
  pattern: null,
  exclusive: false,
};

/** Throws TARGET_UNUSABLE unless this user may create and remove files in the directory of `path`. */
export function requireWritableDirectory(path: string): void {
  const directory = dirname(path);
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    const readOnly = system.name === "EROFS";
    throw unusable(path, `Files cannot be created in the directory ${directory}`, {
      system,
      cause: readOnly ? "The file system is mounted read-only" : "This user lacks the permission to write there",
      next: "Choose a target in a directory of your own",
    });
  }
}

function lookInto(platform: TargetPlatform, path: string): Pick<TargetFacts, "ours" | "directIo"> {
  const file = platform.files.open(path, PLAIN_OPEN);
  try {
    return { ours: readMark(platform.files, file) !== null, directIo: platform.files.directIo(file) };
  } finally {
    platform.files.close(file);
  }
}

/**
 * The facts about the target at `path`, seen from the directory `cwd`. Throws TARGET_UNUSABLE when it cannot be
 * reached, is neither a regular file nor a block device, or could not be created.
 */
export function describeTarget(platform: TargetPlatform, path: string, cwd: string): TargetFacts {
  const resolvedPath = resolveTarget(platform, path, cwd);
  const existing = platform.files.status(resolvedPath);
  if (existing === null) requireWritableDirectory(resolvedPath);
  else if (!USABLE_KINDS.includes(existing.kind)) {
    throw unusable(resolvedPath, `It is ${existing.kindText}`, {
      next: "A target is a regular file, a directory in which a file is made, or a block device",
    });
  }
  const seen = existing === null ? { ours: false, directIo: NOT_ASKED } : lookInto(platform, resolvedPath);
  const standing = existing === null ? dirname(resolvedPath) : resolvedPath;
  const space = existing?.kind === "block-device" ? null : platform.volumes.freeSpace(standing);
  return {
    path,
    resolvedPath,
    existing,
    ...platform.volumes.placeOf(standing),
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
    ...seen,
  };
}
