// The control plane's file work on Linux: open, size, reserve, flush, lock, mark, remove.

import { constants } from "node:fs";
import { DiskbenchError } from "../../shared/errors.ts";
import type { Files, OpenFile, OpenOptions } from "../platform.ts";
import { allocationOf } from "./allocation.ts";
import { createMarked } from "./create-marked.ts";
import { probeDirectIo } from "./direct-io.ts";
import {
  fileCallFailed,
  libcClose,
  libcFadvise,
  libcFallocate,
  libcFgetxattr,
  libcFlock,
  libcFsetxattr,
  libcFsync,
  libcFtruncate,
  libcOpen,
  libcUnlink,
  O_CLOEXEC,
  resultOrErrno,
} from "./file-calls.ts";
import { cachedBytes, evict } from "./page-cache.ts";
import { statxOfDescriptor, statxOfPath, toDirectIo, toFileStatus } from "./statx.ts";

const ACCESS_FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_WRONLY,
  "read-write": constants.O_RDWR,
} as const;
const ADVICE = { random: 1, sequential: 2 } as const;
const LOCK_EX_NB = 2 | 4;
const MARK_NAME = "user.diskbench";
const MARK_LIMIT_BYTES = 4096;

const EINVAL = 22;
const EWOULDBLOCK = 11;
const EOPNOTSUPP = 95;
const ENOSYS = 38;
const ENODATA = 61;
/** No attributes here: EPERM (device nodes), E2BIG, ENOSPC, ERANGE, ENOSYS, EOPNOTSUPP, EDQUOT. */
const NO_ROOM_FOR_MARK: readonly number[] = [1, 7, 28, 34, ENOSYS, EOPNOTSUPP, 122];

function openFlags(options: OpenOptions): number {
  let flags = ACCESS_FLAGS[options.access] | O_CLOEXEC;
  if (options.create === "new") flags |= constants.O_CREAT | constants.O_EXCL;
  if (options.exclusive) flags |= constants.O_EXCL;
  if (options.caching === "unbuffered") flags |= constants.O_DIRECT;
  if (options.writeThrough) flags |= constants.O_DSYNC;
  return flags;
}

function open(path: string, options: OpenOptions): OpenFile {
  const handle = resultOrErrno(() => libcOpen(path, openFlags(options), 0o644));
  if (handle === -EINVAL && options.caching === "unbuffered") {
    throw new DiskbenchError({
      ...fileCallFailed("open", EINVAL, path, "It cannot be opened for unbuffered I/O").failures[0],
      cause: "This file system does not know O_DIRECT",
      next: "Choose a target on another file system, or set `caching: buffered`",
    });
  }
  if (handle < 0) {
    const what = options.create === "new" ? "It cannot be created" : "It cannot be opened";
    throw fileCallFailed("open", -handle, path, what);
  }
  if (options.caching === "buffered" && options.pattern !== null) libcFadvise(handle, 0, 0, ADVICE[options.pattern]);
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

function remove(file: OpenFile): boolean {
  const named = statxOfPath(file.path);
  const held = statxOfDescriptor(file.handle, file.path);
  // As long as it is held open no other file gets its inode number.
  if (named?.inode !== held.inode || named.fileSystemNumber !== held.fileSystemNumber) return false;
  run(file, "unlink", "It cannot be removed", () => libcUnlink(file.path));
  return true;
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

/** Linux's part of `Platform.files`. */
export function createFiles(): Files {
  return {
    open,
    createMarked: (path, mark) => createMarked(path, mark, { writeMark, lock }),
    close(file) {
      // After EINTR the descriptor is gone all the same (close(2)): never a second time.
      libcClose(file.handle);
    },
    status(path) {
      const found = statxOfPath(path);
      return found === null ? null : toFileStatus(found, path);
    },
    statusOf: (file) => toFileStatus(statxOfDescriptor(file.handle, file.path), file.path),
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
    writeMark,
    readMark,
    remove,
  };
}
