// What a scripted Windows tells about a file: status, sector size, allocation, and what it does not tell.

import { describe, expect, test } from "vitest";
import { PATH, PLAIN, SYSTEM_PATH, withFile } from "./one-file.ts";
import { structure } from "./scripted-files.ts";

describe("status", () => {
  test("size, identity and birth time of a file", () => {
    const { win32, files } = withFile({ sizeBytes: 5 * 2 ** 32 + 7, fileId: 77 });
    expect(files.status(PATH)).toMatchObject({
      kind: "file",
      sizeBytes: 5 * 2 ** 32 + 7,
      identity: { device: "abcd1234", inode: "4d", birthTimeNs: "1000000000000000000" },
    });
    expect(win32.openHandles).toEqual([]);
  });

  test("Wine's birth time is none", () => {
    const { win32, files } = withFile({});
    win32.wineVersion = "8.0";
    expect(files.status(PATH)?.identity.birthTimeNs).toBeNull();
  });

  test("directories, pipes, character devices and nothing", () => {
    const { files } = withFile(
      { attributes: 0x10 },
      {},
      { "\\\\.\\NUL": { fileType: 2 }, "\\\\.\\pipe\\x": { fileType: 3 } },
    );
    expect(files.status(PATH)?.kind).toBe("directory");
    expect(files.status("NUL")).toMatchObject({ kind: "other", kindText: "a character device" });
    expect(files.status("\\\\.\\pipe\\x")).toMatchObject({ kind: "other", kindText: "a pipe or socket" });
    expect(files.status("C:\\data\\missing.dat")).toBeNull();
  });

  test("a raw device has its capacity", () => {
    const device = {
      control: { 0x7405c: structure(8, [0, BigInt(2 ** 40)]), 0x2d1080: structure(12, [0, 7], [4, 1]) },
    };
    const { files } = withFile({}, {}, { "\\\\.\\PhysicalDrive1": device });
    expect(files.status("\\\\.\\PhysicalDrive1")).toMatchObject({
      kind: "block-device",
      sizeBytes: 2 ** 40,
      identity: { device: "7:1:0" },
    });
  });

  test("who may not read a device still learns its capacity from the geometry", () => {
    const device = { refusesRights: 5, control: { 0x700a0: structure(32, [24, BigInt(2 ** 33)]) } };
    const { files } = withFile({}, {}, { "\\\\.\\PhysicalDrive1": device });
    expect(files.status("\\\\.\\PhysicalDrive1")).toMatchObject({ kind: "block-device", sizeBytes: 2 ** 33 });
  });
});

describe("sector size", () => {
  const alignment = structure(28, [0, 28], [4, 28], [16, 4096], [20, 16384]);
  const volume = "\\\\?\\Volume{c}";

  test("FileStorageInfo first", () => {
    const { files } = withFile({ information: { 16: structure(28, [0, 512], [4, 4096]) } });
    const file = files.open(PATH, PLAIN);
    expect(files.directIo(file)).toEqual({
      offsetAlignmentBytes: 512,
      memoryAlignmentBytes: 512,
      basis: "FileStorageInfo",
    });
  });

  test("a compressed or encrypted file has none, before any is tried", () => {
    for (const [attributes, words] of [
      [0x800, "compressed"],
      [0x4000, "encrypted"],
    ] as const) {
      const { files } = withFile({ attributes, information: { 16: structure(28, [0, 512], [4, 4096]) } });
      const { offsetAlignmentBytes, basis } = files.directIo(files.open(PATH, PLAIN));
      expect(offsetAlignmentBytes).toBe(0);
      expect(basis).toContain(words);
    }
  });

  test("then the driver of the volume", () => {
    const { win32, files } = withFile({}, {}, { [volume]: { control: { 0x2d1400: alignment } } });
    const file = files.open(PATH, PLAIN);
    expect(files.directIo(file)).toMatchObject({ offsetAlignmentBytes: 4096, basis: "StorageAccessAlignmentProperty" });
    expect(win32.openHandles).toEqual([SYSTEM_PATH]);
  });

  test("then the file system", () => {
    const { files } = withFile(
      {},
      {
        GetDiskFreeSpaceW(_root, _perCluster, sector) {
          sector?.set([0, 2, 0, 0]);
          return 1;
        },
      },
    );
    const file = files.open(PATH, PLAIN);
    expect(files.directIo(file)).toMatchObject({ offsetAlignmentBytes: 512, basis: "GetDiskFreeSpace" });
  });

  test("else it is said that nobody tells", () => {
    const { win32, files } = withFile({});
    const file = files.open(PATH, PLAIN);
    expect(files.directIo(file)).toMatchObject({ offsetAlignmentBytes: null, memoryAlignmentBytes: null });
    win32.wineVersion = "8.0";
    expect(files.directIo(file).basis).toMatch(/Wine 8\.0 ignores FILE_FLAG_NO_BUFFERING/);
  });
});

