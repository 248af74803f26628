// A path -> the volume that holds it: mount point, file system, flags, sector and free space.

import type { Win32 } from "./kernel32.ts";
import { plainPath, systemPath } from "./path.ts";

const PATH_CHARACTERS = 1024;
const NAME_CHARACTERS = 261;

/** The text in a buffer of UTF-16, up to its NUL. */
export function wideText(buffer: Buffer): string {
  const text = buffer.toString("utf16le");
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** The folder where the volume of `path` is mounted, with its final backslash: `C:\`, `\\server\share\`. */
export function mountPointOf(win32: Win32, path: string): string | null {
  const mountPoint = Buffer.alloc(PATH_CHARACTERS * 2);
  const found = win32.kernel32.GetVolumePathNameW(systemPath(path), mountPoint, PATH_CHARACTERS);
  return found === 0 ? null : plainPath(wideText(mountPoint));
}

export interface VolumeInformation {
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** FILE_* flags of GetVolumeInformationW. */
  readonly flags: number;
}

/** `root` ends with a backslash. */
export function volumeInformationAt(win32: Win32, root: string): VolumeInformation | null {
  const flags = Buffer.alloc(4);
  const fileSystem = Buffer.alloc(NAME_CHARACTERS * 2);
  const found = win32.kernel32.GetVolumeInformationW(root, null, 0, null, null, flags, fileSystem, NAME_CHARACTERS);
  return found === 0 ? null : { mountPoint: root, fileSystem: wideText(fileSystem), flags: flags.readUInt32LE() };
}

/** Null where the system does not say. */
export function volumeInformation(win32: Win32, path: string): VolumeInformation | null {
  const mountPoint = mountPointOf(win32, path);
  return mountPoint === null ? null : volumeInformationAt(win32, mountPoint);
}

/** Bytes per logical sector as the file system sees it; null where it does not say. */
export function fileSystemSectorBytes(win32: Win32, path: string): number | null {
  const mountPoint = mountPointOf(win32, path);
  const sector = Buffer.alloc(4);
  if (mountPoint === null) return null;
  // Clusters: of no interest, but the parameters are not optional.
  const [perCluster, free, total] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4)];
  const found = win32.kernel32.GetDiskFreeSpaceW(mountPoint, perCluster, sector, free, total);
  return found === 0 ? null : sector.readUInt32LE();
}
