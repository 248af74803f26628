// Disks and volumes of a scripted Windows: listing, identities, and the ones that Windows itself needs.

import { describe, expect, test } from "vitest";
import type { Kernel32 } from "../../../src/platform/win32/kernel32.ts";
import { createVolumes } from "../../../src/platform/win32/volume.ts";
import { ScriptedFiles, structure, wide, type Thing } from "./scripted-files.ts";

const GIB = 2 ** 30;
const GET_LENGTH = 0x7405c;
const EXTENTS = 0x560000;
const QUERY_PROPERTY = 0x2d1400;
const LAYOUT = 0x70050;
const IS_WRITABLE = 0x70024;

interface DiskSpec {
  readonly sizeBytes: number;
  readonly model?: string;
  readonly serial?: string;
  readonly bus?: number;
  readonly firmware?: string;
  readonly rotational?: boolean;
  readonly writeCache?: Buffer;
  readonly sectors?: readonly [number, number];
  readonly layout?: Buffer;
  readonly writeProtected?: boolean;
}

function deviceDescriptor({ model = "", serial = "", firmware = "", bus = 17 }: DiskSpec): Buffer {
  const strings = Buffer.from(`${model}\0${serial}\0${firmware}\0`, "latin1");
  const header = structure(
    40,
    [16, model === "" ? 0 : 40],
    [20, firmware === "" ? 0 : 42 + model.length + serial.length],
    [24, serial === "" ? 0xffffffff : 41 + model.length],
    [28, bus],
  );
  return Buffer.concat([header, strings]);
}

function disk(spec: DiskSpec): Thing {
  const { sectors, rotational } = spec;
  const properties: Record<number, Buffer | undefined> = {
    0: deviceDescriptor(spec),
    4: spec.writeCache,
    6: sectors === undefined ? undefined : structure(28, [16, sectors[0]], [20, sectors[1]]),
    7: rotational === undefined ? undefined : structure(12, [8, rotational ? 1 : 0]),
  };
  return {
    control: {
      [GET_LENGTH]: structure(8, [0, BigInt(spec.sizeBytes)]),
      [QUERY_PROPERTY]: (input) => properties[input.readUInt32LE()] ?? -50,
      [IS_WRITABLE]: spec.writeProtected === true ? -19 : 0,
      ...(spec.layout === undefined ? {} : { [LAYOUT]: spec.layout }),
    },
  };
}

interface VolumeSpec {
  readonly disks: readonly number[];
  readonly mountPoint?: string;
  readonly sizeBytes?: number;
}

function machine(
  disks: Readonly<Record<number, DiskSpec>>,
  volumes: Readonly<Record<string, VolumeSpec>> = {},
  registry: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, Thing>> = {},
) {
  const things: Record<string, Thing> = { ...more };
  for (const [number, spec] of Object.entries(disks)) things[`\\\\.\\PhysicalDrive${number}`] = disk(spec);
  for (const [letter, { disks: on, sizeBytes = GIB }] of Object.entries(volumes)) {
    const entries = on.map((number) => structure(24, [0, number]));
    const answer = Buffer.concat([structure(8, [0, on.length]), ...entries]);
    things[`\\\\?\\Volume{${letter}}`] = {
      control: { [EXTENTS]: answer, [GET_LENGTH]: structure(8, [0, BigInt(sizeBytes)]), [IS_WRITABLE]: 0 },
    };
  }
  const names = Object.keys(volumes).map((letter) => `\\\\?\\Volume{${letter}}\\`);
  let next = 0;
  const find = (buffer: Uint8Array | null): number => {
    const name = names[next];
    next += 1;
    return name === undefined ? 0 : wide(buffer, name);
  };
  const overrides: Partial<Kernel32> = {
    FindFirstVolumeW(buffer) {
      next = 0;
      return find(buffer) === 0 ? -1 : 0x99;
    },
    FindNextVolumeW: (_search, buffer) => find(buffer),
    FindVolumeClose: () => 1,
    GetVolumePathNamesForVolumeNameW(name, paths) {
      const letter = /\{(.*)\}/.exec(name)?.[1] ?? "";
      return wide(paths, `${volumes[letter]?.mountPoint ?? ""}\0`);
    },
    GetDiskFreeSpaceExW(_path, free, total) {
      free?.set(structure(8, [0, BigInt(3 * GIB)]));
      total?.set(structure(8, [0, BigInt(9 * GIB)]));
      return 1;
    },
    GetSystemWindowsDirectoryW: (buffer) => wide(buffer, "C:\\Windows"),
    RegGetValueW(_root, _key, value, _flags, _type, data, size) {
      const found = registry[value];
      if (found === undefined) return 2;
      wide(data, `${found}\0`);
      size?.set(structure(4, [0, found.length * 2 + 4]));
      return 0;
    },
  };
  return createVolumes(new ScriptedFiles(things, overrides));
}

