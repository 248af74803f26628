// FIEMAP, or lseek where there is none, and statx -> how much of a file is written, a hole, shared, compressed, ...

import type { Allocation, OpenFile } from "../platform.ts";
import { fileCallFailed, libcIoctl, libcLseek, resultOrErrno } from "./file-calls.ts";
import { statxOfDescriptor } from "./statx.ts";

/** Offsets in `struct fiemap` and `struct fiemap_extent` (linux/fiemap.h). */
export const FIEMAP_LAYOUT = {
  request: 0xc020660b,
  headerSize: 32,
  start: 0,
  length: 8,
  flags: 16,
  mappedExtents: 20,
  extentCount: 24,
  extentSize: 56,
  extentLogical: 0,
  extentLength: 16,
  extentFlags: 40,
} as const;

export const FIEMAP_FLAGS = {
  sync: 0x1,
  last: 0x1,
  delayedAllocation: 0x4,
  encoded: 0x8,
  encrypted: 0x80,
  unwritten: 0x800,
  shared: 0x2000,
} as const;

const EXTENTS_PER_CALL = 512;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const ENXIO = 6;
// What file systems without FIEMAP answer: ENOTTY, EOPNOTSUPP, and ENOSYS or EINVAL from FUSE servers.
const NO_FIEMAP: readonly number[] = [22, 25, 38, 95];

const NOTHING_KNOWN: Allocation = {
  writtenBytes: 0,
  unwrittenBytes: 0,
  holeBytes: 0,
  sharedBytes: 0,
  compressedBytes: 0,
  encryptedBytes: 0,
  extents: 0,
  basis: null,
};

interface Extent {
  readonly startBytes: number;
  readonly lengthBytes: number;
  readonly flags: number;
}

/** All extents that begin below `sizeBytes`, in order; null where the file system has no FIEMAP. */
function readExtents(file: OpenFile, sizeBytes: number): Extent[] | null {
  const at = FIEMAP_LAYOUT;
  const buffer = Buffer.alloc(at.headerSize + EXTENTS_PER_CALL * at.extentSize);
  const extents: Extent[] = [];
  let startBytes = 0;
  while (startBytes < sizeBytes) {
    buffer.fill(0, 0, at.headerSize);
    buffer.writeBigUInt64LE(BigInt(startBytes), at.start);
    buffer.writeBigUInt64LE(BigInt(sizeBytes - startBytes), at.length);
    buffer.writeUInt32LE(FIEMAP_FLAGS.sync, at.flags);
    buffer.writeUInt32LE(EXTENTS_PER_CALL, at.extentCount);
    const result = resultOrErrno(() => libcIoctl(file.handle, at.request, buffer));
    if (NO_FIEMAP.includes(-result)) return null;
    if (result < 0) throw fileCallFailed("ioctl(FS_IOC_FIEMAP)", -result, file.path, "Its extents cannot be read");
    const mapped = buffer.readUInt32LE(at.mappedExtents);
    for (let index = 0; index < mapped; index++) {
      const base = at.headerSize + index * at.extentSize;
      const extent = {
        startBytes: Number(buffer.readBigUInt64LE(base + at.extentLogical)),
        lengthBytes: Number(buffer.readBigUInt64LE(base + at.extentLength)),
        flags: buffer.readUInt32LE(base + at.extentFlags),
      };
      extents.push(extent);
      startBytes = extent.startBytes + extent.lengthBytes;
    }
    if (mapped === 0 || ((extents.at(-1)?.flags ?? 0) & FIEMAP_FLAGS.last) !== 0) break;
  }
  return extents;
}

// The first extent may begin before what was asked for, the last may reach beyond the end of the file.
const lengthWithin = (extent: Extent, sizeBytes: number): number =>
  Math.max(0, Math.min(extent.startBytes + extent.lengthBytes, sizeBytes) - extent.startBytes);

function summarize(extents: readonly Extent[], sizeBytes: number): Allocation {
  const sum = (wanted: (flags: number) => boolean): number =>
    extents.reduce((total, extent) => total + (wanted(extent.flags) ? lengthWithin(extent, sizeBytes) : 0), 0);
  const { delayedAllocation, encoded, encrypted, shared, unwritten } = FIEMAP_FLAGS;
  const covered = sum(() => true);
  const unwrittenBytes = sum((flags) => (flags & (unwritten | delayedAllocation)) !== 0);
  return {
    writtenBytes: covered - unwrittenBytes,
    unwrittenBytes,
    holeBytes: sizeBytes - covered,
    sharedBytes: sum((flags) => (flags & shared) !== 0),
    // Encrypted extents are reported as encoded too.
    compressedBytes: sum((flags) => (flags & (encoded | encrypted)) === encoded),
    encryptedBytes: sum((flags) => (flags & encrypted) !== 0),
    extents: extents.length,
    basis: "FIEMAP",
  };
}

function seek(file: OpenFile, offsetBytes: number, whence: number): number | null {
  const result = resultOrErrno(() => libcLseek(file.handle, offsetBytes, whence));
  if (result === -ENXIO) return null;
  if (result < 0) throw fileCallFailed("lseek", -result, file.path, "Its holes cannot be read");
  return result;
}

function bySeeking(file: OpenFile, sizeBytes: number): Allocation {
  let writtenBytes = 0;
  let extents = 0;
  let offset = 0;
  while (offset < sizeBytes) {
    const data = seek(file, offset, SEEK_DATA);
    if (data === null || data >= sizeBytes) break;
    offset = Math.min(seek(file, data, SEEK_HOLE) ?? sizeBytes, sizeBytes);
    writtenBytes += offset - data;
    extents += 1;
  }
  const holeBytes = sizeBytes - writtenBytes;
  // A file system that knows nothing of holes calls everything data (lseek(2)); too few blocks give that away.
  const { allocatedBytes, compressed } = statxOfDescriptor(file.handle, file.path);
  if (holeBytes === 0 && allocatedBytes < sizeBytes) return NOTHING_KNOWN;
  const compressedBytes = compressed ? writtenBytes : 0;
  return { ...NOTHING_KNOWN, writtenBytes, holeBytes, compressedBytes, extents, basis: "SEEK_HOLE" };
}

/** How the first `sizeBytes` of a regular file are allocated. Writes dirty pages back first, so that they count. */
export function allocationOf(file: OpenFile, sizeBytes: number): Allocation {
  const extents = readExtents(file, sizeBytes);
  const found = extents === null ? bySeeking(file, sizeBytes) : summarize(extents, sizeBytes);
  // ext4 does not say in its extents what fscrypt does to them; the file as a whole is marked.
  return statxOfDescriptor(file.handle, file.path).encrypted ? { ...found, encryptedBytes: found.writtenBytes } : found;
}
