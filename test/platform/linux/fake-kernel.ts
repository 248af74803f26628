// Plain descriptions of devices, mounts and swaps -> /sys and /proc trees that look like the kernel's.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KernelRoots } from "../../../src/platform/linux/block-device.ts";
import { temporaryDirectory } from "../../support/places.ts";
import type { Undo } from "../../support/undo.ts";

export interface FakeDevice {
  readonly number: string;
  readonly sectors: number;
  /** Partitions by their number; their names are the disk's with the number behind. */
  readonly partitions?: Readonly<Record<number, Omit<FakeDevice, "partitions">>>;
  readonly holders?: readonly string[];
  /** The devices that it is made of. */
  readonly slaves?: readonly string[];
  /** Any other files in the device's directory. */
  readonly attributes?: Readonly<Record<string, string | Buffer>>;
  /** Below `devices`; by default a virtual device. */
  readonly bus?: string;
}

export interface FakeKernel {
  readonly devices: Readonly<Record<string, FakeDevice>>;
  /** mountinfo by process; `self` is everybody's. */
  readonly mountinfo?: Readonly<Record<string, readonly string[]>>;
  readonly swaps?: readonly string[];
  /** Members of btrfs file systems. */
  readonly btrfs?: readonly string[];
  /** Device numbers of paths outside /dev. */
  readonly nodes?: Readonly<Record<string, string>>;
}

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeDevice(sysRoot: string, directory: string, name: string, device: FakeDevice): void {
  write(join(directory, "dev"), `${device.number}\n`);
  write(join(directory, "size"), `${device.sectors}\n`);
  mkdirSync(join(directory, "holders"), { recursive: true });
  for (const holder of device.holders ?? []) write(join(directory, "holders", holder), "");
  for (const slave of device.slaves ?? []) write(join(directory, "slaves", slave), "");
  for (const [path, text] of Object.entries({ ro: "0\n", ...device.attributes })) write(join(directory, path), text);
  mkdirSync(join(sysRoot, "class/block"), { recursive: true });
  symlinkSync(directory, join(sysRoot, "class/block", name));
}

const HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority";

/** Writes the trees and says where they are; `/dev/<name>` leads to each device. */
export function fakeKernel(undo: Undo, kernel: FakeKernel): KernelRoots {
  const root = temporaryDirectory(undo);
  const [sysRoot, procRoot] = [join(root, "sys"), join(root, "proc")];
  const nodes = new Map(Object.entries(kernel.nodes ?? {}));
  for (const [name, device] of Object.entries(kernel.devices)) {
    const directory = join(sysRoot, "devices", device.bus ?? "virtual", name);
    writeDevice(sysRoot, directory, name, device);
    nodes.set(`/dev/${name}`, device.number);
    for (const [number, partition] of Object.entries(device.partitions ?? {})) {
      const attributes = { partition: `${number}\n`, ...partition.attributes };
      writeDevice(sysRoot, join(directory, `${name}${number}`), `${name}${number}`, { ...partition, attributes });
      nodes.set(`/dev/${name}${number}`, partition.number);
    }
  }
  for (const member of kernel.btrfs ?? []) write(join(sysRoot, "fs/btrfs/0000-1111/devices", member), "");
  for (const [process, lines] of Object.entries({ self: [], ...kernel.mountinfo })) {
    write(join(procRoot, process, "mountinfo"), [...lines, ""].join("\n"));
  }
  write(join(procRoot, "swaps"), [HEADER, ...(kernel.swaps ?? []), ""].join("\n"));
  const deviceNumberOf = (path: string): string | null => nodes.get(path) ?? null;
  const backingOf: KernelRoots["backingOf"] = ({ backingFile }) =>
    backingFile === null ? null : { deviceNumber: deviceNumberOf(backingFile), fileSystemNumber: "8:1", inode: "42" };
  return { sysRoot, procRoot, deviceNumberOf, backingOf };
}