const hazardsOf = (volumes: ReturnType<typeof machine>, path: string): readonly string[] | undefined =>
  volumes.listDevices().find((device) => device.path === path)?.hazards;

describe("listing", () => {
  test("shows what the driver tells, and leaves open what it does not", () => {
    const volumes = machine(
      {
        0: {
          sizeBytes: 512 * GIB,
          model: "Fast NVMe 1TB",
          serial: "S3R14L",
          firmware: "2B4QFXO7",
          rotational: false,
          sectors: [512, 4096],
          writeCache: structure(28, [8, 2], [12, 2]),
        },
        3: { sizeBytes: 8 * GIB, bus: 7, writeProtected: true },
      },
      { c: { disks: [0], mountPoint: "C:\\", sizeBytes: 500 * GIB } },
    );
    expect(volumes.listDevices()).toMatchObject([
      {
        path: "\\\\.\\PhysicalDrive0",
        kind: "disk",
        facts: {
          name: "PhysicalDrive0",
          model: "Fast NVMe 1TB",
          serial: "S3R14L",
          firmware: "2B4QFXO7",
          sizeBytes: 512 * GIB,
          logicalSectorBytes: 512,
          physicalSectorBytes: 4096,
          rotational: false,
          writeCache: "write back",
          polls: null,
        },
        bus: "NVMe",
        mountPoints: ["C:\\"],
        readOnly: false,
        confirmation: "S3R14L",
      },
      {
        path: "\\\\.\\PhysicalDrive3",
        facts: {
          model: null,
          serial: null,
          firmware: null,
          logicalSectorBytes: null,
          rotational: null,
          writeCache: null,
        },
        bus: "USB",
        readOnly: true,
        hazards: [],
      },
      {
        path: "\\\\.\\C:",
        kind: "volume",
        facts: { sizeBytes: 500 * GIB },
        fileSystem: "NTFS",
        freeBytes: 3 * GIB,
        confirmation: "c",
      },
    ]);
  });

  test.each([
    ["on", structure(28, [8, 0], [12, 2])],
    ["off", structure(28, [8, 2], [12, 1])],
    ["write through", structure(28, [8, 3], [12, 2])],
  ])("write cache %s", (text, writeCache) => {
    const [listing] = machine({ 0: { sizeBytes: GIB, writeCache } }).listDevices();
    expect(listing?.facts.writeCache).toBe(text);
  });

  test("volumes without a letter go by their own name", () => {
    const volumes = machine({ 1: { sizeBytes: GIB } }, { q: { disks: [1] } });
    expect(volumes.listDevices().map(({ path }) => path)).toEqual(["\\\\.\\PhysicalDrive1", "\\\\?\\Volume{q}"]);
  });
});

describe("identity for --confirm", () => {
  const confirmations = (volumes: ReturnType<typeof machine>): unknown[] =>
    volumes.listDevices().map(({ confirmation, confirmationNote }) => [confirmation, confirmationNote]);

  test("two disks with one serial number have none", () => {
    const twin = { sizeBytes: GIB, serial: "SAME" };
    expect(confirmations(machine({ 0: twin, 1: twin, 2: { sizeBytes: GIB, serial: "OTHER" } }))).toEqual([
      [null, "another disk has the same serial number, SAME"],
      [null, "another disk has the same serial number, SAME"],
      ["OTHER", null],
    ]);
  });

  test("without a serial number, name and size stand in as long as there is no twin", () => {
    expect(confirmations(machine({ 0: { sizeBytes: GIB }, 1: { sizeBytes: 2 * GIB } }))).toEqual([
      [`PhysicalDrive0:${GIB}`, null],
      [`PhysicalDrive1:${2 * GIB}`, null],
    ]);
    expect(confirmations(machine({ 0: { sizeBytes: GIB }, 1: { sizeBytes: GIB } }))).toEqual([
      [null, "it has no serial number, and PhysicalDrive1 is of the same size"],
      [null, "it has no serial number, and PhysicalDrive0 is of the same size"],
    ]);
  });
});

