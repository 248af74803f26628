// The path of a raw volume -> the place on its disk where it lies, for everyone but the one who has locked it.

import { DiskbenchError } from "../../shared/errors.ts";
import type { RoundFile } from "../platform.ts";
import type { Win32 } from "./kernel32.ts";
import { diskNumberOfPath, diskPath, isDevicePath, systemPath } from "./path.ts";
import { extentsOf, type VolumeExtent } from "./volume-extent.ts";
import { withDeviceAsAnyone } from "./volume-handle.ts";

export interface RawPlace {
  readonly path: string;
  /** Where on it the volume is; absent: it is the target itself. */
  readonly extent?: VolumeExtent;
}

/**
 * Where the I/O of `path` goes. A locked volume "can be accessed only through handles to the file object that locks the
 * volume" (FSCTL_LOCK_VOLUME), and one file object has one set of flags and one completion port: the workers need more.
 * Through the disk they may write to a volume that has been locked, whoever has locked it ("Blocking Direct Write
 * Operations to Volumes and Disks", Microsoft).
 */
export function rawPlace(win32: Win32, path: string): RawPlace {
  const device = systemPath(path);
  if (!isDevicePath(path) || diskNumberOfPath(device) !== null) return { path: device };
  const extents = withDeviceAsAnyone(win32, device, (handle) => extentsOf(win32, handle)) ?? [];
  const [first] = extents;
  // Without disks below it there is no other way in than its own.
  if (first === undefined) return { path: device };
  if (extents.length === 1) return { path: diskPath(first.diskNumber), extent: first };
  throw new DiskbenchError({
    code: "TARGET_UNUSABLE",
    what: `This volume is made of ${extents.length} pieces of disks, and cannot be used raw`,
    where: path,
    next: "Use a file on it as the target",
  });
}

/** What is added to every offset in `file`. Throws where the I/O would reach beyond the volume, into what lies behind it. */
export function startBytesFor({ extent, path, sizeBytes }: RoundFile): number {
  if (extent === undefined) return 0;
  if (sizeBytes <= extent.lengthBytes) return extent.startBytes;
  throw new DiskbenchError({
    code: "TARGET_CHANGED",
    what: `The volume has ${extent.lengthBytes} bytes and not the ${sizeBytes} that were to be used`,
    where: path,
    next: "Run again",
  });
}
