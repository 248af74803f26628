// Devices, what identifies them and what speaks against using them raw, on made-up kernels of every shape.

import { describe, expect, onTestFinished, test } from "vitest";
import { createVolumes } from "../../../src/platform/linux/block-device.ts";
import type { DeviceListing } from "../../../src/platform/platform.ts";
import { fakeKernel, type FakeDevice, type FakeKernel } from "./fake-kernel.ts";

function list(kernel: FakeKernel): Readonly<Record<string, DeviceListing>> {
  const listings = createVolumes(fakeKernel(onTestFinished, kernel)).listDevices();
  return Object.fromEntries(listings.map((listing) => [listing.facts.name, listing]));
}

const hazards = (kernel: FakeKernel, name: string): readonly string[] => list(kernel)[name]?.hazards ?? ["not listed"];

const SDA: FakeDevice = {
  number: "8:0",
  sectors: 2000,
  partitions: { 1: { number: "8:1", sectors: 1000 }, 2: { number: "8:2", sectors: 500 } },
};
const LOOP: FakeDevice = { number: "7:0", sectors: 100, attributes: { "loop/backing_file": "/dev/sda1\n" } };

describe("what is known of a device", () => {
  test("comes from sysfs", () => {
    const nvme: FakeDevice = {
      number: "259:0",
      sectors: 1953525168,
      bus: "pci0000:00/nvme/nvme0",
      attributes: {
        "device/model": "Samsung SSD 980 PRO 1TB                 \n",
        "device/serial": "S5GXNX0T123456      \n",
        "device/firmware_rev": "5B2QGXA7\n",
        wwid: "eui.002538b111b0f5a7\n",
        "queue/logical_block_size": "512\n",
        "queue/physical_block_size": "4096\n",
        "queue/rotational": "0\n",
        "queue/write_cache": "write back\n",
      },
    };
    expect(list({ devices: { nvme0n1: nvme } })["nvme0n1"]).toMatchObject({
      path: "/dev/nvme0n1",
      kind: "disk",
      facts: {
        name: "nvme0n1",
        model: "Samsung SSD 980 PRO 1TB",
        serial: "S5GXNX0T123456",
        firmware: "5B2QGXA7",
        sizeBytes: 1000204886016,
        logicalSectorBytes: 512,
        physicalSectorBytes: 4096,
        rotational: false,
        writeCache: "write back",
        polls: null,
      },
      confirmation: "S5GXNX0T123456",
      readOnly: false,
    });
  });

  test.each([
    ["SCSI", "device/rev", "RVT04B6Q\n"],
    ["a card", "device/fwrev", "0x0\n"],
  ])("%s keeps its firmware's revision in %s", (_, name, text) => {
    const listing = list({ devices: { sdb: { number: "8:16", sectors: 10, attributes: { [name]: text } } } })["sdb"];
    expect(listing?.facts.firmware).toBe(text.trim());
  });

  test("a SCSI serial number is taken out of its product data", () => {
    const page = Buffer.from([0, 0x80, 0, 0x21, ...Buffer.from("     WD-WX11E123456               ")]);
    const attributes = { "device/vpd_pg80": page };
    const listing = list({ devices: { sdb: { number: "8:16", sectors: 10, attributes } } })["sdb"];
    expect(listing?.facts.serial).toBe("WD-WX11E123456");
  });

  test("a partition has its own name and size, and its disk's model and sectors", () => {
    const disk = { ...SDA, attributes: { "device/model": "M\n", "queue/logical_block_size": "4096\n" } };
    expect(list({ devices: { sda: disk } })["sda1"]).toMatchObject({
      kind: "partition",
      facts: { name: "sda1", sizeBytes: 512000, model: "M", logicalSectorBytes: 4096 },
    });
  });

  test("devices without a size, or hidden ones without a number, are not listed", () => {
    const devices = { loop1: { number: "7:1", sectors: 0 }, nvme0c0n1: { number: "", sectors: 100 } };
    expect(Object.keys(list({ devices }))).toEqual([]);
  });

  test("read-only is told", () => {
    const listing = list({ devices: { sr0: { number: "11:0", sectors: 10, attributes: { ro: "1\n" } } } })["sr0"];
    expect(listing?.readOnly).toBe(true);
  });
});

function confirmations(devices: Readonly<Record<string, FakeDevice>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.values(list({ devices })).map(({ facts, confirmation }) => [facts.name, confirmation]),
  );
}

const numbered = (number: string, sectors: number, serial: string, wwid: string): FakeDevice => ({
  number,
  sectors,
  attributes: { "device/serial": serial, wwid },
});

