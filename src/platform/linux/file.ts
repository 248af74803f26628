// The control plane's file work on Linux: open, size, reserve, flush, lock, mark, remove.

import { constants, readSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DiskbenchError, systemErrorOf } from "../../shared/errors.ts";
import type { Files, OpenFile, OpenOptions } from "../platform.ts";
import { allocationOf } from "./allocation.ts";
import { probeDirectIo } from "./direct-io.ts";
import {
  fileCallFailed,
  libcClose,
  libcFadvise,
  libcFallocate,
  libcFcntlLock,
  libcFgetxattr,
  libcFlock,
  libcFsetxattr,
  libcFsync,
  libcFtruncate,
  libcOpen,
  libcWrite,
  O_CLOEXEC,
  resultOrErrno,
} from "./file-calls.ts";
import { reachDirectory, reachEntry } from "./follow-path.ts";
import { ACCESS_FLAGS, LinuxDirectory, openEntry } from "./held-directory.ts";
import { cachedBytes, evict } from "./page-cache.ts";
import { statxOfDescriptor, statxOfPath, toDirectIo, toFileDetails, toFileStatus } from "./statx.ts";

const ADVICE = { mixed: 0, random: 1, sequential: 2 } as const;
const LOCK_EX_NB = 2 | 4;
const MARK_NAME = "user.diskbench";
const MARK_LIMIT_BYTES = 4096;

const EINVAL = 22;
const ELOOP = 40;
const EWOULDBLOCK = 11;
const EOPNOTSUPP = 95;
const ENOSYS = 38;
const ENODATA = 61;
/** No attributes here: EPERM (device nodes), E2BIG, ENOSPC, ERANGE, ENOSYS, EOPNOTSUPP, EDQUOT. */
const NO_ROOM_FOR_MARK: readonly number[] = [1, 7, 28, 34, ENOSYS, EOPNOTSUPP, 122];

function openFlags(options: OpenOptions): number {
  let flags = ACCESS_FLAGS[options.access] | O_CLOEXEC;
  if (options.exclusive) flags |= constants.O_EXCL;
  if (options.caching === "unbuffered") flags |= constants.O_DIRECT;
  if (options.writeThrough) flags |= constants.O_DSYNC;
  return flags;
}

/**
 * A descriptor, or minus errno. Where links are refused, `openEntry` opens with O_NONBLOCK. A disk that is taken
 * exclusively must not be opened in that way: with O_NONBLOCK a removable drive opens without a medium, too.
 */
function openHandle(path: string, options: OpenOptions): number {
  const flags = openFlags(options);
  if (options.links !== "refuse" || options.exclusive) return resultOrErrno(() => libcOpen(path, flags, 0));
  const { handle } = reachDirectory(dirname(path), "none", false);
  const descriptor = openEntry(handle, basename(path), flags);
  libcClose(handle);
  return descriptor;
}

function open(path: string, options: OpenOptions): OpenFile {
  const handle = openHandle(path, options);
  if (handle === -EINVAL && options.caching === "unbuffered") {
    throw new DiskbenchError({
      ...fileCallFailed("open", EINVAL, path, "It cannot be opened for unbuffered I/O").failures[0],
      cause: "This file system does not know O_DIRECT",
      next: "Choose a target on another file system, or set `caching: buffered`",
    });
  }
  if (handle === -ELOOP && options.links === "refuse") {
    throw new DiskbenchError({
      code: "TARGET_CHANGED",
      what: "A symbolic link was put here and is not followed",
      where: path,
      next: "Remove the link, or name another place",
    });
  }
  if (handle < 0) throw fileCallFailed("open", -handle, path, "It cannot be opened");
  if (options.caching === "buffered" && options.accessOrder !== null)
    libcFadvise(handle, 0, 0, ADVICE[options.accessOrder]);
  return { handle, path };
}

/** Runs a call on an open file; `tolerated` codes come back as minus errno, others throw. */
function run(
  file: OpenFile,
  name: string,
  what: string,
  call: () => number,
  tolerated: readonly number[] = [],
): number {
  const result = resultOrErrno(call);
  if (result < 0 && !tolerated.includes(-result)) throw fileCallFailed(name, -result, file.path, what);
  return result;
}

