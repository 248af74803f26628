// Paths -> the volumes and disks that they stand on, and the listing of all of them.

import type { DeviceListing, Place, Volumes } from "../platform.ts";
import { describeDevice, listDisks, type Disk } from "./disk.ts";
import type { Win32 } from "./kernel32.ts";
import { diskNumberOfPath, diskPath, isDevicePath, systemPath } from "./path.ts";
import { systemPlaces, type SystemPlace } from "./system-disks.ts";
import { withDevice, withVolumeOf } from "./volume-handle.ts";
import { mountPointOf, volumeInformationAt } from "./volume-information.ts";
import { diskNumbersOf, listVolumes, type Volume } from "./volumes-list.ts";

/** FILE_* flags of GetVolumeInformationW that bear on measuring. */
const VOLUME_FLAGS: readonly (readonly [number, string])[] = [
  [0x00008000, "compressed"],
  [0x00080000, "read-only"],
  [0x20000000, "dax"],
];

interface Confirmation {
  readonly confirmation: string | null;
  readonly confirmationNote: string | null;
}

/** Serial number that no other disk has; name and size, `PhysicalDrive1:8589934592`, where there is neither. */
function confirmationOf(disk: Disk, disks: readonly Disk[]): Confirmation {
  const { name, serial, sizeBytes } = disk.facts;
  const others = disks.filter((other) => other.path !== disk.path);
  if (serial !== null) {
    if (others.every((other) => other.facts.serial !== serial)) return { confirmation: serial, confirmationNote: null };
    return { confirmation: null, confirmationNote: `another disk has the same serial number, ${serial}` };
  }
  const twin = others.find((other) => other.facts.sizeBytes === sizeBytes);
  if (twin === undefined) return { confirmation: `${name}:${sizeBytes}`, confirmationNote: null };
  return {
    confirmation: null,
    confirmationNote: `it has no serial number, and ${twin.facts.name} is of the same size`,
  };
}

function freeSpace(win32: Win32, path: string): { freeBytes: number; totalBytes: number } | null {
  const [free, total, all] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)];
  const root = mountPointOf(win32, path);
  if (root === null || win32.kernel32.GetDiskFreeSpaceExW(root, free, total, all) === 0) return null;
  return { freeBytes: Number(free.readBigUInt64LE()), totalBytes: Number(total.readBigUInt64LE()) };
}

function diskListing(win32: Win32, disk: Disk, disks: readonly Disk[], places: readonly SystemPlace[]): DeviceListing {
  const number = diskNumberOfPath(disk.path) ?? -1;
  const volumes = listVolumes(win32).filter(({ diskNumbers }) => diskNumbers.includes(number));
  const needed = places.filter(({ diskNumbers }) => diskNumbers.includes(number)).map(({ what }) => what);
  const hazards = [...new Set(needed)].map((what) => `${disk.facts.name} ${what}`);
  // Volumes of some drivers do not say where they lie: then it may be any disk.
  if (places.length > 0 && places.every(({ diskNumbers }) => diskNumbers.length === 0)) {
    hazards.push(`${disk.facts.name} may hold Windows: the system does not tell which disk does`);
  }
  if (disk.memberOf !== null) hazards.push(`${disk.facts.name} belongs to a ${disk.memberOf}`);
  return {
    path: disk.path,
    kind: "disk",
    facts: disk.facts,
    bus: disk.bus,
    fileSystem: null,
    mountPoints: volumes.flatMap(({ mountPoints }) => mountPoints),
    freeBytes: null,
    readOnly: disk.readOnly,
    ...confirmationOf(disk, disks),
    hazards,
  };
}

/** `\\.\X:` where it has a letter, else its GUID name. */
function volumePath({ name, mountPoints }: Volume): string {
  const letter = mountPoints.find((mountPoint) => /^[a-z]:\\$/i.test(mountPoint));
  return letter === undefined ? name : `\\\\.\\${letter.slice(0, 2)}`;
}

