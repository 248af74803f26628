// Block devices -> the identity that a person must repeat before one of them is used raw.

import { serialOf, worldWideNameOf, type BlockDevice } from "./sysfs.ts";

export interface Confirmation {
  /** Null: nothing tells this device from another one for sure. */
  readonly identity: string | null;
  /** Why there is none. */
  readonly note: string | null;
}

const identityNumbersOf = (disk: BlockDevice): string[] =>
  [serialOf(disk), worldWideNameOf(disk)].filter((number) => number !== null);

/**
 * Serial number or world-wide name, whichever no other disk shares (NVMe namespaces share their controller's serial);
 * kernel name and size, `loop0:134217728`, for a disk without either whose size no other disk has.
 */
function ofDisk(disk: BlockDevice, disks: readonly BlockDevice[]): Confirmation {
  const others = disks.filter((other) => other.name !== disk.name && other.sizeBytes > 0);
  const numbers = identityNumbersOf(disk);
  const taken = new Set(others.flatMap(identityNumbersOf));
  const unique = numbers.find((number) => !taken.has(number));
  if (unique !== undefined) return { identity: unique, note: null };
  if (numbers.length > 0) return { identity: null, note: `another disk has the same serial number, ${numbers[0]}` };
  const twin = others.find((other) => other.sizeBytes === disk.sizeBytes);
  if (twin === undefined) return { identity: `${disk.name}:${disk.sizeBytes}`, note: null };
  return { identity: null, note: `it has no serial number, and ${twin.name} is of the same size` };
}

/** The identity of `device` among `devices`; a partition's is its disk's with `-part<number>` behind. */
export function confirmationOf(device: BlockDevice, devices: readonly BlockDevice[]): Confirmation {
  const disks = devices.filter((other) => other.disk === null);
  const disk = disks.find((other) => other.name === device.disk);
  if (disk === undefined) return ofDisk(device, disks);
  const { identity, note } = ofDisk(disk, disks);
  return { identity: identity === null ? null : `${identity}-part${device.partitionNumber}`, note };
}