function writeMark(file: OpenFile, text: string): boolean {
  const value = Buffer.from(text);
  const set = (): number => libcFsetxattr(file.handle, MARK_NAME, value, value.length, 0);
  return run(file, "fsetxattr", "It cannot be marked", set, NO_ROOM_FOR_MARK) === 0;
}

function readMark(file: OpenFile): string | null {
  const value = Buffer.alloc(MARK_LIMIT_BYTES);
  const get = (): number => libcFgetxattr(file.handle, MARK_NAME, value, value.length);
  const length = run(file, "fgetxattr", "Its mark cannot be read", get, [ENODATA, ...NO_ROOM_FOR_MARK]);
  return length < 0 ? null : value.toString("utf8", 0, length);
}

function lock(file: OpenFile): boolean {
  return run(file, "flock", "It cannot be locked", () => libcFlock(file.handle, LOCK_EX_NB), [EWOULDBLOCK]) === 0;
}

const F_OFD_GETLK = 36;
/** `struct flock` (fcntl(2)): type, whence, start, length, process; a length of 0 reaches to the end. */
const FLOCK_BYTES = 32;
const F_WRLCK = 1;
const F_UNLCK = 2;

/** Locks of parts are another kind than the one that `lock` takes: qemu, virtlockd and databases use them. */
function isLockedInPart(file: OpenFile): boolean {
  const wanted = Buffer.alloc(FLOCK_BYTES);
  wanted.writeInt16LE(F_WRLCK);
  const asked = resultOrErrno(() => libcFcntlLock(file.handle, F_OFD_GETLK, wanted));
  return asked === 0 && wanted.readInt16LE() !== F_UNLCK;
}

function readAt(file: OpenFile, into: Buffer, offsetBytes: number): number {
  try {
    return readSync(file.handle, into, 0, into.length, offsetBytes);
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    throw system === undefined ? thrown : fileCallFailed("pread", system.code, file.path, "It cannot be read");
  }
}

function read(file: OpenFile, sizeBytes: number): Uint8Array {
  const bytes = Buffer.alloc(sizeBytes);
  let done = 0;
  while (done < sizeBytes) {
    const got = readAt(file, bytes.subarray(done), done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

function write(file: OpenFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const rest = bytes.subarray(done);
    done += run(file, "write", "It cannot be written", () => libcWrite(file.handle, rest, rest.length));
  }
}

export function createFiles(): Files {
  return {
    open,
    hold: (path, links, make = false) => new LinuxDirectory(reachDirectory(path, links, make), { writeMark, lock }),
    locate(path, make = false) {
      const { directory, name } = reachEntry(path, "own", make);
      return { directory: new LinuxDirectory(directory, { writeMark, lock }), name };
    },
    close(file) {
      // After EINTR the descriptor is gone all the same (close(2)): never a second time.
      libcClose(file.handle);
    },
    status(path) {
      const found = statxOfPath(path);
      return found === null ? null : toFileStatus(found, path);
    },
    statusOf: (file) => toFileStatus(statxOfDescriptor(file.handle, file.path), file.path),
    detailsOf: (file) => toFileDetails(statxOfDescriptor(file.handle, file.path), file.path),
    read,
    write,
    directIo: (file) => toDirectIo(statxOfDescriptor(file.handle, file.path)),
    probeDirectIo,
    resize(file, sizeBytes) {
      run(file, "ftruncate", "Its size cannot be set", () => libcFtruncate(file.handle, sizeBytes));
    },
    reserve(file, sizeBytes) {
      const reserved = (): number => libcFallocate(file.handle, 0, 0, sizeBytes);
      return run(file, "fallocate", "Its space cannot be reserved", reserved, [EOPNOTSUPP, ENOSYS]) === 0;
    },
    declareValid(file) {
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: "Linux cannot declare data valid that was never written",
        where: file.path,
        next: "Use `preallocate: fill`, or `extend` for a file of holes",
      });
    },
    allocation: allocationOf,
    flush(file) {
      run(file, "fsync", "Its data cannot be made durable", () => libcFsync(file.handle));
    },
    evict,
    cachedBytes,
    lock,
    isLockedInPart,
    writeMark,
    readMark,
  };
}
