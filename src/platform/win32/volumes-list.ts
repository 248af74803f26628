// The system's volumes, letterless ones too -> their names, mount points and the disks below them.

import { INVALID_HANDLE } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";
import { extentsOf } from "./volume-extent.ts";
import { withDevice } from "./volume-handle.ts";
import { wideText } from "./volume-information.ts";

const NAME_CHARACTERS = 64;
const MOUNT_POINT_CHARACTERS = 4096;
export interface Volume {
  /** `\\?\Volume{...}`, without a final backslash. */
  readonly name: string;
  /** Drive letters and folders, with final backslashes. */
  readonly mountPoints: readonly string[];
  /** The N of each `\\.\PhysicalDriveN` that holds a part of it. */
  readonly diskNumbers: readonly number[];
}

/** The disks on which an open volume lies; none for those without (RAM disks, CDs, Wine's). */
export function diskNumbersOf(win32: Win32, handle: number): number[] {
  return [...new Set(extentsOf(win32, handle).map(({ diskNumber }) => diskNumber))];
}

/** The texts of a REG_MULTI_SZ or a list of paths: each ended by NUL, the last by two. */
export function textList(buffer: Buffer): string[] {
  const [list = ""] = buffer.toString("utf16le").split("\0\0");
  return list.split("\0").filter((text) => text !== "");
}

function mountPointsOf(win32: Win32, name: string): string[] {
  const paths = Buffer.alloc(MOUNT_POINT_CHARACTERS * 2);
  const needed = Buffer.alloc(4);
  const { kernel32 } = win32;
  const found = kernel32.GetVolumePathNamesForVolumeNameW(`${name}\\`, paths, MOUNT_POINT_CHARACTERS, needed);
  return found === 0 ? [] : textList(paths);
}

export function listVolumes(win32: Win32): Volume[] {
  const { kernel32 } = win32;
  const found = Buffer.alloc(NAME_CHARACTERS * 2);
  const volumes: Volume[] = [];
  const search = kernel32.FindFirstVolumeW(found, NAME_CHARACTERS);
  if (search === INVALID_HANDLE) return [];
  do {
    const name = wideText(found).replace(/\\$/, "");
    const diskNumbers = withDevice(win32, name, (handle) => diskNumbersOf(win32, handle)) ?? [];
    volumes.push({ name, mountPoints: mountPointsOf(win32, name), diskNumbers });
  } while (kernel32.FindNextVolumeW(search, found, NAME_CHARACTERS) !== 0);
  kernel32.FindVolumeClose(search);
  return volumes;
}
