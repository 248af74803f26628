// statx(2) -> what a file is, what identifies it, and what unbuffered I/O on it must be aligned to.

import { readFileSync } from "node:fs";
import { arch } from "node:process";
import { DiskbenchError } from "../../shared/errors.ts";
import type { DirectIo, FileDetails, FileStatus } from "../platform.ts";
import { fileCallFailed, resultOrErrno } from "./file-calls.ts";
import { bind } from "./libc.ts";

/** Offsets in `struct statx` (linux/stat.h); the same on every architecture. */
export const STATX_LAYOUT = {
  size: 256,
  mask: 0,
  attributes: 8,
  owner: 20,
  group: 24,
  mode: 28,
  inode: 32,
  fileSize: 40,
  blocks: 48,
  birthSeconds: 80,
  birthNanoseconds: 88,
  changeSeconds: 112,
  changeNanoseconds: 120,
  deviceNumberMajor: 128,
  deviceNumberMinor: 132,
  fileSystemMajor: 136,
  fileSystemMinor: 140,
  mountId: 144,
  memoryAlignment: 152,
  offsetAlignment: 156,
} as const;

export const STATX_MASKS = { basicStats: 0x7ff, birthTime: 0x800, mountId: 0x1000, directIo: 0x2000 } as const;

/** Of `stx_attributes`: the file system has them stored so, or would (chattr(1), flags c and E). */
export const STATX_ATTRIBUTES = { compressed: 0x4, encrypted: 0x800 } as const;

const ASKED_FOR = Object.values(STATX_MASKS).reduce((all, mask) => all | mask, 0);
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_STATX_FORCE_SYNC = 0x2000;
const ENOENT = 2;
const ENOTDIR = 20;

// musl has the wrapper only since 1.2.5, the system call is there from Linux 4.11 on.
const STATX_NUMBERS: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 332, arm64: 291 };

const systemCall = bind<
  (number: number, directory: number, path: string, flags: number, mask: number, buffer: Buffer) => number
>("int64_t syscall(int64_t number, int directory, const char *path, int flags, unsigned int mask, void *buffer)");

/** The fields of statx that we use, as numbers; inode and birth time as text, because they exceed 2^53. */
export interface Statx {
  readonly mask: number;
  readonly compressed: boolean;
  readonly encrypted: boolean;
  readonly mode: number;
  readonly ownerId: number;
  readonly groupId: number;
  readonly changedAtNs: string;
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readonly inode: string;
  readonly birthTimeNs: string | null;
  /** `major:minor` of the device that a device node stands for. */
  readonly deviceNumber: string;
  /** `major:minor` of the file system that holds the file. */
  readonly fileSystemNumber: string;
  /** First field of the mount in mountinfo; null before Linux 5.8. */
  readonly mountId: string | null;
  readonly memoryAlignmentBytes: number;
  readonly offsetAlignmentBytes: number;
}

function decode(buffer: Buffer): Statx {
  const at = STATX_LAYOUT;
  const mask = buffer.readUInt32LE(at.mask);
  // 64 bits; all that have a meaning for us are in the lower half.
  const attributes = buffer.readUInt32LE(at.attributes);
  const timeAt = (seconds: number, nanoseconds: number): bigint =>
    buffer.readBigInt64LE(seconds) * 1_000_000_000n + BigInt(buffer.readUInt32LE(nanoseconds));
  const birthTime = timeAt(at.birthSeconds, at.birthNanoseconds);
  return {
    mask,
    compressed: (attributes & STATX_ATTRIBUTES.compressed) !== 0,
    encrypted: (attributes & STATX_ATTRIBUTES.encrypted) !== 0,
    mode: buffer.readUInt16LE(at.mode),
    ownerId: buffer.readUInt32LE(at.owner),
    groupId: buffer.readUInt32LE(at.group),
    changedAtNs: String(timeAt(at.changeSeconds, at.changeNanoseconds)),
    sizeBytes: Number(buffer.readBigUInt64LE(at.fileSize)),
    // In units of 512 bytes, whatever the file system's block is.
    allocatedBytes: Number(buffer.readBigUInt64LE(at.blocks)) * 512,
    inode: String(buffer.readBigUInt64LE(at.inode)),
    // ext4 answers zero for files that are older than its birth times.
    birthTimeNs: (mask & STATX_MASKS.birthTime) === 0 || birthTime === 0n ? null : String(birthTime),
    deviceNumber: `${buffer.readUInt32LE(at.deviceNumberMajor)}:${buffer.readUInt32LE(at.deviceNumberMinor)}`,
    fileSystemNumber: `${buffer.readUInt32LE(at.fileSystemMajor)}:${buffer.readUInt32LE(at.fileSystemMinor)}`,
    mountId: (mask & STATX_MASKS.mountId) === 0 ? null : String(buffer.readBigUInt64LE(at.mountId)),
    memoryAlignmentBytes: buffer.readUInt32LE(at.memoryAlignment),
    offsetAlignmentBytes: buffer.readUInt32LE(at.offsetAlignment),
  };
}

