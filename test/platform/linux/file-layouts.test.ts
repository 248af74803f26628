// The numbers by which file.ts reads kernel structures, against a table taken from the headers, and the headers.

import { onTestFinished, expect, test } from "vitest";
import { FIEMAP_FLAGS, FIEMAP_LAYOUT } from "../../../src/platform/linux/allocation.ts";
import { O_CLOEXEC } from "../../../src/platform/linux/file-calls.ts";
import { STATX_ATTRIBUTES, STATX_LAYOUT, STATX_MASKS } from "../../../src/platform/linux/statx.ts";
import { valuesInC } from "../../support/c-values.ts";
import { describeWith } from "../../support/requirements.ts";

const at = (structure: string, member: string): string => `offsetof(struct ${structure}, ${member})`;

/** Expression, what the headers of Linux 6.12 make of it, what we use. */
const TABLE: readonly (readonly [string, number, number])[] = [
  ["sizeof(struct statx)", 256, STATX_LAYOUT.size],
  [at("statx", "stx_mask"), 0, STATX_LAYOUT.mask],
  [at("statx", "stx_attributes"), 8, STATX_LAYOUT.attributes],
  [at("statx", "stx_uid"), 20, STATX_LAYOUT.owner],
  [at("statx", "stx_gid"), 24, STATX_LAYOUT.group],
  [at("statx", "stx_mtime.tv_sec"), 112, STATX_LAYOUT.changeSeconds],
  [at("statx", "stx_mtime.tv_nsec"), 120, STATX_LAYOUT.changeNanoseconds],
  [at("statx", "stx_mode"), 28, STATX_LAYOUT.mode],
  [at("statx", "stx_ino"), 32, STATX_LAYOUT.inode],
  [at("statx", "stx_size"), 40, STATX_LAYOUT.fileSize],
  [at("statx", "stx_blocks"), 48, STATX_LAYOUT.blocks],
  [at("statx", "stx_btime.tv_sec"), 80, STATX_LAYOUT.birthSeconds],
  [at("statx", "stx_btime.tv_nsec"), 88, STATX_LAYOUT.birthNanoseconds],
  [at("statx", "stx_rdev_major"), 128, STATX_LAYOUT.deviceNumberMajor],
  [at("statx", "stx_rdev_minor"), 132, STATX_LAYOUT.deviceNumberMinor],
  [at("statx", "stx_dev_major"), 136, STATX_LAYOUT.fileSystemMajor],
  [at("statx", "stx_dev_minor"), 140, STATX_LAYOUT.fileSystemMinor],
  [at("statx", "stx_mnt_id"), 144, STATX_LAYOUT.mountId],
  [at("statx", "stx_dio_mem_align"), 152, STATX_LAYOUT.memoryAlignment],
  [at("statx", "stx_dio_offset_align"), 156, STATX_LAYOUT.offsetAlignment],
  ["STATX_BASIC_STATS", 0x7ff, STATX_MASKS.basicStats],
  ["STATX_BTIME", 0x800, STATX_MASKS.birthTime],
  ["STATX_MNT_ID", 0x1000, STATX_MASKS.mountId],
  ["STATX_DIOALIGN", 0x2000, STATX_MASKS.directIo],
  ["STATX_ATTR_COMPRESSED", 0x4, STATX_ATTRIBUTES.compressed],
  ["STATX_ATTR_ENCRYPTED", 0x800, STATX_ATTRIBUTES.encrypted],
  ["FS_IOC_FIEMAP", 0xc020660b, FIEMAP_LAYOUT.request],
  ["sizeof(struct fiemap)", 32, FIEMAP_LAYOUT.headerSize],
  [at("fiemap", "fm_start"), 0, FIEMAP_LAYOUT.start],
  [at("fiemap", "fm_length"), 8, FIEMAP_LAYOUT.length],
  [at("fiemap", "fm_flags"), 16, FIEMAP_LAYOUT.flags],
  [at("fiemap", "fm_mapped_extents"), 20, FIEMAP_LAYOUT.mappedExtents],
  [at("fiemap", "fm_extent_count"), 24, FIEMAP_LAYOUT.extentCount],
  ["sizeof(struct fiemap_extent)", 56, FIEMAP_LAYOUT.extentSize],
  [at("fiemap_extent", "fe_logical"), 0, FIEMAP_LAYOUT.extentLogical],
  [at("fiemap_extent", "fe_length"), 16, FIEMAP_LAYOUT.extentLength],
  [at("fiemap_extent", "fe_flags"), 40, FIEMAP_LAYOUT.extentFlags],
  ["FIEMAP_FLAG_SYNC", 1, FIEMAP_FLAGS.sync],
  ["FIEMAP_EXTENT_LAST", 1, FIEMAP_FLAGS.last],
  ["FIEMAP_EXTENT_DELALLOC", 4, FIEMAP_FLAGS.delayedAllocation],
  ["FIEMAP_EXTENT_ENCODED", 8, FIEMAP_FLAGS.encoded],
  ["FIEMAP_EXTENT_DATA_ENCRYPTED", 0x80, FIEMAP_FLAGS.encrypted],
  ["FIEMAP_EXTENT_UNWRITTEN", 0x800, FIEMAP_FLAGS.unwritten],
  ["FIEMAP_EXTENT_SHARED", 0x2000, FIEMAP_FLAGS.shared],
  ["O_CLOEXEC", 0o2000000, O_CLOEXEC],
];

test.each(TABLE)("%s is %i", (_, stored, used) => {
  expect(used).toBe(stored);
});

describeWith(["gcc"], "this machine's C headers", () => {
  test("agree with the table", () => {
    const headers = ["fcntl.h", "linux/stat.h", "linux/fs.h", "linux/fiemap.h"];
    const found = valuesInC(
      onTestFinished,
      headers,
      TABLE.map(([expression]) => expression),
    );
    expect(found).toEqual(Object.fromEntries(TABLE.map(([expression, stored]) => [expression, stored])));
  });
});