describe("allocation", () => {
  const MIB = 2 ** 20;
  const pair = (start: number, length: number): Buffer => structure(16, [0, BigInt(start)], [8, BigInt(length)]);
  const region = (start: number, length: number, usage: number): Buffer =>
    structure(24, [0, BigInt(start)], [8, BigInt(length)], [16, usage]);
  const regions = (...entries: Buffer[]): Buffer =>
    Buffer.concat([structure(16, [4, entries.length], [8, entries.length]), ...entries]);

  test("holes, what is allocated but was never written, and what is written", () => {
    const { files } = withFile({
      control: {
        0x940cf: Buffer.concat([pair(0, 4 * MIB), pair(6 * MIB, 2 * MIB)]),
        0x90284: regions(region(0, 3 * MIB, 2), region(3 * MIB, 5 * MIB, 0)),
      },
    });
    expect(files.allocation(files.open(PATH, PLAIN), 8 * MIB)).toEqual({
      writtenBytes: 3 * MIB,
      unwrittenBytes: 3 * MIB,
      holeBytes: 2 * MIB,
      sharedBytes: 0,
      compressedBytes: 0,
      encryptedBytes: 0,
      extents: 2,
      basis: "FSCTL_QUERY_ALLOCATED_RANGES and FSCTL_QUERY_FILE_REGIONS",
    });
  });

  test("only what was asked about counts, even when clusters reach further", () => {
    const { files } = withFile({ control: { 0x940cf: pair(0, 4 * MIB), 0x90284: regions(region(0, 4 * MIB, 2)) } });
    const allocation = files.allocation(files.open(PATH, PLAIN), 3 * MIB);
    expect(allocation).toMatchObject({ writtenBytes: 3 * MIB, unwrittenBytes: 0, holeBytes: 0 });
  });

  test("an answer that does not fit is asked for in parts", () => {
    const ranges = Array.from({ length: 6000 }, (_, index) => ({ start: index * 8192, length: 4096 }));
    const { files } = withFile({
      control: {
        0x940cf(input) {
          const from = Number(input.readBigInt64LE());
          return Buffer.concat(
            ranges.filter(({ start }) => start >= from).map(({ start, length }) => pair(start, length)),
          );
        },
      },
    });
    const allocation = files.allocation(files.open(PATH, PLAIN), 6000 * 8192);
    expect(allocation).toMatchObject({ extents: 6000, writtenBytes: 6000 * 4096, holeBytes: 6000 * 4096 });
  });

  test("a sparse or compressed file is called so", () => {
    const { files } = withFile({ attributes: 0x200 + 0x800, control: { 0x940cf: pair(0, MIB) } });
    expect(files.allocation(files.open(PATH, PLAIN), MIB)).toMatchObject({
      compressedBytes: MIB,
      basis: "FSCTL_QUERY_ALLOCATED_RANGES, sparse, compressed",
    });
  });

  test("an encrypted file is called so", () => {
    const { files } = withFile({ attributes: 0x4000, control: { 0x940cf: pair(0, MIB) } });
    expect(files.allocation(files.open(PATH, { ...PLAIN, caching: "buffered" }), MIB)).toMatchObject({
      encryptedBytes: MIB,
      compressedBytes: 0,
      basis: "FSCTL_QUERY_ALLOCATED_RANGES, encrypted",
    });
  });

  test("where neither question is known, that is said", () => {
    const { files } = withFile({ control: { 0x940cf: -50, 0x90284: -1 } });
    expect(files.allocation(files.open(PATH, PLAIN), MIB).basis).toBeNull();
  });

  test("any other failure is one", () => {
    const { files } = withFile({ control: { 0x940cf: -1117 } });
    const file = files.open(PATH, PLAIN);
    expect(() => files.allocation(file, MIB)).toThrow(/ERROR_IO_DEVICE 1117/);
  });
});