function call(directory: number, path: string, flags: number, named: string): Statx | null {
  const number = STATX_NUMBERS[arch];
  if (number === undefined) {
    throw new DiskbenchError({
      code: "UNSUPPORTED",
      what: `diskbench does not know this processor architecture, ${arch}`,
      next: "Use a machine with x86-64 or arm64",
    });
  }
  const buffer = Buffer.alloc(STATX_LAYOUT.size);
  const result = resultOrErrno(() => systemCall(number, directory, path, flags, ASKED_FOR, buffer));
  if (result === -ENOENT || result === -ENOTDIR) return null;
  if (result < 0) throw fileCallFailed("statx", -result, named, "The file's status cannot be read");
  return decode(buffer);
}

/** What stands at `path`, links followed; null when nothing does. */
export function statxOfPath(path: string): Statx | null {
  return call(AT_FDCWD, path, 0, path);
}

/** What stands in an open directory under `name`, itself if it is a link; null when nothing does. */
export function statxOfEntry(directory: number, name: string, path: string): Statx | null {
  return call(directory, name, AT_SYMLINK_NOFOLLOW, path);
}

/** What an open descriptor stands for. `path` is for messages only. A server is asked, where one keeps the file. */
export function statxOfDescriptor(descriptor: number, path: string): Statx {
  const found = call(descriptor, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, path);
  if (found === null) throw fileCallFailed("statx", ENOENT, path, "The file's status cannot be read");
  return found;
}

const KIND_BITS = 0o170000;
const BLOCK_DEVICE_MODE = 0o060000;
const LINK_MODE = 0o120000;
const KINDS: Readonly<Record<number, Pick<FileStatus, "kind" | "kindText">>> = {
  0o010000: { kind: "other", kindText: "a named pipe" },
  0o020000: { kind: "other", kindText: "a character device" },
  0o040000: { kind: "directory", kindText: "a directory" },
  [BLOCK_DEVICE_MODE]: { kind: "block-device", kindText: "a block device" },
  0o100000: { kind: "file", kindText: "a regular file" },
  [LINK_MODE]: { kind: "other", kindText: "a symbolic link" },
  0o140000: { kind: "other", kindText: "a socket" },
};

/** `major:minor` of the block device that `path` leads to; null when it leads to none, or cannot be followed. */
export function blockDeviceNumber(path: string): string | null {
  try {
    const found = statxOfPath(path);
    return found !== null && (found.mode & KIND_BITS) === BLOCK_DEVICE_MODE ? found.deviceNumber : null;
  } catch {
    return null;
  }
}

// statx gives a device node's own size, 0; the capacity stands in sysfs, in units of 512 bytes, readable for everyone.
function capacityBytes(deviceNumber: string, path: string): number {
  try {
    return Number(readFileSync(`/sys/dev/block/${deviceNumber}/size`, "utf8")) * 512;
  } catch {
    throw new DiskbenchError({
      code: "TARGET_UNUSABLE",
      what: `The size of block device ${deviceNumber} cannot be read from /sys/dev/block`,
      where: path,
      cause: "There is no such device behind this node, or /sys is not mounted here",
    });
  }
}

// A number that no second attachment of the same device node shares (Linux 5.15); an image swapped under a loop
// device is then another device.
function attachment(deviceNumber: string): string {
  for (const place of ["", "/.."]) {
    try {
      return readFileSync(`/sys/dev/block/${deviceNumber}${place}/diskseq`, "utf8").trim();
    } catch {
      continue;
    }
  }
  return "0";
}

/** Statx in the platform's words. `path` is for messages. */
export function toFileStatus(found: Statx, path: string): FileStatus {
  const kind = KINDS[found.mode & KIND_BITS] ?? { kind: "other", kindText: "of a kind unknown to diskbench" };
  const common = { ...kind, allocatedBytes: found.allocatedBytes };
  if (kind.kind === "block-device") {
    const identity = { device: found.deviceNumber, inode: attachment(found.deviceNumber), birthTimeNs: null };
    return { ...common, sizeBytes: capacityBytes(found.deviceNumber, path), identity };
  }
  const identity = { device: found.fileSystemNumber, inode: found.inode, birthTimeNs: found.birthTimeNs };
  return { ...common, sizeBytes: found.sizeBytes, identity };
}

export function toFileDetails(found: Statx, path: string): FileDetails {
  const { ownerId, groupId, mode, changedAtNs } = found;
  return { ...toFileStatus(found, path), ownerId, groupId, permissions: mode & 0o7777, changedAtNs };
}

export const isLink = ({ mode }: Pick<Statx, "mode">): boolean => (mode & KIND_BITS) === LINK_MODE;

/** STATX_DIOALIGN (Linux 6.1), where the file system answers it. Zero alignments mean: no unbuffered I/O here. */
export function toDirectIo(found: Statx): DirectIo {
  if ((found.mask & STATX_MASKS.directIo) === 0) {
    const basis = "statx reports no direct-I/O alignment here";
    return { offsetAlignmentBytes: null, memoryAlignmentBytes: null, basis };
  }
  const { offsetAlignmentBytes, memoryAlignmentBytes } = found;
  return { offsetAlignmentBytes, memoryAlignmentBytes, basis: "STATX_DIOALIGN" };
}