function volumeListing(win32: Win32, volume: Volume, places: readonly SystemPlace[]): DeviceListing | null {
  const path = volumePath(volume);
  const device = describeDevice(win32, volume.name);
  if (device === null || device.facts.sizeBytes === null) return null;
  const information = volumeInformationAt(win32, `${volume.name}\\`);
  const [root] = volume.mountPoints;
  const needed = places.filter((place) => place.volume === volume.name).map(({ what }) => `${path} ${what}`);
  return {
    path,
    kind: "volume",
    facts: { ...device.facts, name: path.replace(/^\\\\[.?]\\/, "") },
    bus: device.bus,
    fileSystem: information?.fileSystem ?? null,
    mountPoints: volume.mountPoints,
    freeBytes: root === undefined ? null : (freeSpace(win32, root)?.freeBytes ?? null),
    readOnly: device.readOnly,
    // The GUID is the volume's own and stays with it, whatever its letter.
    confirmation: volume.name.replace(/^.*\{|\}.*$/g, ""),
    confirmationNote: null,
    hazards: [...new Set(needed)],
  };
}

function listDevices(win32: Win32): DeviceListing[] {
  const places = systemPlaces(win32);
  const disks = listDisks(win32).filter(({ facts }) => (facts.sizeBytes ?? 0) > 0);
  const volumes = listVolumes(win32).map((volume) => volumeListing(win32, volume, places));
  return [
    ...disks.map((disk) => diskListing(win32, disk, disks, places)),
    ...volumes.filter((listing) => listing !== null),
  ];
}

/** The facts of the first disk below the volume of `path`; of the device itself when `path` is one. */
function deviceBelow(win32: Win32, path: string): Disk | null {
  if (isDevicePath(path)) return describeDevice(win32, systemPath(path));
  const [first] = withVolumeOf(win32, path, (handle) => diskNumbersOf(win32, handle)) ?? [];
  return first === undefined ? null : describeDevice(win32, diskPath(first));
}

function placeOf(win32: Win32, path: string): Place {
  const device = deviceBelow(win32, path)?.facts ?? null;
  const mountPoint = isDevicePath(path) ? null : mountPointOf(win32, path);
  const information = mountPoint === null ? null : volumeInformationAt(win32, mountPoint);
  const options = VOLUME_FLAGS.filter(([bit]) => ((information?.flags ?? 0) & bit) !== 0).map(([, name]) => name);
  return {
    fileSystem: information?.fileSystem ?? null,
    mountPoint,
    mountOptions: options.length === 0 ? null : options.join(","),
    device,
    // Each RAM disk has a driver of its own, and none says what it is.
    memoryBasis: null,
  };
}

function deviceAt(win32: Win32, path: string): DeviceListing | null {
  if (!isDevicePath(path)) return null;
  const wanted = systemPath(path).toLowerCase();
  const known = listDevices(win32).find((listing) => listing.path.toLowerCase() === wanted);
  if (known !== undefined) return known;
  // The same volume under its GUID name, or under a second letter.
  const numbers = withDevice(win32, systemPath(path), (handle) => diskNumbersOf(win32, handle));
  const volume = listVolumes(win32).find(
    ({ name, mountPoints }) =>
      name.toLowerCase() === wanted ||
      mountPoints.some((mountPoint) => `\\\\.\\${mountPoint.slice(0, 2)}`.toLowerCase() === wanted),
  );
  return numbers === null || volume === undefined ? null : volumeListing(win32, volume, systemPlaces(win32));
}

export function createVolumes(win32: Win32): Volumes {
  return {
    placeOf: (path) => placeOf(win32, path),
    freeSpace: (path) => freeSpace(win32, path),
    listDevices: () => listDevices(win32),
    deviceAt: (path) => deviceAt(win32, path),
    // What the system itself works on, paging files and attached images, it keeps open and shares with nobody.
    fileHazards: () => [],
    usersOf: () => [],
  };
}
