// A planned target -> an open file that this process holds alone, every reason against it checked first.

import { PLAIN_OPEN } from "../platform/plain-open.ts";
import { basename } from "node:path";
import { requireWritableDirectory } from "../machine/describe-target.ts";
import { findMark, type FoundMark } from "../machine/mark.ts";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import { sameIdentity } from "../platform/file-identity.ts";
import type { DeviceListing, HeldDirectory, OpenFile, OpenOptions } from "../platform/platform.ts";
import { DiskbenchError, failuresOf, systemErrorOf } from "../shared/errors.ts";
import { formatSize } from "../shared/units.ts";
import type { Preparation } from "./ready-target.ts";

// udev holds a shared lock on a device for a moment after somebody who could write has closed it, and leaves alone
// what is locked exclusively (systemd's "Locking Block Device Access").
const DEVICE_PATIENCE_MS = 500;
const PAUSE_MS = 10;

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Who is likely to be in the way at `path`; nothing where that cannot be seen. */
function holderOf(platform: TargetPlatform, path: string): { readonly cause?: string } {
  const users = platform.volumes.usersOf(path);
  return users.length === 0 ? {} : { cause: `It is open in ${users.join(", ")}` };
}

/** Opens `path`; a refusal because of somebody else names them. */
function open(platform: TargetPlatform, path: string, options: Partial<OpenOptions>): OpenFile {
  try {
    return platform.files.open(path, { ...PLAIN_OPEN, ...options });
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name !== "EBUSY") throw thrown;
    const [failure, ...others] = failuresOf(thrown);
    const what = "Something else holds this device, so that nobody can have it exclusively";
    throw new DiskbenchError({ ...failure, what, ...holderOf(platform, path) }, ...others);
  }
}

/** Locks `file`; waits for that for `patienceMs` at most, and gives the file up when it is not to be had. */
function locked(platform: TargetPlatform, file: OpenFile, patienceMs: number = 0): OpenFile {
  return checked(platform, file, () => {
    for (let waitedMs = 0; !platform.files.lock(file); waitedMs += PAUSE_MS) {
      if (waitedMs >= patienceMs) {
        throw unusable(file.path, "Another diskbench run is using it", {
          ...holderOf(platform, file.path),
          next: "Wait until that run has ended, or choose another target",
        });
      }
      pause(PAUSE_MS);
    }
  });
}

/** Runs `check` on a held file; when it throws, the file is given up. */
function checked(platform: TargetPlatform, file: OpenFile, check: () => void): OpenFile {
  try {
    check();
    return file;
  } catch (thrown) {
    platform.files.close(file);
    throw thrown;
  }
}

/** Why nobody else may write to the file now; none: nothing speaks against it. */
export function usesOf({ files, volumes }: TargetPlatform, file: string | OpenFile): readonly string[] {
  const isLocked = typeof file !== "string" && files.isLockedInPart(file);
  const program = "another program has locked parts of it, as qemu does with the images of virtual machines";
  return [...volumes.fileHazards(file), ...(isLocked ? [program] : [])];
}

/** Whoever owns it and whatever is allowed: an image that serves as a disk, or swap, is not written to. */
export function refuseFileInUse(platform: TargetPlatform, file: string | OpenFile): void {
  const uses = usesOf(platform, file);
  if (uses.length === 0) return;
  throw unusable(typeof file === "string" ? file : file.path, `This file is in use: ${uses.join("; ")}`, {
    next: "Free the file first (umount, losetup -d, swapoff), or choose another target",
  });
}

/** A file of diskbench's own, and the directory that it is in, both held. */
export interface OwnFile {
  readonly directory: HeldDirectory;
  readonly file: OpenFile;
  readonly found: FoundMark;
}

function notOurs(path: string, found: FoundMark | null): DiskbenchError {
  const because = found?.objection ?? null;
  return unusable(path, "It exists and is not diskbench's own", {
    ...(because === null ? {} : { cause: `It carries diskbench's mark, but ${because}` }),
    next: "Choose another path, or remove the file if it is not needed",
  });
}

/**
 * Takes the file that diskbench left at the target's path, which is in `directory`. Null: nothing stands there, and one
 * can be created. Throws when something foreign has appeared there since the plan was made.
 */
