// A planned target -> an open file that this process holds alone, every reason against it checked first.

import { PLAIN_OPEN, requireWritableDirectory } from "../machine/describe-target.ts";
import { readMark, type FoundMark } from "../machine/mark.ts";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import { sameIdentity } from "../platform/file-identity.ts";
import type { DeviceListing, OpenFile, OpenOptions } from "../platform/platform.ts";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
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

/** As `files.open`; a refusal because of somebody else names them. */
function open(platform: TargetPlatform, path: string, options: Partial<OpenOptions>): OpenFile {
  try {
    return platform.files.open(path, { ...PLAIN_OPEN, ...options });
  } catch (thrown) {
    const [failure, ...others] = failuresOf(thrown);
    if (failure.system?.name !== "EBUSY") throw thrown;
    const what = "Something else holds this device, so that nobody can have it exclusively";
    throw new DiskbenchError({ ...failure, what, ...holderOf(platform, path) }, ...others);
  }
}

/** Opens and locks what stands at `path`; waits for the lock for `patienceMs` at most. */
function holdOpen(
  platform: TargetPlatform,
  path: string,
  options: Partial<OpenOptions>,
  patienceMs: number = 0,
): OpenFile {
  const file = open(platform, path, options);
  try {
    for (let waitedMs = 0; !platform.files.lock(file); waitedMs += PAUSE_MS) {
      if (waitedMs >= patienceMs) {
        throw unusable(path, "Another diskbench run is using it", {
          ...holderOf(platform, path),
          next: "Wait until that run has ended, or choose another target",
        });
      }
      pause(PAUSE_MS);
    }
    return file;
  } catch (thrown) {
    platform.files.close(file);
    throw thrown;
  }
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

/** Whoever owns it and whatever is allowed: an image that serves as a disk, or swap, is not written to. */
function refuseFileInUse(platform: TargetPlatform, path: string): void {
  const hazards = platform.volumes.fileHazards(path);
  if (hazards.length === 0) return;
  throw unusable(path, `This file is in use: ${hazards.join("; ")}`, {
    next: "Free the file first (umount, losetup -d, swapoff), or choose another target",
  });
}

export interface OwnFile {
  readonly file: OpenFile;
  readonly found: FoundMark;
}

/**
 * Takes the file that diskbench left at the target's path. Null: nothing stands there, and one can be created. Throws
 * when something foreign has appeared there since the plan was made.
 */
export function takeOwnFile({ platform, planned, options }: Preparation): OwnFile | null {
  const path = planned.facts.resolvedPath;
  if (planned.facts.existing === null || !options.keep) requireWritableDirectory(path);
  if (platform.files.status(path) === null) return null;
  refuseFileInUse(platform, path);
  const file = holdOpen(platform, path, { access: "read-write" });
  const named = platform.files.status(path);
  // Whoever held the lock may have removed the file while we opened it.
  if (named === null || !sameIdentity(named.identity, platform.files.statusOf(file).identity)) {
    platform.files.close(file);
    if (named === null) return null;
    throw unusable(path, "Something else is creating files there at this moment", { next: "Try again" });
  }
  const found = readMark(platform.files, file);
  if (found !== null) return { file, found };
  platform.files.close(file);
  throw unusable(path, "It exists and is not diskbench's own", {
    next: "Choose another path, or remove the file if it is not needed",
  });
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
  const file = holdOpen(platform, path, { access: planned.written ? "read-write" : "read" });
  return checked(platform, file, () => {
    const status = platform.files.statusOf(file);
    if (existing === null || !sameIdentity(status.identity, existing.identity)) {
      throw unusable(path, "It is no longer the file that it was when the run was planned", { next: "Try again" });
    }
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

/** Takes a whole device for this process alone. */
export function takeDevice(preparation: Preparation): OpenFile {
  const { platform, planned } = preparation;
  const { resolvedPath: path, existing } = planned.facts;
  refuseHazards(preparation, deviceAt(preparation));
  const options = { access: planned.written ? "read-write" : "read", exclusive: true } as const;
  const file = holdOpen(platform, path, options, DEVICE_PATIENCE_MS);
  return checked(platform, file, () => {
    const { identity } = platform.files.statusOf(file);
    if (existing === null || !sameIdentity(identity, existing.identity)) {
      throw unusable(path, "It is no longer the device that it was when the run was planned", { next: "Try again" });
    }
    // Whatever has come to use it while it was opened; nothing that asks for it exclusively can any more.
    refuseHazards(preparation, deviceAt(preparation));
  });
}