describe("what Windows needs is hazardous", () => {
  const disks = { 0: { sizeBytes: GIB }, 1: { sizeBytes: 2 * GIB }, 2: { sizeBytes: 3 * GIB } };
  const volumes = {
    c: { disks: [0], mountPoint: "C:\\" },
    d: { disks: [1], mountPoint: "D:\\" },
    e: { disks: [2], mountPoint: "E:\\" },
  };

  test("the disk and the volume with Windows on it, and no other", () => {
    const listed = machine(disks, volumes);
    expect(hazardsOf(listed, "\\\\.\\PhysicalDrive0")).toEqual(["PhysicalDrive0 holds Windows (boot disk)"]);
    expect(hazardsOf(listed, "\\\\.\\C:")).toEqual(["\\\\.\\C: holds Windows (boot disk)"]);
    expect(hazardsOf(listed, "\\\\.\\PhysicalDrive1")).toEqual([]);
    expect(hazardsOf(listed, "\\\\.\\D:")).toEqual([]);
  });

  test("page files, the crash dump and the system partition", () => {
    const listed = machine(
      disks,
      volumes,
      {
        ExistingPageFiles: "\\??\\D:\\pagefile.sys",
        DedicatedDumpFile: "E:\\dump.sys",
        SystemPartition: "\\Device\\HarddiskVolume1",
      },
      { "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1": { control: { [EXTENTS]: structure(32, [0, 1], [8, 2]) } } },
    );
    expect(hazardsOf(listed, "\\\\.\\PhysicalDrive1")).toEqual(["PhysicalDrive1 holds a page file"]);
    expect(hazardsOf(listed, "\\\\.\\PhysicalDrive2")).toEqual([
      "PhysicalDrive2 holds the system partition that the computer starts from",
      "PhysicalDrive2 holds the crash dump file",
    ]);
  });

  test("every disk, where none is known to hold Windows", () => {
    const listed = machine(disks, { c: { disks: [], mountPoint: "C:\\" } });
    for (const name of ["PhysicalDrive0", "PhysicalDrive1", "PhysicalDrive2"]) {
      const hazard = `${name} may hold Windows: the system does not tell which disk does`;
      expect(hazardsOf(listed, `\\\\.\\${name}`)).toEqual([hazard]);
    }
  });

  test("every disk of a volume that spans several", () => {
    const listed = machine(disks, { ...volumes, c: { disks: [0, 1], mountPoint: "C:\\" } });
    expect(hazardsOf(listed, "\\\\.\\PhysicalDrive1")).toEqual(["PhysicalDrive1 holds Windows (boot disk)"]);
  });

  const guid = Buffer.from("8faf5ce780f6ee4cafa3b001e56efc2d", "hex");
  const gpt = Buffer.concat([structure(48, [0, 1], [4, 1]), structure(32, [0, 1]), guid, Buffer.alloc(96)]);
  const mbr = Buffer.concat([structure(48, [0, 0], [4, 1]), structure(144, [0, 0], [32, 0x42])]);

  test.each([
    ["a partition of a Storage Spaces pool", { sizeBytes: GIB, layout: gpt }, "Storage Spaces pool"],
    ["a dynamic disk", { sizeBytes: GIB, layout: mbr }, "set of dynamic disks"],
    ["a virtual disk of a pool", { sizeBytes: GIB, bus: 16 }, "Storage Spaces pool"],
  ])("%s", (_name, spec, memberOf) => {
    expect(hazardsOf(machine({ ...disks, 5: spec }, volumes), "\\\\.\\PhysicalDrive5")).toEqual([
      `PhysicalDrive5 belongs to a ${memberOf}`,
    ]);
  });
});

describe("places", () => {
  const volumes = machine(
    { 4: { sizeBytes: GIB, model: "Below" } },
    { x: { disks: [4], mountPoint: "X:\\" }, y: { disks: [], mountPoint: "Y:\\" } },
  );

  test("a file stands on the disk of its volume", () => {
    expect(volumes.placeOf("X:\\folder\\file.dat")).toMatchObject({
      fileSystem: "NTFS",
      mountPoint: "X:\\",
      device: { name: "PhysicalDrive4", model: "Below" },
    });
    expect(volumes.freeSpace("X:\\folder\\file.dat")).toEqual({ freeBytes: 3 * GIB, totalBytes: 9 * GIB });
  });

  test("a volume without a disk below has no device", () => {
    expect(volumes.placeOf("Y:\\file.dat").device).toBeNull();
  });

  test("of a raw device only the device is known", () => {
    expect(volumes.placeOf("\\\\.\\PhysicalDrive4")).toMatchObject({
      fileSystem: null,
      mountPoint: null,
      device: { name: "PhysicalDrive4" },
    });
  });

  test("a device is found whatever its letters' case, files and missing disks are none", () => {
    expect(volumes.deviceAt("\\\\.\\physicaldrive4")?.path).toBe("\\\\.\\PhysicalDrive4");
    expect(volumes.deviceAt("\\\\?\\Volume{x}")?.path).toBe("\\\\.\\X:");
    expect(volumes.deviceAt("X:\\file.dat")).toBeNull();
    expect(volumes.deviceAt("\\\\.\\PhysicalDrive9")).toBeNull();
  });
});
