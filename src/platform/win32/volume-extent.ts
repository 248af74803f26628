// An open volume -> the pieces of disks that it is made of (IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS).

import { CONTROL } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import type { Win32 } from "./kernel32.ts";

/** VOLUME_DISK_EXTENTS: a count, then DISK_EXTENTs of disk number, start and length (winioctl.h): byte positions. */
const EXTENTS = { bytes: 4096, first: 8, entryBytes: 24, start: 8, length: 16 } as const;

export interface VolumeExtent {
  readonly diskNumber: number;
  readonly startBytes: number;
  readonly lengthBytes: number;
}

/** None for volumes without disks (RAM disks, CDs, Wine's), and for what is no volume. */
export function extentsOf(win32: Win32, handle: number): VolumeExtent[] {
  const { data } = deviceControl(win32, handle, CONTROL.VOLUME_GET_VOLUME_DISK_EXTENTS, null, EXTENTS.bytes);
  const count = data.length < EXTENTS.first ? 0 : data.readUInt32LE();
  return Array.from({ length: count }, (_, index) => {
    const entry = EXTENTS.first + index * EXTENTS.entryBytes;
    return {
      diskNumber: data.readUInt32LE(entry),
      startBytes: Number(data.readBigInt64LE(entry + EXTENTS.start)),
      lengthBytes: Number(data.readBigInt64LE(entry + EXTENTS.length)),
    };
  });
}
