// Paths -> the volumes and block devices that they stand on, and the listing of all of them.

import { realpathSync, statfsSync } from "node:fs";
import { DiskbenchError } from "../../shared/errors.ts";
import type { DeviceListing, Place, Volumes } from "../platform.ts";
import { confirmationOf } from "./confirmation.ts";
import { hazardsOf, mountsOn, type DeviceUse } from "./hazards.ts";
import { mountOf, mountsOfAllNamespaces, ownMounts, readSwaps, type Mount } from "./mounts.ts";
import { blockDeviceNumber, statxOfPath } from "./statx.ts";
import { busOf, factsOf, listDirectory, readBlockDevices, type BlockDevice } from "./sysfs.ts";

/** Where the kernel shows itself; other places in tests. */
export interface KernelRoots {
  readonly sysRoot: string;
  readonly procRoot: string;
  readonly deviceNumberOf: (path: string) => string | null;
}

export const KERNEL: KernelRoots = { sysRoot: "/sys", procRoot: "/proc", deviceNumberOf: blockDeviceNumber };

function btrfsMembers(sysRoot: string): string[] {
  const root = `${sysRoot}/fs/btrfs`;
  return listDirectory(root).flatMap((fileSystem) => listDirectory(`${root}/${fileSystem}/devices`));
}

function readUse({ sysRoot, procRoot, deviceNumberOf }: KernelRoots): DeviceUse {
  const known = new Map<string, string | null>();
  return {
    devices: readBlockDevices(sysRoot),
    mounts: mountsOfAllNamespaces(procRoot),
    swaps: readSwaps(procRoot),
    btrfsMembers: btrfsMembers(sysRoot),
    deviceNumberOf(path) {
      let number = known.get(path);
      if (number === undefined) {
        number = deviceNumberOf(path);
        known.set(path, number);
      }
      return number;
    },
  };
}

const diskOf = (device: BlockDevice, devices: readonly BlockDevice[]): BlockDevice =>
  devices.find(({ name }) => name === device.disk) ?? device;

function spaceOf(path: string): { freeBytes: number; totalBytes: number } | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}

function listingOf(device: BlockDevice, use: DeviceUse, visible: readonly Mount[]): DeviceListing {
  const disk = diskOf(device, use.devices);
  const { identity, note } = confirmationOf(device, use.devices);
  const mounts = mountsOn(device, { mounts: visible, deviceNumberOf: use.deviceNumberOf });
  const mount = mounts[0];
  return {
    // sysfs writes the slash in names such as cciss/c0d0 as an exclamation mark.
    path: `/dev/${device.name.replaceAll("!", "/")}`,
    kind: device.disk === null ? "disk" : "partition",
    facts: factsOf(device, disk),
    bus: busOf(disk),
    fileSystem: mount?.fileSystem ?? null,
    mountPoints: mounts.map(({ mountPoint }) => mountPoint),
    freeBytes: mount === undefined ? null : (spaceOf(mount.mountPoint)?.freeBytes ?? null),
    readOnly: device.readOnly,
    confirmation: identity,
    confirmationNote: note,
    hazards: hazardsOf(device, use),
  };
}

/** The device below a mount: by its number, or where that is nobody's (btrfs) by what was mounted. */
function deviceBelow(mount: Mount, roots: KernelRoots, devices: readonly BlockDevice[]): BlockDevice | undefined {
  return (
    devices.find(({ number }) => number === mount.deviceNumber) ??
    (mount.source.startsWith("/")
      ? devices.find(({ number }) => number === roots.deviceNumberOf(mount.source))
      : undefined)
  );
}

/** The device that a file stands on, or that a device node leads to; null where there is none or it cannot be found. */
export function deviceUnder(path: string, roots: KernelRoots, devices: readonly BlockDevice[]): BlockDevice | null {
  try {
    const raw = roots.deviceNumberOf(path);
    if (raw !== null) return devices.find(({ number }) => number === raw) ?? null;
    const found = statxOfPath(path);
    if (found === null) return null;
    const mount = mountOf(ownMounts(roots.procRoot), realpathSync(path), found.mountId, found.fileSystemNumber);
    return mount === null ? null : (deviceBelow(mount, roots, devices) ?? null);
  } catch {
    return null;
  }
}

function placeOf(path: string, roots: KernelRoots): Place {
  const devices = readBlockDevices(roots.sysRoot);
  const raw = roots.deviceNumberOf(path);
  if (raw !== null) {
    const device = devices.find(({ number }) => number === raw);
    const facts = device === undefined ? null : factsOf(device, diskOf(device, devices));
    return { fileSystem: null, mountPoint: null, mountOptions: null, device: facts };
  }
  const found = statxOfPath(path);
  if (found === null) throw new DiskbenchError({ code: "TARGET_UNUSABLE", what: "It does not exist", where: path });
  const mount = mountOf(ownMounts(roots.procRoot), realpathSync(path), found.mountId, found.fileSystemNumber);
  if (mount === null) return { fileSystem: null, mountPoint: null, mountOptions: null, device: null };
  const device = deviceBelow(mount, roots, devices);
  return {
    fileSystem: mount.fileSystem,
    mountPoint: mount.mountPoint,
    mountOptions: mount.options,
    device: device === undefined ? null : factsOf(diskOf(device, devices), diskOf(device, devices)),
  };
}

/** Linux's part of `Platform.volumes`. */
export function createVolumes(roots: KernelRoots = KERNEL): Volumes {
  return {
    placeOf: (path) => placeOf(path, roots),
    freeSpace: spaceOf,
    listDevices() {
      const use = readUse(roots);
      const visible = ownMounts(roots.procRoot);
      return use.devices.filter(({ sizeBytes }) => sizeBytes > 0).map((device) => listingOf(device, use, visible));
    },
    deviceAt(path) {
      const wanted = roots.deviceNumberOf(path);
      if (wanted === null) return null;
      const use = readUse(roots);
      const device = use.devices.find(({ number }) => number === wanted);
      return device === undefined ? null : listingOf(device, use, ownMounts(roots.procRoot));
    },
  };
}
