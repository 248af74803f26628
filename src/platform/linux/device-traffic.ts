// /proc/diskstats -> what the devices under a file have read and written, down to what a loop device or an array stands on.

import { readFileSync } from "node:fs";
import { addTraffic, type DeviceTraffic, type TrafficCounts } from "../evidence.ts";
import { listDirectory } from "./kernel-text.ts";
import type { BlockDevice } from "./sysfs.ts";

/** diskstats counts in units of 512 bytes, whatever the device's sector is (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;
/** Stacks of devices are a few layers high; a loop of links ends here. */
const MAXIMUM_DEPTH = 8;

/** Counters of every device in a diskstats text, by kernel name. */
function parseDiskstats(text: string): ReadonlyMap<string, TrafficCounts> {
  const counts = new Map<string, TrafficCounts>();
  for (const line of text.split("\n")) {
    const [, , name, ...fields] = line.trim().split(/\s+/);
    if (name === undefined || fields.length < 11) continue;
    const [, , sectorsRead = 0, , , , sectorsWritten = 0, , , busyMs = 0, queueMs = 0] = fields.map(Number);
    counts.set(name, {
      readBytes: sectorsRead * SECTOR_BYTES,
      writtenBytes: sectorsWritten * SECTOR_BYTES,
      busySeconds: busyMs / 1000,
      queueSeconds: queueMs / 1000,
    });
  }
  return counts;
}

/** Finds the device that holds a file. */
export type DeviceOf = (path: string) => BlockDevice | null;

/** Names of the devices that `device` keeps its data on, one layer down; empty where it is a device of its own. */
function membersOf(device: BlockDevice, devices: readonly BlockDevice[], deviceOf: DeviceOf): string[] {
  const slaves = listDirectory(`${device.directory}/slaves`);
  if (slaves.length > 0) return slaves;
  // A partition stands on what its disk stands on.
  const disk = devices.find(({ name }) => name === device.disk);
  if (disk !== undefined) return membersOf(disk, devices, deviceOf);
  if (device.backingFile === null) return [];
  const below = deviceOf(device.backingFile);
  return below === null ? [] : [below.name];
}

/** The lowest layer under `device`; empty where it has none. */
function foundationOf(device: BlockDevice, devices: readonly BlockDevice[], deviceOf: DeviceOf, depth = 0): string[] {
  const members = depth < MAXIMUM_DEPTH ? membersOf(device, devices, deviceOf) : [];
  return members.flatMap((name) => {
    const member = devices.find((each) => each.name === name);
    const lower = member === undefined ? [] : foundationOf(member, devices, deviceOf, depth + 1);
    return lower.length > 0 ? lower : [name];
  });
}

/**
 * What `own`, its disk if it is a partition, and the devices that it is made of have done so far. `deviceOf` finds the
 * device under the backing file of a loop device. Layers without counters are left out.
 */
export function trafficUnder(
  own: BlockDevice,
  devices: readonly BlockDevice[],
  deviceOf: DeviceOf,
  procRoot: string,
): DeviceTraffic[] {
  const counts = parseDiskstats(readFileSync(`${procRoot}/diskstats`, "utf8"));
  const foundation = [...new Set(foundationOf(own, devices, deviceOf))];
  const layers: readonly { readonly role: DeviceTraffic["role"]; readonly names: readonly string[] }[] = [
    { role: "own", names: [own.name] },
    { role: "disk", names: own.disk === null ? [] : [own.disk] },
    { role: "below", names: foundation },
  ];
  return layers.flatMap(({ role, names }) => {
    const known = names.map((name) => counts.get(name)).filter((each) => each !== undefined);
    return known.length === 0 || known.length < names.length
      ? []
      : [{ name: names.join(" + "), role, ...addTraffic(known) }];
  });
}
