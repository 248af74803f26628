// Block devices, mounts and swap areas -> why a device must not be written to as a whole now.

import type { LoopBacking } from "./loop-backing.ts";
import type { Mount } from "./mounts.ts";
import type { BlockDevice } from "./sysfs.ts";

/** Everything that decides about hazards, read once. Device numbers are `major:minor`. */
export interface DeviceUse {
  readonly devices: readonly BlockDevice[];
  /** Of all mount namespaces. */
  readonly mounts: readonly Mount[];
  readonly swaps: readonly string[];
  /** Names of the devices that belong to mounted btrfs file systems: mountinfo names one of several at most. */
  readonly btrfsMembers: readonly string[];
  /** Names of the devices that bcache has registered: caches have no holders. */
  readonly bcacheMembers: readonly string[];
  /** Number of the block device that a path leads to; null when it leads to none. */
  readonly deviceNumberOf: (path: string) => string | null;
  /** What lies below a loop device; null for all others. */
  readonly backingOf: (device: BlockDevice) => LoopBacking | null;
}

/** A regular file: where its file system is, and which of its files it is. */
export type FilePlace = Pick<LoopBacking, "fileSystemNumber" | "inode">;

const MOUNT_POINTS_NAMED = 3;

export function mountsOn(device: BlockDevice, use: Pick<DeviceUse, "mounts" | "deviceNumberOf">): Mount[] {
  // File systems over several devices have numbers of their own: there the source tells.
  return use.mounts.filter((mount) =>
    mount.deviceNumber.startsWith("0:")
      ? mount.source.startsWith("/") && use.deviceNumberOf(mount.source) === device.number
      : mount.deviceNumber === device.number,
  );
}

function loopsOn(device: BlockDevice, use: DeviceUse): BlockDevice[] {
  return use.devices.filter((loop) => use.backingOf(loop)?.deviceNumber === device.number);
}

const partitionsOf = (device: BlockDevice, use: DeviceUse): BlockDevice[] =>
  use.devices.filter(({ disk }) => disk === device.name);

const holdersOf = (device: BlockDevice, use: DeviceUse): BlockDevice[] =>
  use.devices.filter(({ name }) => device.holders.includes(name));

/** `device` and all that is made of it: partitions, holders, loop devices, and what is made of those. */
function madeOf(device: BlockDevice, use: DeviceUse): Set<BlockDevice> {
  const found = new Set([device]);
  // A set that grows while it is walked through is walked to its end.
  for (const next of found) {
    for (const made of [...partitionsOf(next, use), ...holdersOf(next, use), ...loopsOn(next, use)]) found.add(made);
  }
  return found;
}

function mountedText(device: BlockDevice, use: DeviceUse): string[] {
  const places = new Set(mountsOn(device, use).map(({ mountPoint, fileSystem }) => `${mountPoint} (${fileSystem})`));
  if (places.size === 0) return [];
  const named = [...places].slice(0, MOUNT_POINTS_NAMED).join(", ");
  const others = places.size - MOUNT_POINTS_NAMED;
  return [`${device.name} is mounted at ${named}${others > 0 ? ` and ${others} other places` : ""}`];
}

/** How a device itself, not what is made of it, is in use. */
function usesOf(device: BlockDevice, use: DeviceUse): string[] {
  return [
    ...mountedText(device, use),
    ...(use.swaps.some((path) => use.deviceNumberOf(path) === device.number) ? [`${device.name} is swap space`] : []),
    ...(use.btrfsMembers.includes(device.name) ? [`${device.name} belongs to a mounted btrfs file system`] : []),
    ...(use.bcacheMembers.includes(device.name) ? [`${device.name} belongs to bcache`] : []),
    ...device.holders.map((holder) => `${device.name} is held by ${holder} (RAID, volume group or encryption)`),
    ...loopsOn(device, use).map((loop) => `${device.name} backs ${loop.name}`),
  ];
}

/**
 * Sentences without full stop, each a reason to refuse `device` as a raw target; none: nothing speaks against it.
 * For a partition the use of its disk as a whole counts as well, that of its neighbours does not.
 */
export function hazardsOf(device: BlockDevice, use: DeviceUse): string[] {
  const disk = use.devices.find(({ name }) => name === device.disk);
  const concerned = [...(disk === undefined ? [] : [disk]), ...madeOf(device, use)];
  return concerned.flatMap((one) => usesOf(one, use));
}

/** The same for a regular file: an image in use as a disk, or an area that is swapped to. `swapFiles` are files only. */
export function fileHazardsOf(file: FilePlace, use: DeviceUse, swapFiles: readonly FilePlace[]): string[] {
  const isIt = (other: FilePlace | null): boolean =>
    other?.inode === file.inode && other.fileSystemNumber === file.fileSystemNumber;
  const loops = use.devices.filter((loop) => {
    const backing = use.backingOf(loop);
    return backing?.deviceNumber === null && isIt(backing);
  });
  return [
    ...(swapFiles.some(isIt) ? ["it is swap space"] : []),
    ...loops.flatMap((loop) => [`it backs ${loop.name}`, ...[...madeOf(loop, use)].flatMap((one) => usesOf(one, use))]),
  ];
}
