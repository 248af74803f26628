// Extents, direct I/O and the page cache on real file systems over loop devices.

import { PLAIN_OPEN } from "../../../src/platform/plain-open.ts";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  constants,
  mkdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createFiles } from "../../../src/platform/linux/file.ts";
import type { Allocation, OpenFile, OpenOptions } from "../../../src/platform/platform.ts";
import { nbdFile } from "../../support/nbd-file.ts";
import { mountedFileSystem } from "../../support/places.ts";
import { describeWith } from "../../support/requirements.ts";
import { undoAfterAll } from "../../support/undo.ts";

const MEBIBYTE = 2 ** 20;
const files = createFiles();
const NEEDED = ["root", "losetup", "mount", "/dev/loop-control"] as const;

function open(path: string, options: Partial<OpenOptions> = {}): OpenFile {
  const file = files.open(path, { ...PLAIN_OPEN, access: "read-write", ...options });
  onTestFinished(() => files.close(file));
  return file;
}

let fileNumber = 0;
function newFile(directory: string): OpenFile {
  const path = join(directory, `${fileNumber++}.dat`);
  writeFileSync(path, "", { flag: "wx" });
  return open(path);
}

describeWith([...NEEDED, "mkfs.ext4"], "ext4", () => {
  const undo = undoAfterAll();
  let directory = "";
  beforeAll(() => {
    directory = mountedFileSystem(undo, "ext4").directory;
  });

  test("reserved space is allocated and not written", () => {
    const file = newFile(directory);
    expect(files.reserve(file, 8 * MEBIBYTE)).toBe(true);
    expect(files.statusOf(file)).toMatchObject({ sizeBytes: 8 * MEBIBYTE, kind: "file" });
    expect(files.allocation(file, 8 * MEBIBYTE)).toMatchObject({
      writtenBytes: 0,
      unwrittenBytes: 8 * MEBIBYTE,
      holeBytes: 0,
      basis: "FIEMAP",
    });
  });

  test("written, reserved and missing parts are told apart, to the block", () => {
    const file = newFile(directory);
    files.reserve(file, 4 * MEBIBYTE);
    writeFileSync(file.path, randomBytes(MEBIBYTE), { flag: "r+" });
    files.resize(file, 6 * MEBIBYTE);
    expect(files.allocation(file, 6 * MEBIBYTE)).toMatchObject({
      writtenBytes: MEBIBYTE,
      unwrittenBytes: 3 * MEBIBYTE,
      holeBytes: 2 * MEBIBYTE,
    });
    expect(files.allocation(file, MEBIBYTE)).toMatchObject({ writtenBytes: MEBIBYTE, unwrittenBytes: 0, holeBytes: 0 });
  });

  test("more extents than one call returns are all counted", () => {
    const file = newFile(directory);
    const blocks = 1500;
    files.resize(file, blocks * 8192);
    const descriptor = openSync(file.path, "r+");
    for (let block = 0; block < blocks; block++) writeSync(descriptor, Buffer.alloc(4096, 1), 0, 4096, block * 8192);
    closeSync(descriptor);
    const found = files.allocation(file, blocks * 8192);
    expect(found).toMatchObject({ writtenBytes: blocks * 4096, holeBytes: blocks * 4096, extents: blocks });
  });

  test("holes beyond 4 GiB are counted", () => {
    const file = newFile(directory);
    const sizeBytes = 5 * 2 ** 30;
    files.resize(file, sizeBytes);
    const descriptor = openSync(file.path, "r+");
    writeSync(descriptor, Buffer.alloc(4096, 1), 0, 4096, sizeBytes - 4096);
    closeSync(descriptor);
    expect(files.allocation(file, sizeBytes)).toMatchObject({ writtenBytes: 4096, holeBytes: sizeBytes - 4096 });
  });

  test("statx tells the alignment of direct I/O", () => {
    const found = files.directIo(newFile(directory));
    expect(found).toMatchObject({ basis: "STATX_DIOALIGN", offsetAlignmentBytes: 512 });
  });

  test("the probe finds direct I/O, and leaves size and contents as they were", () => {
    const file = newFile(directory);
    expect(files.probeDirectIo(file).offsetAlignmentBytes).toBeGreaterThan(0);
    expect(files.statusOf(file).sizeBytes).toBe(0);
    const content = randomBytes(64 * 1024);
    writeFileSync(file.path, content);
    expect(files.probeDirectIo(file).offsetAlignmentBytes).toBeGreaterThan(0);
    expect(readFileSync(file.path).equals(content)).toBe(true);
    writeFileSync(file.path, "short");
    expect(files.probeDirectIo(file).offsetAlignmentBytes).toBeGreaterThan(0);
    expect(readFileSync(file.path, "utf8")).toBe("short");
  });

  test("clean pages are evicted, dirty ones stay until they are flushed", () => {
    const file = newFile(directory);
    writeFileSync(file.path, randomBytes(MEBIBYTE), { flag: "r+" });
    files.flush(file);
    expect(files.cachedBytes(file, MEBIBYTE)).toBe(MEBIBYTE);
    expect(files.evict(file, MEBIBYTE).complete).toBe(true);
    expect(files.cachedBytes(file, MEBIBYTE)).toBe(0);
  });

  test("a mark fits, and goes with the file", () => {
    const file = newFile(directory);
    expect(files.writeMark(file, "{}")).toBe(true);
    expect(files.readMark(file)).toBe("{}");
  });
});

