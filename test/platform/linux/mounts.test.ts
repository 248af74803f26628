// mountinfo and swaps as the kernel writes them, and the choice of the mount that holds a path.

import { describe, expect, onTestFinished, test } from "vitest";
import { mountOf, mountsOfAllNamespaces, parseMountinfo, readSwaps } from "../../../src/platform/linux/mounts.ts";
import { fakeKernel } from "./fake-kernel.ts";

const ROOT = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard";
const DATA = "40 27 8:1 / /data rw,noatime - ext4 /dev/sda1 rw,data=journal";

describe("a line of mountinfo", () => {
  test("is read whatever number of optional fields it has", () => {
    const lines = [
      "36 35 98:0 /mnt1 /mnt2 rw,noatime - ext3 /dev/root rw,errors=continue",
      "37 35 98:1 /mnt1 /mnt3 rw master:1 propagate_from:2 unbindable - xfs /dev/sdb rw",
    ];
    expect(parseMountinfo(lines.join("\n"))).toEqual([
      {
        id: "36",
        deviceNumber: "98:0",
        mountPoint: "/mnt2",
        fileSystem: "ext3",
        source: "/dev/root",
        options: "rw,noatime,errors=continue",
      },
      { id: "37", deviceNumber: "98:1", mountPoint: "/mnt3", fileSystem: "xfs", source: "/dev/sdb", options: "rw" },
    ]);
  });

  test("has its octal escapes resolved", () => {
    const [mount] = parseMountinfo(String.raw`1 0 0:5 / /my\040disk\011a\134b rw - fuse.x sshfs\043host:/a\040b rw`);
    expect(mount).toMatchObject({ mountPoint: "/my disk\ta\\b", source: "sshfs#host:/a b" });
  });

  test("that is none is left out", () => {
    expect(parseMountinfo("\ngarbage\n1 2 3:4 / /x rw\n")).toEqual([]);
  });
});

describe("the mount of a path", () => {
  const mounts = parseMountinfo([ROOT, DATA].join("\n"));

  test.each([
    ["/home/x", "254:0", "/"],
    ["/data", "8:1", "/data"],
    ["/data/x/y", "8:1", "/data"],
    ["/database/x", "254:0", "/"],
  ])("%s lies on the longest mount point above it", (path, device, mountPoint) => {
    expect(mountOf(mounts, path, null, device)?.mountPoint).toBe(mountPoint);
  });

  test("the kernel's word counts more than the path", () => {
    expect(mountOf(mounts, "/data/x", "27", "8:1")?.mountPoint).toBe("/");
  });

  test("of two over each other the later one is meant", () => {
    const over = parseMountinfo([ROOT, DATA, "41 40 8:1 / /data ro - ext4 /dev/sda1 ro"].join("\n"));
    expect(mountOf(over, "/data/x", null, "8:1")?.id).toBe("41");
  });

  test("a mount that hides another is told from it by the device", () => {
    const over = parseMountinfo([ROOT, DATA, "41 27 0:50 / /data/sub rw - tmpfs tmpfs rw"].join("\n"));
    expect(mountOf(over, "/data/sub/x", null, "8:1")?.id).toBe("40");
  });

  test("on btrfs, where no device number fits, the path decides", () => {
    const btrfs = parseMountinfo([ROOT, "50 27 0:44 /sub /b rw - btrfs /dev/sdc rw"].join("\n"));
    expect(mountOf(btrfs, "/b/x", null, "0:47")?.id).toBe("50");
  });
});

test("mounts of other namespaces are seen, and each text is read once", () => {
  const { procRoot } = fakeKernel(onTestFinished, {
    devices: {},
    mountinfo: { self: [ROOT], 1: [ROOT], 77: [DATA] },
  });
  expect(mountsOfAllNamespaces(procRoot).map(({ mountPoint }) => mountPoint)).toEqual(["/", "/data"]);
});

test("swap areas are read, with their escapes", () => {
  const { procRoot } = fakeKernel(onTestFinished, {
    devices: {},
    swaps: ["/dev/sda2                               partition\t1000\t0\t-2", String.raw`/my\040swap file 1 0 -3`],
  });
  expect(readSwaps(procRoot)).toEqual(["/dev/sda2", "/my swap"]);
});
