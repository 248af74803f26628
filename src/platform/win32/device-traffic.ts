// A path -> what the volume and the disks under it have read and written so far (IOCTL_DISK_PERFORMANCE).

import { addTraffic, type DeviceTraffic, type TrafficCounts } from "../evidence.ts";
import { CONTROL } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import type { Win32 } from "./kernel32.ts";
import { diskNumberOfPath, diskPath, isDevicePath } from "./path.ts";
import { rawPlace } from "./raw-volume.ts";
import { volumeNameOf, withDeviceAsAnyone } from "./volume-handle.ts";
import { mountPointOf } from "./volume-information.ts";
import { diskNumbersOf } from "./volumes-list.ts";

/** DISK_PERFORMANCE (winioctl.h), 88 bytes: byte positions. Times are in units of 100 ns. */
export const DISK_PERFORMANCE = {
  bytes: 88,
  bytesRead: 0,
  bytesWritten: 8,
  readTime: 16,
  writeTime: 24,
  idleTime: 32,
  queryTime: 56,
} as const;

const TICKS_PER_SECOND = 1e7;

const seconds = (ticks: bigint): number => Number(ticks) / TICKS_PER_SECOND;

/** Null where nothing is counted: a driver without counters, or ones that were switched off (`diskperf -N`). */
function countsOf(win32: Win32, path: string): TrafficCounts | null {
  const at = DISK_PERFORMANCE;
  const data = withDeviceAsAnyone(
    win32,
    path,
    (handle) => deviceControl(win32, handle, CONTROL.DISK_PERFORMANCE, null, at.bytes).data,
  );
  if (data === null || data.length < at.bytes) return null;
  const ticks = (position: number): bigint => data.readBigInt64LE(position);
  return {
    readBytes: Number(ticks(at.bytesRead)),
    writtenBytes: Number(ticks(at.bytesWritten)),
    // Idle time is what is counted: the clock runs ahead of it whenever there is something to do. QueryTime is the
    // time of day, so that only the growth of this figure means something.
    busySeconds: seconds(ticks(at.queryTime) - ticks(at.idleTime)),
    // Each I/O's own time, added when it completes.
    queueSeconds: seconds(ticks(at.readTime) + ticks(at.writeTime)),
  };
}

/** A device to look at, and what to call it. */
interface Device {
  readonly path: string;
  readonly name: string;
}

const diskOf = (number: number): Device => ({ path: diskPath(number), name: `PhysicalDrive${number}` });

/** The volume that holds `path`; null for disks and network shares. */
function volumeOf(win32: Win32, path: string): Device | null {
  if (isDevicePath(path)) {
    // I/O on a raw volume goes to the disk, past what counts for the volume.
    const device = rawPlace(win32, path).path;
    return diskNumberOfPath(device) === null ? { path: device, name: device.replace(/^\\\\[.?]\\/, "") } : null;
  }
  const name = volumeNameOf(win32, path);
  const mountPoint = mountPointOf(win32, path);
  return name === null || mountPoint === null ? null : { path: name, name: mountPoint.replace(/\\$/, "") };
}

function disksOf(win32: Win32, path: string, volume: Device | null): Device[] {
  const number = isDevicePath(path) ? diskNumberOfPath(rawPlace(win32, path).path) : null;
  if (number !== null) return [diskOf(number)];
  if (volume === null) return [];
  const numbers = withDeviceAsAnyone(win32, volume.path, (handle) => diskNumbersOf(win32, handle)) ?? [];
  return numbers.map(diskOf);
}

/** The volume first, then what lies below it: its disk, or several. A whole disk is its own. */
export function deviceTraffic(win32: Win32, path: string): readonly DeviceTraffic[] {
  const volume = volumeOf(win32, path);
  const volumeCounts = volume === null ? null : countsOf(win32, volume.path);
  const disks = disksOf(win32, path, volume);
  const counted = disks.map((disk) => countsOf(win32, disk.path)).filter((counts) => counts !== null);
  const name = disks.map((disk) => disk.name).join(" + ");
  const below = counted.length === 0 || counted.length < disks.length ? null : { name, ...addTraffic(counted) };
  if (volume === null || volumeCounts === null) {
    return below === null || disks.length > 1 ? [] : [{ role: "own", ...below }];
  }
  const own: DeviceTraffic = { role: "own", name: volume.name, ...volumeCounts };
  return below === null ? [own] : [own, { role: disks.length > 1 ? "below" : "disk", ...below }];
}
