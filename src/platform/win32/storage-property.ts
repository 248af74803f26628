// An open disk or volume -> what its driver tells about it (IOCTL_STORAGE_QUERY_PROPERTY).

import { CONTROL, STORAGE_PROPERTY } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import type { Win32 } from "./kernel32.ts";

const ANSWER_BYTES = 1024;

/** One property, complete; null where the driver does not know it or tells less than `minimumBytes` of it. */
function storageProperty(win32: Win32, handle: number, property: number, minimumBytes: number): Buffer | null {
  // STORAGE_PROPERTY_QUERY: property, PropertyStandardQuery = 0, no parameters.
  const query = Buffer.alloc(12);
  query.writeUInt32LE(property);
  const { code, data } = deviceControl(win32, handle, CONTROL.STORAGE_QUERY_PROPERTY, query, ANSWER_BYTES);
  return code !== 0 || data.length < minimumBytes ? null : data;
}

export interface SectorSizes {
  readonly logicalBytes: number;
  readonly physicalBytes: number;
}

export function sectorSizes(win32: Win32, handle: number): SectorSizes | null {
  const answer = storageProperty(win32, handle, STORAGE_PROPERTY.ACCESS_ALIGNMENT, 24);
  return answer === null ? null : { logicalBytes: answer.readUInt32LE(16), physicalBytes: answer.readUInt32LE(20) };
}

export interface DeviceNames {
  readonly model: string | null;
  readonly serial: string | null;
  readonly firmware: string | null;
  readonly bus: string;
  readonly busCode: number;
}

/** STORAGE_BUS_TYPE, in its order. */
const BUSES = [
  "unknown", "SCSI", "ATAPI", "ATA", "1394", "SSA", "Fibre Channel", "USB", "RAID", "iSCSI", "SAS", "SATA", "SD", "MMC",
  "virtual", "file-backed virtual", "Storage Spaces", "NVMe", "SCM", "UFS", "NVMe-oF",
] as const; // prettier-ignore
/** A virtual disk that Storage Spaces make out of a pool. */
export const BUS_STORAGE_SPACES = 16;

/** STORAGE_DEVICE_DESCRIPTOR: its strings are given as positions in the answer, 0 or -1 meaning none. */
export function deviceNames(win32: Win32, handle: number): DeviceNames | null {
  const answer = storageProperty(win32, handle, STORAGE_PROPERTY.DEVICE, 36);
  if (answer === null) return null;
  const text = (positionAt: number): string | null => {
    const position = answer.readUInt32LE(positionAt);
    if (position === 0 || position >= answer.length) return null;
    const end = answer.indexOf(0, position);
    const found = answer.toString("latin1", position, end < 0 ? answer.length : end).trim();
    return found === "" ? null : found;
  };
  const model = [text(12), text(16)].filter((part) => part !== null).join(" ");
  const busCode = answer.readUInt32LE(28);
  return {
    model: model === "" ? null : model,
    serial: text(24),
    firmware: text(20),
    bus: BUSES[busCode] ?? `bus type ${busCode}`,
    busCode,
  };
}

/** DEVICE_SEEK_PENALTY_DESCRIPTOR: true for what has heads to move. */
export function isRotational(win32: Win32, handle: number): boolean | null {
  const answer = storageProperty(win32, handle, STORAGE_PROPERTY.SEEK_PENALTY, 9);
  return answer === null ? null : answer.readUInt8(8) !== 0;
}

const WRITE_CACHE_ENABLED = 2;
const WRITE_CACHE_DISABLED = 1;
const WRITE_CACHE_TYPES: Readonly<Record<number, string>> = { 1: "none", 2: "write back", 3: "write through" };

/** STORAGE_WRITE_CACHE_PROPERTY: Version, Size, WriteCacheType, WriteCacheEnabled, ... */
export function writeCache(win32: Win32, handle: number): string | null {
  const answer = storageProperty(win32, handle, STORAGE_PROPERTY.WRITE_CACHE, 28);
  if (answer === null) return null;
  const enabled = answer.readUInt32LE(12);
  const type = WRITE_CACHE_TYPES[answer.readUInt32LE(8)];
  if (enabled === WRITE_CACHE_DISABLED) return "off";
  return enabled === WRITE_CACHE_ENABLED ? (type ?? "on") : (type ?? null);
}
