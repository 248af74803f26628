// The same on this machine's own kernel: loop devices, partitions, swap, mounts, zram.

import { PLAIN_OPEN } from "../../../src/platform/plain-open.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createVolumes } from "../../../src/platform/linux/block-device.ts";
import { createFiles } from "../../../src/platform/linux/file.ts";
import { takeGlobalLock } from "../../support/global-lock.ts";
import {
  attachLoop,
  loopDevice,
  makeFileSystem,
  mountedFileSystem,
  mountOn,
  temporaryDirectory,
} from "../../support/places.ts";
import { describeWith, runTool } from "../../support/requirements.ts";

const MEBIBYTE = 2 ** 20;
const volumes = createVolumes();
const hazardsOf = (path: string): readonly string[] => volumes.deviceAt(path)?.hazards ?? ["not a device"];

describeWith(["root", "losetup", "/dev/loop-control"], "loop devices", () => {
  test("are listed with their size, sectors and what confirms them", () => {
    // A size that no other device here has.
    const sizeBytes = 77 * MEBIBYTE + 8192 * (process.pid % 1000);
    const loop = loopDevice(onTestFinished, { sizeBytes, sectorSizeBytes: 4096 });
    expect(volumes.listDevices().find(({ path }) => path === loop.path)).toMatchObject({
      kind: "disk",
      facts: { name: loop.name, sizeBytes, logicalSectorBytes: 4096, model: `loop over ${loop.backingFile}` },
      confirmation: `${loop.name}:${sizeBytes}`,
      hazards: [],
    });
  });

  test("have the size of what they show as their file status, and an identity of their own each time", () => {
    const files = createFiles();
    const backing = loopDevice(onTestFinished, { sizeBytes: 3 * MEBIBYTE }).path;
    const before = files.status(backing);
    expect(before).toMatchObject({ kind: "block-device", sizeBytes: 3 * MEBIBYTE });
    const file = files.open(backing, { ...PLAIN_OPEN, exclusive: true });
    onTestFinished(() => files.close(file));
    expect(files.statusOf(file)).toEqual(before);
    expect(files.directIo(file)).toMatchObject({ offsetAlignmentBytes: 512, basis: "STATX_DIOALIGN" });
    expect(() => files.open(backing, { ...PLAIN_OPEN, exclusive: true })).toThrow("EBUSY");
  });

  test("over another device speak against that", () => {
    const below = loopDevice(onTestFinished, { sizeBytes: 5 * MEBIBYTE });
    expect(hazardsOf(below.path)).toEqual([]);
    const above = attachLoop(onTestFinished, below.path);
    expect(hazardsOf(below.path)).toEqual([`${below.name} backs ${above.name}`]);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4", "unshare"], "mounted devices", () => {
  test("are refused, and their files know what they stand on", () => {
    const { directory, device } = mountedFileSystem(onTestFinished, "ext4", { mountOptions: ["noatime"] });
    expect(hazardsOf(device.path)).toEqual([`${device.name} is mounted at ${directory} (ext4)`]);
    expect(volumes.placeOf(directory)).toMatchObject({
      fileSystem: "ext4",
      mountPoint: directory,
      mountOptions: expect.stringContaining("noatime"),
      device: { name: device.name, sizeBytes: 64 * MEBIBYTE },
    });
    const { freeBytes, totalBytes } = volumes.freeSpace(directory) ?? { freeBytes: 0, totalBytes: 0 };
    expect(totalBytes).toBeLessThan(64 * MEBIBYTE);
    expect(freeBytes).toBeGreaterThan(32 * MEBIBYTE);
    expect(freeBytes).toBeLessThan(totalBytes);
  });

  test("are refused when only another namespace sees the mount", async () => {
    const loop = loopDevice(onTestFinished, { sizeBytes: 16 * MEBIBYTE });
    makeFileSystem("ext4", loop.path);
    const directory = temporaryDirectory(onTestFinished);
    const script = `mount ${loop.path} ${directory} && echo mounted && read line`;
    const other = spawn("unshare", ["--mount", "sh", "-c", script], { stdio: ["pipe", "pipe", "inherit"] });
    await once(other.stdout, "data");
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(directory);
    expect(hazardsOf(loop.path)).toEqual([`${loop.name} is mounted at ${directory} (ext4)`]);
    other.stdin.end();
    await once(other, "exit");
  });
});

describeWith(["root", "losetup", "mount", "mkfs.btrfs"], "btrfs over two devices", () => {
  test("is refused on both, though only one is named as mounted", () => {
    const [first, second] = [109, 110].map((size) => loopDevice(onTestFinished, { sizeBytes: size * MEBIBYTE }));
    if (first === undefined || second === undefined) throw new Error("no loop devices");
    makeFileSystem("btrfs", first.path, second.path);
    mountOn(onTestFinished, first.path);
    expect(hazardsOf(first.path).join()).toContain("belongs to a mounted btrfs file system");
    expect(hazardsOf(second.path)).toContain(`${second.name} belongs to a mounted btrfs file system`);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "targets in memory", () => {
  test("are tmpfs, loop devices over it, and what is mounted from those", () => {
    const basisOf = (path: string): string | null => volumes.placeOf(path).memoryBasis;
    const { directory, device } = mountedFileSystem(onTestFinished, "ext4");
    expect(basisOf("/dev/shm")).toBe("tmpfs");
    expect(basisOf(device.path)).toBe(`${device.name} over tmpfs`);
    expect(basisOf(directory)).toBe(`${device.name} over tmpfs`);
    const image = join(directory, "image");
    writeFileSync(image, Buffer.alloc(MEBIBYTE));
    const inner = attachLoop(onTestFinished, image);
    expect(basisOf(inner.path)).toBe(`${inner.name} over ${device.name} over tmpfs`);
  });

  test("are ramfs and an overlay whose changes go to tmpfs", () => {
    const lower = temporaryDirectory(onTestFinished);
    const upper = temporaryDirectory(onTestFinished, { onTmpfs: true });
    for (const name of ["upper", "work"]) mkdirSync(join(upper, name));
    const options = `lowerdir=${lower},upperdir=${join(upper, "upper")},workdir=${join(upper, "work")}`;
    const mounted = (kind: string, ...words: readonly string[]): string => {
      const directory = temporaryDirectory(onTestFinished);
      runTool("mount", "-t", kind, ...words, kind, directory);
      onTestFinished(() => void runTool("umount", directory));
      return directory;
    };
    expect(volumes.placeOf(mounted("ramfs")).memoryBasis).toBe("ramfs");
    expect(volumes.placeOf(mounted("overlay", "-o", options)).memoryBasis).toBe("overlay over tmpfs");
  });

  test("are not this repository, nor a loop device over a file beside it", () => {
    const directory = mkdtempSync(join(import.meta.dirname, "../../../.cache-memory-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const own = volumes.placeOf(directory);
    // A checkout on tmpfs is one in memory.
    const expected = own.fileSystem === "tmpfs" ? "tmpfs" : null;
    expect(own.memoryBasis).toBe(expected);
    const image = join(directory, "image");
    writeFileSync(image, Buffer.alloc(MEBIBYTE));
    const loop = attachLoop(onTestFinished, image);
    expect(volumes.placeOf(loop.path).memoryBasis).toBe(expected === null ? null : `${loop.name} over tmpfs`);
  });
});

describeWith(["root", "losetup", "addpart"], "partitions", () => {
  test("are found under their disk", () => {
    const loop = loopDevice(onTestFinished, { sizeBytes: 21 * MEBIBYTE });
    runTool("addpart", loop.path, "1", "2048", "8192");
    onTestFinished(() => void runTool("delpart", loop.path, "1"));
    const listing = volumes.listDevices().find(({ path }) => path === `${loop.path}p1`);
    expect(listing).toMatchObject({ kind: "partition", facts: { name: `${loop.name}p1`, sizeBytes: 4 * MEBIBYTE } });
    expect(listing?.confirmation ?? "").toMatch(/-part1$/);
  });
});

describeWith(["root", "losetup", "mkswap", "swapon"], "swap space", () => {
  test("is refused", () => {
    onTestFinished(takeGlobalLock());
    const loop = loopDevice(onTestFinished, { sizeBytes: 4 * MEBIBYTE });
    runTool("mkswap", loop.path);
    runTool("swapon", loop.path);
    onTestFinished(() => void runTool("swapoff", loop.path));
    expect(hazardsOf(loop.path)).toEqual([`${loop.name} is swap space`]);
  });
});

describeWith(["root", "/dev/zram0"], "zram", () => {
  test("has sectors of 4096 bytes", () => {
    onTestFinished(takeGlobalLock());
    const sizeFile = "/sys/block/zram0/disksize";
    if (Number(readFileSync(sizeFile, "utf8")) === 0) {
      writeFileSync(sizeFile, String(8 * MEBIBYTE));
      onTestFinished(() => writeFileSync("/sys/block/zram0/reset", "1"));
    }
    expect(existsSync("/dev/zram0")).toBe(true);
    expect(volumes.deviceAt("/dev/zram0")?.facts).toMatchObject({
      name: "zram0",
      logicalSectorBytes: 4096,
      physicalSectorBytes: 4096,
      rotational: false,
      serial: null,
    });
    expect(volumes.placeOf("/dev/zram0")).toMatchObject({ memoryBasis: "zram0" });
  });
});
