// Flags of a single write -> those of Linux, and the call that takes them (RWF_DSYNC, pwritev2(2)).

import { IO_FLAG } from "../platform.ts";
import { bind } from "./libc.ts";

export const PWRITEV2_CALL = process.arch === "arm64" ? 287 : 328;
const RWF_DSYNC = 2;
const DSYNC = IO_FLAG.dsync;
/** What each Linux back end answers to an operation that it does not carry out. */
export const EOPNOTSUPP = 95;

// syscall(2): musl has no wrapper for it before 1.2.5. The kernel takes the offset in two halves, of which a 64-bit one
// leaves the second alone.
const pwritev2 = bind<
  (call: number, fd: number, vectors: number, count: number, offset: number, high: number, flags: number) => number
>("int syscall(long call, int fd, uintptr_t vectors, int count, int64_t offset, long high, int flags)");

/** `flags` as the kernel's `rw_flags` of io_uring and kernel AIO have them. */
export function writeFlags(flags: number): number {
  return (flags & DSYNC) === 0 ? 0 : RWF_DSYNC;
}

/** pwritev2(2): bytes written, or below 0 with errno set. */
export function writeVectors(fd: number, vectors: number, count: number, offsetBytes: number, flags: number): number {
  return pwritev2(PWRITEV2_CALL, fd, vectors, count, offsetBytes, 0, writeFlags(flags));
}