describe("what confirms a device", () => {
  test("is the name and size where there is no number", () => {
    expect(confirmations({ loop0: { number: "7:0", sectors: 262144 } })).toEqual({ loop0: "loop0:134217728" });
  });

  test("is nothing where a twin of that size exists", () => {
    const devices = { loop0: { number: "7:0", sectors: 100 }, loop1: { number: "7:1", sectors: 100 } };
    expect(confirmations(devices)).toEqual({ loop0: null, loop1: null });
    expect(list({ devices })["loop0"]?.confirmationNote).toContain("loop1 is of the same size");
  });

  test("is the world-wide name where namespaces share their controller's serial", () => {
    const devices = {
      nvme0n1: numbered("259:0", 100, "S1", "eui.1"),
      nvme0n2: numbered("259:1", 100, "S1", "eui.2"),
    };
    expect(confirmations(devices)).toEqual({ nvme0n1: "eui.1", nvme0n2: "eui.2" });
  });

  test("is never a name and size where the serial number is merely not unique", () => {
    const devices = { sda: numbered("8:0", 100, "0123456789", ""), sdb: numbered("8:16", 200, "0123456789", "") };
    expect(confirmations(devices)).toEqual({ sda: null, sdb: null });
  });

  test("is for a partition its disk's with the number behind", () => {
    const disk = { ...SDA, attributes: { serial: "ABC\n" } };
    expect(confirmations({ sda: disk })).toEqual({ sda: "ABC", sda1: "ABC-part1", sda2: "ABC-part2" });
  });
});

describe("what speaks against a device", () => {
  test("nothing, when nothing uses it", () => {
    expect(hazards({ devices: { sda: SDA } }, "sda")).toEqual([]);
  });

  test("a mount of it, named with a few of its places", () => {
    const mountinfo = ["/a", "/b", "/c", "/d", "/e"].map((place) => `1 0 8:0 / ${place} rw - xfs /dev/sda rw`);
    expect(hazards({ devices: { sda: SDA }, mountinfo: { self: mountinfo } }, "sda")).toEqual([
      "sda is mounted at /a (xfs), /b (xfs), /c (xfs) and 2 other places",
    ]);
  });

  test("a mounted partition, but not a mounted neighbour", () => {
    const kernel = { devices: { sda: SDA }, mountinfo: { self: ["1 0 8:1 / /x rw - ext4 /dev/sda1 rw"] } };
    expect(hazards(kernel, "sda")).toEqual(["sda1 is mounted at /x (ext4)"]);
    expect(hazards(kernel, "sda1")).toEqual(["sda1 is mounted at /x (ext4)"]);
    expect(hazards(kernel, "sda2")).toEqual([]);
  });

  test("for a partition, a mount of the whole disk", () => {
    const kernel = { devices: { sda: SDA }, mountinfo: { self: ["1 0 8:0 / /x rw - iso9660 /dev/sda ro"] } };
    expect(hazards(kernel, "sda2")).toEqual(["sda is mounted at /x (iso9660)"]);
  });

  test("a mount in somebody else's namespace", () => {
    const kernel = { devices: { sda: SDA }, mountinfo: { 4711: ["1 0 8:0 / /hidden rw - ext4 /dev/sda rw"] } };
    expect(hazards(kernel, "sda")).toEqual(["sda is mounted at /hidden (ext4)"]);
  });

  test("a file system whose mounts have numbers of their own", () => {
    const mountinfo = { self: ["1 0 0:44 / /b rw - btrfs /dev/sda1 rw"] };
    expect(hazards({ devices: { sda: SDA }, mountinfo, btrfs: ["sda1", "sda2"] }, "sda")).toEqual([
      "sda1 is mounted at /b (btrfs)",
      "sda1 belongs to a mounted btrfs file system",
      "sda2 belongs to a mounted btrfs file system",
    ]);
  });

  test("swap on it or on a partition, by whatever path", () => {
    const kernel = {
      devices: { sda: SDA },
      swaps: ["/dev/disk/by-id/x-part2 partition 100 0 -2"],
      nodes: { "/dev/disk/by-id/x-part2": "8:2" },
    };
    expect(hazards(kernel, "sda")).toEqual(["sda2 is swap space"]);
  });

  test("a swap file is nothing against the device below it", () => {
    expect(hazards({ devices: { sda: SDA }, swaps: ["/swapfile file 100 0 -2"] }, "sda")).toEqual([]);
  });

  test("what holds it, and what is mounted from there, all the way up", () => {
    const held = { ...SDA, partitions: { 1: { number: "8:1", sectors: 9, holders: ["md0"] } } };
    const devices = {
      sda: held,
      md0: { number: "9:0", sectors: 9, holders: ["dm-0"] },
      "dm-0": { number: "253:0", sectors: 9 },
    };
    const mountinfo = { self: ["1 0 253:0 / /home rw - ext4 /dev/mapper/home rw"] };
    expect(hazards({ devices, mountinfo }, "sda")).toEqual([
      "sda1 is held by md0 (RAID, volume group or encryption)",
      "md0 is held by dm-0 (RAID, volume group or encryption)",
      "dm-0 is mounted at /home (ext4)",
    ]);
  });

  test("a loop device over it, and what is mounted from that", () => {
    const mountinfo = { self: ["1 0 7:0 / /image rw - ext4 /dev/loop0 rw"] };
    expect(hazards({ devices: { sda: SDA, loop0: LOOP }, mountinfo }, "sda")).toEqual([
      "sda1 backs loop0",
      "loop0 is mounted at /image (ext4)",
    ]);
  });

  test("not the file below a loop device", () => {
    const loop = { ...LOOP, attributes: { "loop/backing_file": "/var/image\n" } };
    expect(hazards({ devices: { loop0: loop } }, "loop0")).toEqual([]);
  });
});

