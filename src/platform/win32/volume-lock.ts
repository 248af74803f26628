// A raw device that is about to be used -> every volume on it locked, or a refusal (FSCTL_LOCK_VOLUME).

import { DiskbenchError } from "../../shared/errors.ts";
import type { OpenFile } from "../platform.ts";
import { ACCESS, CONTROL, ERROR, INVALID_HANDLE, SHARE } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import { fileCallFailed } from "./file-calls.ts";
import { openExisting } from "./handles.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { diskNumberOfPath } from "./path.ts";
import { listVolumes, type Volume } from "./volumes-list.ts";

const label = (volume: Volume): string => volume.mountPoints[0] ?? volume.name;

function refused(kernel32: Kernel32, path: string, volume: string, call: string, code: number): DiskbenchError {
  return new DiskbenchError({
    ...fileCallFailed(kernel32, call, code, path, `The volume ${volume} on it cannot be locked`).failures[0],
    cause: "A file on that volume is open in some program, or this user is no administrator",
    next: "Close what uses the volume and run as an administrator; a volume in use is never dismounted by force",
  });
}

function lockOne(win32: Win32, path: string, volume: Volume): number {
  const { kernel32 } = win32;
  const access = ACCESS.GENERIC_READ + ACCESS.GENERIC_WRITE;
  const handle = openExisting(kernel32, volume.name, access, 0, SHARE.READ | SHARE.WRITE);
  if (handle === INVALID_HANDLE) {
    throw refused(kernel32, path, label(volume), "CreateFileW", kernel32.GetLastError());
  }
  const { code } = deviceControl(win32, handle, CONTROL.LOCK_VOLUME, null, 0);
  if (code === ERROR.SUCCESS) return handle;
  kernel32.CloseHandle(handle);
  throw refused(kernel32, path, label(volume), "FSCTL_LOCK_VOLUME", code);
}

/**
 * Locks every volume with an extent on the disk, or the volume that `device` itself is. The locks last until the
 * returned handles, or the device's own, are closed. Throws, with nothing locked, when one of them is in use.
 */
export function lockVolumes(win32: Win32, device: OpenFile): number[] {
  const diskNumber = diskNumberOfPath(device.path);
  if (diskNumber === null) {
    const { code } = deviceControl(win32, device.handle, CONTROL.LOCK_VOLUME, null, 0);
    if (code !== ERROR.SUCCESS) throw refused(win32.kernel32, device.path, device.path, "FSCTL_LOCK_VOLUME", code);
    return [];
  }
  const locked: number[] = [];
  try {
    for (const volume of listVolumes(win32)) {
      if (volume.diskNumbers.includes(diskNumber)) locked.push(lockOne(win32, device.path, volume));
    }
  } catch (thrown) {
    for (const handle of locked) win32.kernel32.CloseHandle(handle);
    throw thrown;
  }
  return locked;
}
