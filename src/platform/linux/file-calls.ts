// libc's file calls -> functions over plain numbers that throw what a person can read.

import { DiskbenchError, type Failure, type FailureCode } from "../../shared/errors.ts";
import { callFailed } from "./errors.ts";
import { bind, lastErrno } from "./libc.ts";

const EINTR = 4;

/** Not among node's constants; the same on x86-64 and arm64 (asm-generic/fcntl.h). */
export const O_CLOEXEC = 0o2000000;

/** What a failed call most likely means, where the system's own words leave that open. */
const LIKELY_CAUSES: Readonly<Record<number, Pick<Failure, "cause" | "next">>> = {
  1: { cause: "The file system or a flag of the file (immutable, append only) forbids it" },
  5: { cause: "The device below reports an error", next: "Look into the kernel log (dmesg)" },
  6: { cause: "It is a pipe that nobody reads from, or a device that is not there" },
  13: { cause: "This user lacks the permission", next: "Choose another target or run as a user who may use this one" },
  16: { cause: "Something else is using it: a mount, a swap area, a RAID or volume group, or another program" },
  24: { cause: "Too many files are open in this process", next: "Raise the limit with `ulimit -n`" },
  26: { cause: "It is an active swap file or a program that is running" },
  27: {
    cause: "The file system, or the limit `ulimit -f`, does not allow files of this size",
    next: "Choose a smaller size",
  },
  28: { cause: "The file system is full", next: "Free some space or choose a smaller size" },
  30: { cause: "The file system or device is read-only", next: "Choose a target that can be written" },
  122: { cause: "This user's disk quota is used up", next: "Choose a smaller size or another target" },
};

/** What has nothing to do with the target itself. */
const CODES: Readonly<Record<number, FailureCode>> = {
  23: "UNSUPPORTED",
  24: "UNSUPPORTED",
  28: "NO_SPACE",
  122: "NO_SPACE",
};

/** The error for `call` having failed with `code` on `path`. */
export function fileCallFailed(call: string, code: number, path: string, what: string): DiskbenchError {
  return callFailed(call, code, {
    code: CODES[code] ?? "TARGET_UNUSABLE",
    what,
    where: path,
    ...LIKELY_CAUSES[code],
  });
}

/** Runs a call that returns -1 on failure, again after each signal. Returns its result, or minus errno. */
export function resultOrErrno(call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -1) return result;
    const code = lastErrno();
    if (code !== EINTR) return -code;
  }
}

// `open` and `ioctl` are variadic in C; on x86-64 and arm64 Linux integer arguments travel the same way in both kinds
// of call, so fixed prototypes are right. koffi passes a Buffer as the address of its bytes.
export const libcOpen = bind<(path: string, flags: number, mode: number) => number>(
  "int open(const char *path, int flags, int mode)",
);
export const libcClose = bind<(fd: number) => number>("int close(int fd)");
export const libcFtruncate = bind<(fd: number, length: number) => number>("int ftruncate(int fd, int64_t length)");
export const libcFallocate = bind<(fd: number, mode: number, offset: number, length: number) => number>(
  "int fallocate(int fd, int mode, int64_t offset, int64_t length)",
);
export const libcFsync = bind<(fd: number) => number>("int fsync(int fd)");
export const libcLseek = bind<(fd: number, offset: number, whence: number) => number>(
  "int64_t lseek(int fd, int64_t offset, int whence)",
);
export const libcFlock = bind<(fd: number, operation: number) => number>("int flock(int fd, int operation)");
export const libcIoctl = bind<(fd: number, request: number, argument: Buffer) => number>(
  "int ioctl(int fd, unsigned long request, void *argument)",
);
export const libcFsetxattr = bind<(fd: number, name: string, value: Buffer, size: number, flags: number) => number>(
  "int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)",
);
export const libcFgetxattr = bind<(fd: number, name: string, value: Buffer, size: number) => number>(
  "int64_t fgetxattr(int fd, const char *name, void *value, size_t size)",
);
/** Returns the error code itself, not -1 (posix_fadvise(2)). */
export const libcFadvise = bind<(fd: number, offset: number, length: number, advice: number) => number>(
  "int posix_fadvise(int fd, int64_t offset, int64_t length, int advice)",
);
export const libcMincore = bind<(address: number, length: number, vector: Buffer) => number>(
  "int mincore(uintptr_t address, size_t length, void *vector)",
);
export const libcPread = bind<(fd: number, buffer: number, size: number, offset: number) => number>(
  "int64_t pread(int fd, uintptr_t buffer, size_t size, int64_t offset)",
);
export const libcPwrite = bind<(fd: number, buffer: number, size: number, offset: number) => number>(
  "int64_t pwrite(int fd, uintptr_t buffer, size_t size, int64_t offset)",
);
export const libcLinkat = bind<(from: number, path: string, to: number, newPath: string, flags: number) => number>(
  "int linkat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, int flags)",
);
export const libcOpenat = bind<(directory: number, name: string, flags: number, mode: number) => number>(
  "int openat(int directory, const char *name, int flags, int mode)",
);
export const libcUnlinkat = bind<(directory: number, name: string, flags: number) => number>(
  "int unlinkat(int directory, const char *name, int flags)",
);
export const libcRenameat = bind<(from: number, name: string, to: number, newName: string) => number>(
  "int renameat(int from, const char *name, int to, const char *newName)",
);
export const libcMkdirat = bind<(directory: number, name: string, mode: number) => number>(
  "int mkdirat(int directory, const char *name, int mode)",
);
export const libcReadlinkat = bind<(directory: number, name: string, text: Buffer, size: number) => number>(
  "int64_t readlinkat(int directory, const char *name, void *text, size_t size)",
);
export const libcFchown = bind<(fd: number, owner: number, group: number) => number>(
  "int fchown(int fd, int owner, int group)",
);
export const libcFchmod = bind<(fd: number, mode: number) => number>("int fchmod(int fd, int mode)");
export const libcWrite = bind<(fd: number, bytes: Uint8Array, size: number) => number>(
  "int64_t write(int fd, const void *bytes, size_t size)",
);
/** For the commands whose argument is a number ... */
export const libcFcntl = bind<(fd: number, command: number, argument: number) => number>(
  "int fcntl(int fd, int command, long argument)",
);
/** ... and for those that take a structure. */
export const libcFcntlLock = bind<(fd: number, command: number, lock: Buffer) => number>(
  "int fcntl(int fd, int command, void *lock)",
);