describeWith([...NEEDED, "mkfs.ext4"], "ext4 with data=journal", () => {
  const undo = undoAfterAll();
  let directory = "";
  beforeAll(() => {
    directory = mountedFileSystem(undo, "ext4", { mountOptions: ["data=journal"] }).directory;
  });

  test("statx says that direct I/O is not to be had, though open accepts it", () => {
    const file = newFile(directory);
    expect(files.directIo(file)).toMatchObject({ offsetAlignmentBytes: 0, basis: "STATX_DIOALIGN" });
    expect(() => open(file.path, { caching: "unbuffered" })).not.toThrow();
  });

  test("the probe finds the same by trying", () => {
    expect(files.probeDirectIo(newFile(directory))).toMatchObject({
      offsetAlignmentBytes: 0,
      basis: expect.stringMatching(/page cache/),
    });
  });
});

describeWith([...NEEDED, "mkfs.ext4", "e4crypt"], "ext4 with a folder under fscrypt", () => {
  test("files in it are encrypted, those beside it are not", () => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4", { makeOptions: ["-O", "encrypt"] });
    const folder = join(directory, "encrypted");
    mkdirSync(folder);
    execFileSync("e4crypt", ["add_key", "-S", "0x0123456789abcdef", folder], {
      input: `${randomBytes(8).toString("hex")}\n`,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const allocationIn = (place: string): Allocation => {
      const path = join(place, "file");
      writeFileSync(path, randomBytes(MEBIBYTE));
      const file = files.open(path, PLAIN_OPEN);
      const found = files.allocation(file, MEBIBYTE);
      files.close(file);
      return found;
    };
    expect(allocationIn(folder)).toMatchObject({
      writtenBytes: MEBIBYTE,
      encryptedBytes: MEBIBYTE,
      compressedBytes: 0,
    });
    expect(allocationIn(directory)).toMatchObject({ writtenBytes: MEBIBYTE, encryptedBytes: 0 });
  });
});

describeWith([...NEEDED, "mkfs.xfs"], "xfs", () => {
  test("extents shared with a copy are counted as shared", () => {
    const { directory } = mountedFileSystem(onTestFinished, "xfs");
    const original = join(directory, "original");
    writeFileSync(original, randomBytes(MEBIBYTE));
    execFileSync("sync", ["-f", directory]);
    copyFileSync(original, join(directory, "copy"), constants.COPYFILE_FICLONE_FORCE);
    const file = files.open(join(directory, "copy"), PLAIN_OPEN);
    const found = files.allocation(file, MEBIBYTE);
    files.close(file);
    expect(found).toMatchObject({ writtenBytes: MEBIBYTE, sharedBytes: MEBIBYTE, compressedBytes: 0 });
  });
});

describeWith([...NEEDED, "mkfs.btrfs"], "btrfs", () => {
  const undo = undoAfterAll();
  let directory = "";
  beforeAll(() => {
    directory = mountedFileSystem(undo, "btrfs", { mountOptions: ["compress-force=zstd"] }).directory;
  });

  test("compressed extents are counted as compressed", () => {
    const file = newFile(directory);
    writeFileSync(file.path, Buffer.alloc(MEBIBYTE, "easily compressed "));
    expect(files.allocation(file, MEBIBYTE)).toMatchObject({ writtenBytes: MEBIBYTE, compressedBytes: MEBIBYTE });
  });

  test("extents shared with a copy are counted as shared, until the copy is written", () => {
    const original = newFile(directory);
    writeFileSync(original.path, randomBytes(MEBIBYTE));
    files.flush(original);
    const path = join(directory, "copy");
    copyFileSync(original.path, path, constants.COPYFILE_FICLONE_FORCE);
    const copy = open(path);
    expect(files.allocation(copy, MEBIBYTE)).toMatchObject({ writtenBytes: MEBIBYTE, sharedBytes: MEBIBYTE });
    writeFileSync(path, randomBytes(MEBIBYTE), { flag: "r+" });
    expect(files.allocation(copy, MEBIBYTE)).toMatchObject({ writtenBytes: MEBIBYTE, sharedBytes: 0 });
  });

  test("the probe tells files without checksums, which direct I/O reaches, from those with", () => {
    const file = newFile(directory);
    execFileSync("chattr", ["+C", file.path]);
    expect(files.directIo(file).offsetAlignmentBytes).toBeNull();
    expect(files.probeDirectIo(file).offsetAlignmentBytes).toBeGreaterThan(0);
  });
});

describe("a file of FUSE", () => {
  describeWith(["nbdkit", "nbdfuse", "/dev/fuse"], "served by nbdkit", () => {
    test("has no extents to show, and does direct I/O without saying how", async () => {
      const path = await nbdFile(onTestFinished, 4 * MEBIBYTE);
      const file = files.open(path, { ...PLAIN_OPEN, access: "read-write" });
      const unbuffered = files.open(path, { ...PLAIN_OPEN, caching: "unbuffered" });
      const found = { status: files.statusOf(file), directIo: files.directIo(file) };
      const allocation = files.allocation(file, 4 * MEBIBYTE);
      const marked = files.writeMark(file, "{}");
      files.close(unbuffered);
      files.close(file);
      expect(found.status).toMatchObject({ kind: "file", sizeBytes: 4 * MEBIBYTE });
      expect(found.directIo.offsetAlignmentBytes).toBeNull();
      expect(allocation.holeBytes).toBe(0);
      expect(marked).toBe(false);
      expect(() => truncateSync(path, 0)).toThrow();
    });
  });
});