export function takeOwnFile({ platform, planned, options }: Preparation, directory: HeldDirectory): OwnFile | null {
  const path = planned.facts.resolvedPath;
  const name = basename(path);
  if (planned.facts.existing === null || !options.keep) requireWritableDirectory(path);
  const there = directory.look(name);
  if (there === null) return null;
  if (there.kind !== "file") throw notOurs(path, null);
  refuseFileInUse(platform, path);
  const opened = directory.open(name, "read-write");
  if (opened === null) return null;
  const file = locked(platform, opened);
  const named = directory.look(name);
  if (named === null) {
    // Whoever held the lock has removed the file while we opened it.
    platform.files.close(file);
    return null;
  }
  let found: FoundMark | null = null;
  checked(platform, file, () => {
    if (!sameIdentity(named.identity, platform.files.statusOf(file).identity)) {
      throw unusable(path, "Something else is creating files there at this moment", { next: "Try again" });
    }
    found = findMark(platform.files, directory, file);
    if (found === null || found.objection !== null) throw notOurs(path, found);
    refuseFileInUse(platform, file);
  });
  return found === null ? null : { directory, file, found };
}

/** Takes a file that is somebody else's, for reading or, with `force`, for writing. */
export function takeExistingFile({ platform, planned, options }: Preparation): OpenFile {
  const { resolvedPath: path, existing } = planned.facts;
  if (planned.written && !options.force) {
    throw unusable(path, "It exists and is not diskbench's own, and the profile writes to it", {
      next: "Give --force to overwrite its contents, or choose another path",
    });
  }
  if (planned.written) refuseFileInUse(platform, path);
  const file = locked(platform, open(platform, path, { access: planned.written ? "read-write" : "read" }));
  return checked(platform, file, () => {
    const status = platform.files.statusOf(file);
    if (existing === null || !sameIdentity(status.identity, existing.identity)) {
      throw unusable(path, "It is no longer the file that it was when the run was planned", { next: "Try again" });
    }
    if (planned.written) refuseFileInUse(platform, file);
    if (status.sizeBytes < planned.sizeBytes) {
      const sizes = `${formatSize(status.sizeBytes)} instead of ${formatSize(planned.sizeBytes)}`;
      throw unusable(path, `It is smaller than the run needs, ${sizes}`, { next: "Ask for a smaller size" });
    }
  });
}

function refuseHazards({ planned, options }: Preparation, device: DeviceListing): void {
  const path = planned.facts.resolvedPath;
  if (device.hazards.length > 0) {
    throw unusable(path, `This device is in use: ${device.hazards.join("; ")}`, {
      next: "Free the device first, or choose another one; `diskbench devices` lists them",
    });
  }
  if (device.readOnly && planned.written) {
    throw unusable(path, "This device is read-only", { next: "Choose another one, or only read from it" });
  }
  const { confirmation } = device;
  if (confirmation === null) {
    throw unusable(
      path,
      `This device cannot be told from others for sure: ${device.confirmationNote ?? "unknown why"}`,
      {
        next: "Use a file on it as the target",
      },
    );
  }
  if (options.confirm.includes(confirmation)) return;
  const given = options.confirm.length === 0 ? "" : `, but what was given is ${options.confirm.join(", ")}`;
  throw unusable(path, `A raw device must be confirmed by its identity, which is ${confirmation}${given}`, {
    cause: planned.written ? "Everything on the device will be overwritten" : "It is a whole device, not a file",
    next: `If this is the right one, add --confirm ${JSON.stringify(confirmation)}`,
  });
}

function deviceAt({ platform, planned }: Preparation): DeviceListing {
  const path = planned.facts.resolvedPath;
  const device = platform.volumes.deviceAt(path);
  if (device === null) throw unusable(path, "It is no block device that this system knows");
  return device;
}

export function takeDevice(preparation: Preparation): OpenFile {
  const { platform, planned } = preparation;
  const { resolvedPath: path, existing } = planned.facts;
  refuseHazards(preparation, deviceAt(preparation));
  const options = { access: planned.written ? "read-write" : "read", exclusive: true } as const;
  const file = locked(platform, open(platform, path, options), DEVICE_PATIENCE_MS);
  return checked(platform, file, () => {
    const { identity } = platform.files.statusOf(file);
    if (existing === null || !sameIdentity(identity, existing.identity)) {
      throw unusable(path, "It is no longer the device that it was when the run was planned", { next: "Try again" });
    }
    // Whatever has come to use it while it was opened; nothing that asks for it exclusively can any more.
    refuseHazards(preparation, deviceAt(preparation));
  });
}
