// Disks as other machines have them, on made-up kernels -> what is refused as a raw target, and what confirms one.

import { describe, expect, onTestFinished, test } from "vitest";
import { createVolumes } from "../../src/platform/linux/block-device.ts";
import type { TargetPlatform } from "../../src/machine/resolve-target.ts";
import { checkTargets } from "../../src/target/prepare.ts";
import { fakeKernel, type FakeDevice, type FakeKernel } from "../platform/linux/fake-kernel.ts";
import { failureOf } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { loopDevice } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { MEBIBYTE, NO_OPTIONS, planFor } from "./fixture.ts";

const SECTORS = (8 * MEBIBYTE) / 512;
const numbered = (number: string, serial: string, more: Partial<FakeDevice> = {}): FakeDevice => ({
  number,
  sectors: SECTORS,
  ...more,
  attributes: { "device/serial": `${serial}\n`, ...more.attributes },
});
const made = (number: string, attributes: FakeDevice["attributes"] = {}): FakeDevice => ({
  number,
  sectors: SECTORS,
  attributes,
});

/** Says yes to a disk that can be opened for real, and that `kernel` describes as `sda`. */
function refusalOf(kernel: FakeKernel, ...confirm: readonly string[]): string | null {
  const loop = loopDevice(onTestFinished, { sizeBytes: 8 * MEBIBYTE });
  const roots = fakeKernel(onTestFinished, { ...kernel, nodes: { ...kernel.nodes, [loop.path]: "8:0" } });
  const platform: TargetPlatform = { ...linuxPlatform, volumes: createVolumes(roots) };
  const wish = { path: loop.path, preallocate: "none", fill: "none", kind: "device" } as const;
  const plan = planFor([wish], platform);
  try {
    checkTargets(platform, plan, { ...NO_OPTIONS, force: true, confirm });
    return null;
  } catch (thrown) {
    return failureOf(() => {
      throw thrown;
    }).what;
  }
}

const PARTITION = { number: "8:1", sectors: SECTORS - 2048 };

describeWith(["root", "losetup", "/dev/loop-control"], "a disk with a serial number", () => {
  const kernel = { devices: { sda: numbered("8:0", "WX11-E123"), sdb: numbered("8:16", "WX11-E124") } };

  test("is confirmed by that alone", () => {
    expect(refusalOf(kernel, "WX11-E123")).toBeNull();
  });

  test.each([
    [],
    [""],
    ["sda"],
    ["/dev/sda"],
    [`sda:${8 * MEBIBYTE}`],
    ["WX11-E12"],
    ["WX11-E1234"],
    ["wx11-e123"],
    ["WX11-E123 "],
    [" WX11-E123"],
    ["WX11-E123\n"],
    ["WX11 E123"],
    ["WX11-E124"],
    ["WX11-E123-part1"],
    ["null"],
  ])("is not confirmed by %j", (...confirm: readonly string[]) => {
    expect(refusalOf(kernel, ...confirm)).toContain("must be confirmed by its identity, which is WX11-E123");
  });

  test("that another disk has too cannot be confirmed, whatever is given", () => {
    const twins = { devices: { sda: numbered("8:0", "0123456789AB"), sdb: numbered("8:16", "0123456789AB") } };
    for (const confirm of ["0123456789AB", `sda:${8 * MEBIBYTE}`, "sda"]) {
      expect(refusalOf(twins, confirm)).toContain("another disk has the same serial number, 0123456789AB");
    }
  });
});

describeWith(
  ["root", "losetup", "/dev/loop-control"],
  "a disk in a pool is refused, its identity repeated or not",
  () => {
    const partitioned = (holders: readonly string[]): FakeDevice =>
      numbered("8:0", "S1", { partitions: { 1: { ...PARTITION, holders } } });

    test.each<[string, Readonly<Record<string, FakeDevice>>, string]>([
      [
        "LVM on the disk",
        { sda: numbered("8:0", "S1", { holders: ["dm-0"] }), "dm-0": made("253:0", { "dm/uuid": "LVM-abc\n" }) },
        "sda is held by dm-0",
      ],
      [
        "LVM on a partition",
        { sda: partitioned(["dm-0"]), "dm-0": made("253:0", { "dm/uuid": "LVM-abc\n" }) },
        "sda1 is held by dm-0",
      ],
      ["RAID", { sda: numbered("8:0", "S1", { holders: ["md127"] }), md127: made("9:127") }, "sda is held by md127"],
      ["RAID on a partition", { sda: partitioned(["md0"]), md0: made("9:0") }, "sda1 is held by md0"],
      [
        "encryption",
        { sda: partitioned(["dm-1"]), "dm-1": made("253:1", { "dm/uuid": "CRYPT-LUKS2-abc\n" }) },
        "sda1 is held by dm-1",
      ],
      [
        "multipath",
        {
          sda: numbered("8:0", "S1", { holders: ["dm-2"], attributes: { "device/wwid": "naa.600\n" } }),
          sdb: numbered("8:16", "S2", { holders: ["dm-2"], attributes: { "device/wwid": "naa.600\n" } }),
          "dm-2": made("253:2", { "dm/uuid": "mpath-3600\n" }),
        },
        "sda is held by dm-2",
      ],
      [
        "the data of bcache",
        { sda: numbered("8:0", "S1", { holders: ["bcache0"], attributes: { "bcache/state": "clean\n" } }) },
        "sda belongs to bcache; sda is held by bcache0",
      ],
      [
        "the cache of bcache, which has no holder",
        { sda: numbered("8:0", "S1", { attributes: { "bcache/block_size": "4.0k\n" } }) },
        "sda belongs to bcache",
      ],
    ])("%s", (_, devices, said) => {
      expect(refusalOf({ devices }, "S1")).toContain(`This device is in use: ${said}`);
      expect(refusalOf({ devices })).toContain(`This device is in use: ${said}`);
    });

    test("and so is one whose pool carries a mounted file system, named to the top", () => {
      const devices = {
        sda: partitioned(["md0"]),
        md0: { ...made("9:0"), holders: ["dm-0"] },
        "dm-0": made("253:0", { "dm/uuid": "LVM-abc\n" }),
      };
      const mountinfo = { self: ["1 0 253:0 / /home rw - ext4 /dev/mapper/home rw"] };
      expect(refusalOf({ devices, mountinfo }, "S1")).toMatch(
        /sda1 is held by md0.*md0 is held by dm-0.*mounted at \/home/,
      );
    });
  },
);

describe("what bcache makes", () => {
  test("does not itself belong to bcache, though it has a directory of that name", () => {
    const devices = { bcache0: made("252:0", { "bcache/state": "clean\n" }) };
    const listing = createVolumes(fakeKernel(onTestFinished, { devices })).listDevices();
    expect(listing.map(({ hazards }) => hazards)).toEqual([[]]);
  });
});
