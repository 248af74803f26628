// Paths -> the volumes and block devices that they stand on, and the listing of all of them.

import { realpathSync, statfsSync } from "node:fs";
import { DiskbenchError } from "../../shared/errors.ts";
import type { DeviceListing, Place, Volumes } from "../platform.ts";
import { confirmationOf } from "./confirmation.ts";
import { fileHazardsOf, hazardsOf, mountsOn, type DeviceUse, type FilePlace } from "./hazards.ts";
import { loopBackingOf, type LoopBacking } from "./loop-backing.ts";
import { memoryBasisOfDevice, memoryBasisOfMount, type Layers } from "./memory-basis.ts";
import { mountOf, mountsOfAllNamespaces, ownMounts, readSwaps, type Mount } from "./mounts.ts";
import { usersOf } from "./open-files.ts";
import { blockDeviceNumber, statxOfDescriptor, statxOfPath } from "./statx.ts";
import { listDirectory } from "./kernel-text.ts";
import { busOf, factsOf, readBlockDevices, type BlockDevice } from "./sysfs.ts";

/** Where the kernel shows itself; other places in tests. */
export interface KernelRoots {
  readonly sysRoot: string;
  readonly procRoot: string;
  readonly deviceNumberOf: (path: string) => string | null;
  readonly backingOf: (device: BlockDevice) => LoopBacking | null;
}

export const KERNEL: KernelRoots = {
  sysRoot: "/sys",
  procRoot: "/proc",
  deviceNumberOf: blockDeviceNumber,
  backingOf: loopBackingOf,
};

function btrfsMembers(sysRoot: string): string[] {
  const root = `${sysRoot}/fs/btrfs`;
  return listDirectory(root).flatMap((fileSystem) => listDirectory(`${root}/${fileSystem}/devices`));
}

/** A bcache device itself has a link of that name too. */
function bcacheMembers(devices: readonly BlockDevice[]): string[] {
  return devices
    .filter(({ name, directory }) => !name.startsWith("bcache") && listDirectory(`${directory}/bcache`).length > 0)
    .map(({ name }) => name);
}

/** `ask`, asked once for each question. */
function remembering<Question, Answer>(ask: (question: Question) => Answer): (question: Question) => Answer {
  const known = new Map<Question, { readonly answer: Answer }>();
  return (question) => {
    const found = known.get(question) ?? { answer: ask(question) };
    known.set(question, found);
    return found.answer;
  };
}

function readUse({ sysRoot, procRoot, deviceNumberOf, backingOf }: KernelRoots): DeviceUse {
  const devices = readBlockDevices(sysRoot);
  return {
    devices,
    mounts: mountsOfAllNamespaces(procRoot),
    swaps: readSwaps(procRoot),
    btrfsMembers: btrfsMembers(sysRoot),
    bcacheMembers: bcacheMembers(devices),
    deviceNumberOf: remembering(deviceNumberOf),
    backingOf: remembering(backingOf),
  };
}

function filePlaces(paths: readonly string[]): FilePlace[] {
  return paths.flatMap((path) => {
    try {
      return statxOfPath(path) ?? [];
    } catch {
      // A path of another namespace, or nobody may look there.
      return [];
    }
  });
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

/** The mount that a file lies on; null where there is no such file, or its mount is not told. */
function mountUnder(path: string, { procRoot }: KernelRoots): Mount | null {
  const found = statxOfPath(path);
  if (found === null) return null;
  return mountOf(ownMounts(procRoot), realpathSync(path), found.mountId, found.fileSystemNumber);
}

/** The device that a file stands on, or that a device node leads to; null where there is none or it cannot be found. */
export function deviceUnder(path: string, roots: KernelRoots, devices: readonly BlockDevice[]): BlockDevice | null {
  try {
    const raw = roots.deviceNumberOf(path);
    if (raw !== null) return devices.find(({ number }) => number === raw) ?? null;
    const mount = mountUnder(path, roots);
    return mount === null ? null : (deviceBelow(mount, roots, devices) ?? null);
  } catch {
    return null;
  }
}

function layersOf(roots: KernelRoots, devices: readonly BlockDevice[]): Layers {
  return {
    devices,
    backingOf: roots.backingOf,
    mountOfNumber: (wanted) =>
      mountsOfAllNamespaces(roots.procRoot).find(({ deviceNumber }) => deviceNumber === wanted) ?? null,
    mountOfPath(path) {
      try {
        return mountUnder(path, roots);
      } catch {
        // A path of another namespace.
        return null;
      }
    },
    deviceBelow: (mount) => deviceBelow(mount, roots, devices) ?? null,
  };
}

const UNKNOWN_PLACE: Place = {
  fileSystem: null,
  mountPoint: null,
  mountOptions: null,
  device: null,
  memoryBasis: null,
};

function placeOf(path: string, roots: KernelRoots): Place {
  const devices = readBlockDevices(roots.sysRoot);
  const raw = roots.deviceNumberOf(path);
  if (raw !== null) {
    const device = devices.find(({ number }) => number === raw);
    return {
      ...UNKNOWN_PLACE,
      device: device === undefined ? null : factsOf(device, diskOf(device, devices)),
      memoryBasis: device === undefined ? null : memoryBasisOfDevice(device, layersOf(roots, devices)),
    };
  }
  const found = statxOfPath(path);
  if (found === null) throw new DiskbenchError({ code: "TARGET_UNUSABLE", what: "It does not exist", where: path });
  const mount = mountOf(ownMounts(roots.procRoot), realpathSync(path), found.mountId, found.fileSystemNumber);
  if (mount === null) return UNKNOWN_PLACE;
  const device = deviceBelow(mount, roots, devices);
  return {
    fileSystem: mount.fileSystem,
    mountPoint: mount.mountPoint,
    mountOptions: mount.options,
    device: device === undefined ? null : factsOf(diskOf(device, devices), diskOf(device, devices)),
    memoryBasis: memoryBasisOfMount(mount, layersOf(roots, devices)),
  };
}

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
    fileHazards(asked) {
      const [file] = typeof asked === "string" ? filePlaces([asked]) : [statxOfDescriptor(asked.handle, asked.path)];
      if (file === undefined) return [];
      const use = readUse(roots);
      return fileHazardsOf(file, use, filePlaces(use.swaps));
    },
    usersOf: (path) => usersOf(path, roots.procRoot),
  };
}
