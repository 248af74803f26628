// What a case works on -> what allocation, cache-size and content say of it.

import { REFUSED, evidenceWith, testRows, type Row } from "./fixture.ts";

const READS = { operation: "read" } as const;
const BUFFERED = { caching: "buffered", flush: "end" } as const;
const ALLOCATION = {
  writtenBytes: 0,
  unwrittenBytes: 0,
  holeBytes: 0,
  sharedBytes: 0,
  compressedBytes: 0,
  encryptedBytes: 0,
  extents: 3,
  basis: "FIEMAP",
};

const ROWS: readonly Row[] = [
  [
    "never written",
    "allocation",
    { target: { allocation: { ...ALLOCATION, unwrittenBytes: 2 ** 20 } } },
    "fail",
    /1\.00 MiB allocated only, 0 B holes, 3 extents by FIEMAP/,
  ],
  [
    "full of holes",
    "allocation",
    { target: { allocation: { ...ALLOCATION, holeBytes: 2 ** 20 } }, settings: READS },
    "fail",
    /never written/,
  ],
  [
    "extended on purpose and written",
    "allocation",
    { target: { allocation: { ...ALLOCATION, holeBytes: 1 }, preallocate: "extend" } },
    "warn",
    /never written/,
  ],
  [
    "extended on purpose and read",
    "allocation",
    { target: { allocation: { ...ALLOCATION, holeBytes: 1 }, preallocate: "extend" }, settings: READS },
    "fail",
    /never written/,
  ],
  [
    "shared and written",
    "allocation",
    { target: { allocation: { ...ALLOCATION, sharedBytes: 4096 } } },
    "warn",
    /shared with other files/,
  ],
  [
    "shared and read",
    "allocation",
    { target: { allocation: { ...ALLOCATION, sharedBytes: 4096 } }, settings: READS },
    "pass",
    /./,
  ],
  [
    "compressed",
    "allocation",
    { target: { allocation: { ...ALLOCATION, compressedBytes: 4096 } } },
    "warn",
    /stored compressed/,
  ],
  [
    "encrypted",
    "allocation",
    { target: { allocation: { ...ALLOCATION, encryptedBytes: 2 ** 20 } } },
    "warn",
    /^1\.00 MiB of the file are encrypted/,
  ],
  [
    "marked as sparse",
    "allocation",
    { target: { allocation: { ...ALLOCATION, basis: "FSCTL_QUERY_ALLOCATED_RANGES, sparse" } } },
    "warn",
    /marked as sparse/,
  ],
  ["of unknown extents", "allocation", { target: { allocation: { ...ALLOCATION, basis: null } } }, "pass", REFUSED],
  ["a raw device", "allocation", { target: { kind: "device", allocation: null } }, "pass", /raw device/],
  [
    "buffered reads of a small file",
    "cache-size",
    { settings: { ...BUFFERED, ...READS } },
    "warn",
    /fits into the machine's memory/,
  ],
  [
    "buffered reads of a large file",
    "cache-size",
    { settings: { ...BUFFERED, ...READS }, machine: { memoryBytes: 2 ** 20 } },
    "pass",
    /larger/,
  ],
  ["buffered writes with a final flush", "cache-size", { settings: BUFFERED }, "pass", /final flush/],
  ["buffered writes without one", "cache-size", { settings: { ...BUFFERED, flush: "never" } }, "warn", /flush: end/],
  ["unbuffered", "cache-size", {}, "pass", /./],
  ["a disk", "memory", {}, "pass", /Nothing says/],
  [
    "a loop device over tmpfs",
    "memory",
    { target: { memoryBasis: "loop0 over tmpfs" } },
    "warn",
    /kept in memory \(loop0 over tmpfs\).*not of a disk/,
  ],
  [
    "a target in memory that is not touched",
    "memory",
    { settings: { method: "null", nativeCall: "null" }, target: { memoryBasis: "tmpfs" } },
    "pass",
    /does no I\/O/,
  ],
  ["zeros where nobody compresses", "content", { target: { fill: "zero" } }, "pass", /./],
  [
    "zeros on zram",
    "content",
    { target: { fill: "zero", device: { ...evidenceWith().target.device, name: "zram0" } as never } },
    "warn",
    /zram0 compresses/,
  ],
  [
    "zeros on a compressing mount",
    "content",
    { target: { fill: "zero", fileSystem: "btrfs", mountOptions: "rw,compress=zstd:3" } },
    "warn",
    /compress=zstd:3/,
  ],
  [
    "zeros in a file that is compressed by itself",
    "content",
    { target: { fill: "zero", allocation: { ...ALLOCATION, compressedBytes: 4096 } } },
    "warn",
    /ext4 on \/srv\/disk compresses/,
  ],
  [
    "zeros on a volume of Windows that compresses",
    "content",
    { target: { fill: "zero", fileSystem: "NTFS", mountOptions: "compressed" } },
    "warn",
    /NTFS on .* \(compressed\) compresses/,
  ],
  [
    "zeros where compression is switched off",
    "content",
    { target: { fill: "zero", fileSystem: "bcachefs", mountOptions: "rw,compression=none" } },
    "pass",
    /./,
  ],
  [
    "random data there",
    "content",
    { target: { fileSystem: "btrfs", mountOptions: "rw,compress=zstd:3" } },
    "pass",
    /./,
  ],
];

testRows(ROWS);