test("a device is found by whatever path leads to it, and nothing else is", () => {
  const volumes = createVolumes(
    fakeKernel(onTestFinished, { devices: { sda: SDA }, nodes: { "/tmp/my-node": "8:2", "/dev/ghost": "1:99" } }),
  );
  expect(volumes.deviceAt("/tmp/my-node")?.path).toBe("/dev/sda2");
  expect(volumes.deviceAt("/dev/ghost")).toBeNull();
  expect(volumes.deviceAt("/etc/passwd")).toBeNull();
});

describe("the place of a path", () => {
  test("that is a device itself is that device", () => {
    const volumes = createVolumes(fakeKernel(onTestFinished, { devices: { sda: SDA } }));
    expect(volumes.placeOf("/dev/sda1")).toMatchObject({
      fileSystem: null,
      mountPoint: null,
      device: { name: "sda1", sizeBytes: 512000 },
    });
  });

  const basisOf = (kernel: FakeKernel, path: string): string | null =>
    createVolumes(fakeKernel(onTestFinished, kernel)).placeOf(path).memoryBasis;
  const loopOver = (number: string, file: string): FakeDevice => ({
    ...LOOP,
    number,
    attributes: { "loop/backing_file": file },
  });

  test.each([
    ["zram", { zram0: { number: "252:0", sectors: 100 } }, "/dev/zram0", "zram0"],
    ["a RAM disk", { ram1: { number: "1:1", sectors: 100 } }, "/dev/ram1", "ram1"],
    ["null_blk", { nullb0: { number: "250:0", sectors: 100 } }, "/dev/nullb0", "nullb0"],
    [
      "scsi_debug",
      { sdc: { number: "8:32", sectors: 100, attributes: { "device/model": "scsi_debug      \n" } } },
      "/dev/sdc",
      "sdc (scsi_debug)",
    ],
    [
      "a mirror of loop devices over zram",
      {
        zram0: { number: "252:0", sectors: 100, holders: ["md0"] },
        loop1: loopOver("7:1", "/dev/zram0"),
        md0: { number: "9:0", sectors: 100, slaves: ["zram0", "loop1"] },
      },
      "/dev/md0",
      "md0 over loop1 over zram0",
    ],
    [
      "a partition of a RAM disk",
      { ram1: { number: "1:1", sectors: 100, partitions: { 1: { number: "259:5", sectors: 10 } } } },
      "/dev/ram11",
      "ram1",
    ],
  ])("on %s is in memory", (_, devices, path, basis) => {
    expect(basisOf({ devices }, path)).toBe(basis);
  });

  test.each([
    ["a file on tmpfs", "1 0 8:1 / /x rw - tmpfs tmpfs rw", "loop0 over tmpfs"],
    ["a file on a disk", "1 0 8:1 / /x rw - ext4 /dev/sda1 rw", null],
  ])("on a loop device over %s is told apart", (_, mount, basis) => {
    const devices = { sda: SDA, loop0: loopOver("7:0", "/x/image") };
    expect(basisOf({ devices, mountinfo: { 17: [mount] } }, "/dev/loop0")).toBe(basis);
  });

  test("is on a disk where one member of an array is, or where devices stand on each other in a circle", () => {
    const devices = {
      sda: SDA,
      zram0: { number: "252:0", sectors: 100 },
      md0: { number: "9:0", sectors: 100, slaves: ["zram0", "sda"] },
      dm1: { number: "253:1", sectors: 100, slaves: ["dm1"] },
    };
    expect(basisOf({ devices }, "/dev/sda1")).toBeNull();
    expect(basisOf({ devices }, "/dev/md0")).toBeNull();
    expect(basisOf({ devices }, "/dev/dm1")).toBeNull();
  });

  test("that does not exist is an error", () => {
    const volumes = createVolumes(fakeKernel(onTestFinished, { devices: {} }));
    expect(() => volumes.placeOf("/nowhere/at/all")).toThrow("It does not exist");
  });
});
