// A mount or a block device -> why what is kept there is in memory; null where nothing says so.

import { listDirectory } from "./kernel-text.ts";
import { readAttribute, type BlockDevice } from "./sysfs.ts";
import type { LoopBacking } from "./loop-backing.ts";
import type { Mount } from "./mounts.ts";

/** What the way down from a target to its medium is looked up in. */
export interface Layers {
  readonly devices: readonly BlockDevice[];
  readonly backingOf: (device: BlockDevice) => LoopBacking | null;
  /** The mount of a file system by its number, whoever sees it. */
  readonly mountOfNumber: (fileSystemNumber: string) => Mount | null;
  readonly mountOfPath: (path: string) => Mount | null;
  readonly deviceBelow: (mount: Mount) => BlockDevice | null;
}

/** A system that booted from its initial file system has it as `rootfs`, which is tmpfs or ramfs. */
const MEMORY_FILE_SYSTEMS: readonly string[] = ["tmpfs", "ramfs", "devtmpfs", "rootfs", "hugetlbfs"];
/** zram, brd, null_blk. */
const MEMORY_DEVICES = /^(zram|ram|nullb)\d+$/;
/** Stacks of devices are a few layers high; a loop of links ends here. */
const MAXIMUM_DEPTH = 8;

function over(name: string, below: string | null): string | null {
  return below === null ? null : `${name} over ${below}`;
}

/** What md, dm and bcache are made of. One member on a disk suffices for the disk to set the pace. */
function basisOfMembers(device: BlockDevice, layers: Layers, depth: number): string | null {
  const names = listDirectory(`${device.directory}/slaves`);
  const members = layers.devices.filter(({ name }) => names.includes(name));
  const bases = members.map((member) => memoryBasisOfDevice(member, layers, depth + 1));
  if (bases.length < names.length || bases.includes(null)) return null;
  return over(device.name, bases[0] ?? null);
}

function basisOfLoop(device: BlockDevice, layers: Layers, depth: number): string | null {
  const backing = layers.backingOf(device);
  if (backing === null) return null;
  if (backing.deviceNumber !== null) {
    const below = layers.devices.find(({ number }) => number === backing.deviceNumber);
    return over(device.name, below === undefined ? null : memoryBasisOfDevice(below, layers, depth + 1));
  }
  const mount = layers.mountOfNumber(backing.fileSystemNumber);
  if (mount !== null) return over(device.name, memoryBasisOfMount(mount, layers, depth + 1));
  // Nobody who can be seen has it mounted; the device has its number all the same.
  const below = layers.devices.find(({ number }) => number === backing.fileSystemNumber);
  return over(device.name, below === undefined ? null : memoryBasisOfDevice(below, layers, depth + 1));
}

/** e.g. `zram0`, `loop3 over tmpfs`, `dm-0 over loop3 over tmpfs`. */
export function memoryBasisOfDevice(device: BlockDevice, layers: Layers, depth = 0): string | null {
  if (depth > MAXIMUM_DEPTH) return null;
  const disk = layers.devices.find(({ name }) => name === device.disk) ?? device;
  if (MEMORY_DEVICES.test(disk.name)) return disk.name;
  if (readAttribute(disk.directory, "device/model") === "scsi_debug") return `${disk.name} (scsi_debug)`;
  return basisOfMembers(disk, layers, depth) ?? basisOfLoop(disk, layers, depth);
}

/** The same for what is kept in a file system, e.g. `tmpfs`, `zram0`, `overlay over tmpfs`. */
export function memoryBasisOfMount(mount: Mount, layers: Layers, depth = 0): string | null {
  const { fileSystem, options } = mount;
  if (depth > MAXIMUM_DEPTH) return null;
  if (MEMORY_FILE_SYSTEMS.includes(fileSystem)) return fileSystem;
  // All that is written there is written to the upper directory.
  const upper = fileSystem === "overlay" ? /(?:^|,)upperdir=([^,]+)/.exec(options)?.[1] : undefined;
  const below = upper === undefined ? null : layers.mountOfPath(upper);
  if (below !== null) return over(fileSystem, memoryBasisOfMount(below, layers, depth + 1));
  const device = layers.deviceBelow(mount);
  return device === null ? null : memoryBasisOfDevice(device, layers, depth + 1);
}
