// A target's path as the profile has it -> the file or device that it means, links followed, directories completed.

import { basename, dirname, join, resolve, sep } from "node:path";
import { isLink, realPath } from "../platform/named-files.ts";
import type { Platform } from "../platform/platform.ts";
import { DiskbenchError, type Failure, systemErrorOf } from "../shared/errors.ts";

export const FILE_NAME = "diskbench.dat";

export type TargetPlatform = Pick<Platform, "system" | "files" | "volumes">;

/** An error about a target that cannot be what it is asked to be. */
export function unusable(where: string, what: string, more: Partial<Failure> = {}): DiskbenchError {
  return new DiskbenchError({ code: "TARGET_UNUSABLE", what, where, ...more });
}

function unreachable(path: string, directory: string, thrown: unknown): DiskbenchError {
  const system = systemErrorOf(thrown);
  if (system === undefined) throw thrown;
  switch (system.name) {
    case "ENOENT":
      return unusable(path, `The directory ${directory} does not exist`, {
        next: "Create the directory, or choose a path in one that exists",
      });
    case "ENAMETOOLONG":
      return unusable(path, "The path, or a name in it, is too long", { system, next: "Choose a shorter path" });
    case "ENOTDIR":
      return unusable(path, `${directory} is not a directory`, { next: "Choose a path in a directory" });
    default:
      return unusable(path, `The directory ${directory} cannot be looked into`, {
        system,
        next: "Choose another target, or run as a user who may use this one",
      });
  }
}

/** `path` with its links followed. Its last component need not exist, all others must. */
function followLinks(path: string): string {
  const directory = dirname(path);
  try {
    return realPath(path);
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name !== "ENOENT") throw unreachable(path, directory, thrown);
  }
  try {
    const resolved = join(realPath(directory), basename(path));
    if (!isLink(resolved)) return resolved;
  } catch (thrown) {
    throw unreachable(path, directory, thrown);
  }
  throw unusable(path, "It is a symbolic link that leads nowhere", {
    next: "Name the file itself, or remove the link",
  });
}

// Windows: `\\.\PhysicalDrive0` names a device outside every directory; node's path functions would take it apart.
const isDeviceName = (platform: TargetPlatform, path: string): boolean =>
  platform.system === "windows" && path.startsWith("\\\\.\\");

/**
 * The file or device that `path` means, seen from `directory`: links followed; an existing directory, or a path that
 * ends in a separator, completed with `diskbench.dat`. Throws TARGET_UNUSABLE when it cannot be reached.
 */
export function resolveTarget(platform: TargetPlatform, path: string, directory: string): string {
  if (path === "" || path.includes("\0")) throw unusable(JSON.stringify(path), "This is not a path");
  if (isDeviceName(platform, path)) return path;
  const resolved = followLinks(resolve(directory, path));
  const found = platform.files.status(resolved);
  if (found?.kind === "directory") return followLinks(join(resolved, FILE_NAME));
  if (!path.endsWith("/") && !path.endsWith(sep)) return resolved;
  if (found !== null) throw unusable(path, `${resolved} is not a directory but ${found.kindText}`);
  throw unusable(path, `The directory ${resolved} does not exist`, {
    next: "Create the directory, or choose one that exists",
  });
}
