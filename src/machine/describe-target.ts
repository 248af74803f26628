// A target's path -> what stands there now, whose it is, and what it stands on. Nothing is created or changed.

import { PLAIN_OPEN } from "../platform/plain-open.ts";
import { dirname } from "node:path";
import { requireWritable } from "../platform/named-files.ts";
import type { DirectIo, FileStatus, OpenFile, Place } from "../platform/platform.ts";
import { systemErrorOf } from "../shared/errors.ts";
import type { TargetFacts } from "./machine.ts";
import { findMark, type FoundMark } from "./mark.ts";
import { resolveTarget, unusable, type TargetPlatform } from "./resolve-target.ts";

const USABLE_KINDS: readonly FileStatus["kind"][] = ["file", "block-device"];

const NOT_ASKED: DirectIo = {
  offsetAlignmentBytes: null,
  memoryAlignmentBytes: null,
  basis: "not asked: the file does not exist yet",
};

/** Throws TARGET_UNUSABLE unless this user may create and remove files in the directory of `path`. */
export function requireWritableDirectory(path: string): void {
  const directory = dirname(path);
  try {
    requireWritable(directory);
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

/** What looks like a file there is the kernel itself: writing changes how the machine works, or its firmware. */
const KERNEL_FILE_SYSTEMS: readonly string[] = [
  "bpf",
  "cgroup",
  "cgroup2",
  "configfs",
  "debugfs",
  "efivarfs",
  "proc",
  "pstore",
  "securityfs",
  "selinuxfs",
  "sysfs",
  "tracefs",
];

/** Files made in /dev are a slip, of a name that a device no longer has or never had; they would fill the memory. */
const DEVICE_MOUNT_POINT = "/dev";

function refuseKernelFiles(path: string, { fileSystem, mountPoint }: Place): void {
  if (fileSystem !== null && KERNEL_FILE_SYSTEMS.includes(fileSystem)) {
    throw unusable(path, `It is on ${fileSystem}, where files are the kernel's own and store nothing`, {
      next: "Choose a path on a disk",
    });
  }
  if (mountPoint !== DEVICE_MOUNT_POINT) return;
  throw unusable(path, "There is no such device, and other files do not belong there", {
    next: "`diskbench devices` lists what there is",
  });
}

function markOf({ files }: TargetPlatform, file: OpenFile): FoundMark | null {
  if (files.statusOf(file).kind !== "file") return null;
  const directory = files.hold(dirname(file.path), "none");
  try {
    return findMark(files, directory, file);
  } finally {
    directory.close();
  }
}

function lookInto(platform: TargetPlatform, path: string): Pick<TargetFacts, "ours" | "objection" | "directIo"> {
  const file = platform.files.open(path, PLAIN_OPEN);
  try {
    const found = markOf(platform, file);
    const directIo = platform.files.directIo(file);
    if (found === null || found.objection === null) return { ours: found !== null, directIo };
    return { ours: false, objection: found.objection, directIo };
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
  if (existing !== null && !USABLE_KINDS.includes(existing.kind)) {
    throw unusable(resolvedPath, `It is ${existing.kindText}`, {
      next: "A target is a regular file, a directory in which a file is made, or a block device",
    });
  }
  const standing = existing === null ? dirname(resolvedPath) : resolvedPath;
  const place = platform.volumes.placeOf(standing);
  refuseKernelFiles(resolvedPath, place);
  if (existing === null) requireWritableDirectory(resolvedPath);
  const seen = existing === null ? { ours: false, directIo: NOT_ASKED } : lookInto(platform, resolvedPath);
  const space = existing?.kind === "block-device" ? null : platform.volumes.freeSpace(standing);
  return {
    path,
    resolvedPath,
    existing,
    ...place,
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
    ...seen,
  };
}
