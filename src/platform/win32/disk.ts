// A device path -> all that its driver tells about the disk or volume.

import type { DeviceFacts } from "../platform.ts";
import { CONTROL, ERROR } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import { capacityBytes } from "./file-status.ts";
import type { Win32 } from "./kernel32.ts";
import { diskPath } from "./path.ts";
import { BUS_STORAGE_SPACES, deviceNames, isRotational, sectorSizes, writeCache } from "./storage-property.ts";
import { withDevice } from "./volume-handle.ts";

/** `\\.\PhysicalDriveN` beyond this number are not looked for. */
const DISK_NUMBERS = 64;
const LAYOUT_BYTES = 65536;
/** DRIVE_LAYOUT_INFORMATION_EX and its PARTITION_INFORMATION_EXs: byte positions. */
const LAYOUT = { count: 4, first: 48, entryBytes: 144, style: 0, type: 32 } as const;
const STYLE_MBR = 0;

/** Partitions that say that the disk is a part of something larger. */
const POOL_GUIDS: Readonly<Record<string, string>> = {
  "e75caf8f-f680-4cee-afa3-b001e56efc2d": "Storage Spaces pool",
  "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3": "set of dynamic disks",
  "af9b60a0-1431-4f62-bc68-3311714a69ad": "set of dynamic disks",
};
const POOL_MBR_TYPES: Readonly<Record<number, string>> = { 0x42: "set of dynamic disks", 0xe7: "Storage Spaces pool" };

export interface Disk {
  readonly path: string;
  readonly facts: DeviceFacts;
  readonly bus: string | null;
  readonly readOnly: boolean;
  /** What it is a member of, e.g. `Storage Spaces pool`. */
  readonly memberOf: string | null;
}

/** The usual text of a GUID: the first three fields are little-endian. */
function guidText(bytes: Buffer): string {
  const hex = (start: number, end: number): string => bytes.subarray(start, end).toString("hex");
  const reversed = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end).toReversed()).toString("hex");
  return [reversed(0, 4), reversed(4, 6), reversed(6, 8), hex(8, 10), hex(10, 16)].join("-");
}

function membership(win32: Win32, handle: number): string | null {
  const { data } = deviceControl(win32, handle, CONTROL.DISK_GET_DRIVE_LAYOUT_EX, null, LAYOUT_BYTES);
  const count = data.length < LAYOUT.first ? 0 : data.readUInt32LE(LAYOUT.count);
  for (let index = 0; index < count; index += 1) {
    const entry = data.subarray(LAYOUT.first + index * LAYOUT.entryBytes);
    if (entry.length < LAYOUT.entryBytes) break;
    const found =
      entry.readUInt32LE(LAYOUT.style) === STYLE_MBR
        ? POOL_MBR_TYPES[entry.readUInt8(LAYOUT.type)]
        : POOL_GUIDS[guidText(entry.subarray(LAYOUT.type, LAYOUT.type + 16))];
    if (found !== undefined) return found;
  }
  return null;
}

function describe(win32: Win32, path: string, handle: number): Disk {
  const names = deviceNames(win32, handle);
  const sectors = sectorSizes(win32, handle);
  const writable = deviceControl(win32, handle, CONTROL.DISK_IS_WRITABLE, null, 0);
  return {
    path,
    facts: {
      name: path.replace(/^\\\\[.?]\\/, ""),
      model: names?.model ?? null,
      serial: names?.serial ?? null,
      firmware: names?.firmware ?? null,
      sizeBytes: capacityBytes(win32, handle),
      logicalSectorBytes: sectors?.logicalBytes ?? null,
      physicalSectorBytes: sectors?.physicalBytes ?? null,
      rotational: isRotational(win32, handle),
      writeCache: writeCache(win32, handle),
      polls: null,
    },
    bus: names?.bus ?? null,
    readOnly: writable.code === ERROR.WRITE_PROTECT,
    memberOf: names?.busCode === BUS_STORAGE_SPACES ? "Storage Spaces pool" : membership(win32, handle),
  };
}

/** Null when there is no such device. */
export function describeDevice(win32: Win32, path: string): Disk | null {
  return withDevice(win32, path, (handle) => describe(win32, path, handle));
}

export function listDisks(win32: Win32): Disk[] {
  const numbers = Array.from({ length: DISK_NUMBERS }, (_, number) => number);
  return numbers.map((number) => describeDevice(win32, diskPath(number))).filter((disk) => disk !== null);
}
