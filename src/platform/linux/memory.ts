// Sizes -> page-aligned memory outside the JavaScript heap, private or shared between processes (mmap(2)).

import { closeSync, constants, ftruncateSync, openSync } from "node:fs";
import type { NativeMemory, SharedMemory } from "../platform.ts";
import { callFailed } from "./errors.ts";
import { bind, closeDescriptor, lastErrno, viewMemory } from "./libc.ts";

const PROT_READ_WRITE = 0x3;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_ANONYMOUS = 0x20;
const MAP_POPULATE = 0x8000;
/** 4.17: exactly here or not at all. Older kernels take it as a hint. */
const MAP_FIXED_NOREPLACE = 0x100000;
const MADV_HUGEPAGE = 14;
const MFD_CLOEXEC = 1;
const SC_PAGESIZE = 30;

// An address above 2^53, as MAP_FAILED is, comes back as a BigInt.
const mmap = bind<
  (hint: number, length: number, protection: number, flags: number, fd: number, offset: number) => number | bigint
>("uintptr_t mmap(uintptr_t hint, size_t length, int protection, int flags, int fd, int64_t offset)");
const munmap = bind<(address: number, length: number) => number>("int munmap(uintptr_t address, size_t length)");
const madvise = bind<(address: number, length: number, advice: number) => number>(
  "int madvise(uintptr_t address, size_t length, int advice)",
);
const memfdCreate = bind<(name: string, flags: number) => number>(
  "int memfd_create(const char *name, unsigned int flags)",
);
const sysconf = bind<(name: number) => number>("int sysconf(int name)");

/** Size of a memory page in bytes: 4, 16 or 64 KiB. */
export const pageSizeBytes = sysconf(SC_PAGESIZE);

export function wholePages(sizeBytes: number): number {
  return Math.ceil(sizeBytes / pageSizeBytes) * pageSizeBytes;
}

/** Largest address that is not an error: above it mmap has returned MAP_FAILED. */
const ADDRESS_LIMIT = 2 ** 53;
const LOW_BEGIN = 0x10000000;
const LOW_END = 0x7f000000;
const LOW_STEP_BYTES = 0x2000000;

/** Where below 2 GiB to look for room, from the top down. */
function* lowAddresses(length: number): Generator<number> {
  const step = Math.max(pageSizeBytes, Math.min(length, LOW_STEP_BYTES));
  for (let attempt = 0; attempt < 64; attempt += 1) {
    const address = LOW_END - length - attempt * step;
    if (address < LOW_BEGIN) return;
    yield address - (address % pageSizeBytes);
  }
}

/**
 * mmap(2), its failure turned into an error; `what` names the thing for the message. Below 2 GiB where there is room:
 * such addresses are small integers to the compiler, so that passing them to a call allocates nothing.
 */
export function mapMemory(
  what: string,
  length: number,
  flags: number,
  fd: number,
  offset: number,
  protection = PROT_READ_WRITE,
): number {
  for (const wanted of lowAddresses(length)) {
    const address = Number(mmap(wanted, length, protection, flags | MAP_FIXED_NOREPLACE, fd, offset));
    if (address === wanted) return address;
    if (address < ADDRESS_LIMIT) munmap(address, length);
  }
  const address = Number(mmap(0, length, protection, flags, fd, offset));
  if (address < ADDRESS_LIMIT) return address;
  throw callFailed("mmap", lastErrno(), {
    code: "UNSUPPORTED",
    what: `Cannot map ${length} bytes for ${what}`,
    next: "Lower blockSize, queueDepth or threads, or raise the memory limit",
  });
}

/** madvise(2). It is advice: where the kernel does not take it nothing is wrong. */
export function adviseMemory(address: number, length: number, advice: number): void {
  madvise(address, length, advice);
}

export function unmapMemory(address: number, length: number): void {
  munmap(address, length);
}

/** Bytes of a huge page (x64; Documentation/admin-guide/mm/transhuge.rst). */
const HUGE_PAGE_BYTES = 2 ** 21;

export function wholeHugePages(sizeBytes: number): number {
  return Math.ceil(sizeBytes / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES;
}

function ownedMemory(address: number, length: number, sizeBytes: number): NativeMemory {
  return {
    address,
    bytes: viewMemory(address, length).subarray(0, sizeBytes),
    free: () => unmapMemory(address, length),
  };
}

/** Zeroed, already resident memory: no page fault is left for the measured loop. */
export function allocate(sizeBytes: number): NativeMemory {
  const length = wholePages(sizeBytes);
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
  return ownedMemory(mapMemory("buffers", length, flags, -1, 0), length, sizeBytes);
}

/**
 * Memory for blocks, as `allocate` gives it. Blocks of several pages lie in huge pages, where the system has them to
 * give: a device takes a block by its physical segments, and in small pages it has as many as the pages happen to lie
 * apart, 9 to 16 for 64 KiB in turns of the same run, each of which costs time. Above what the device takes at once
 * (128 or 254, queue/max_segments) the kernel splits the block, which for io_uring means to refuse it first and to
 * hand it to a slower worker thread.
 */
export function allocateSlots(count: number, slotSizeBytes: number): NativeMemory {
  const sizeBytes = count * slotSizeBytes;
  if (slotSizeBytes <= pageSizeBytes) return allocate(sizeBytes);
  const length = wholeHugePages(sizeBytes);
  // Whole huge pages below 2 GiB are aligned as well, because `lowAddresses` counts down in steps of the length.
  const address = mapMemory("buffers", length, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  adviseMemory(address, length, MADV_HUGEPAGE);
  viewMemory(address, length).fill(0);
  return ownedMemory(address, length, sizeBytes);
}

/** A file without a name (memfd_create(2)), so that nothing stays behind however the processes end. */
export function createSharedMemory(sizeBytes: number): SharedMemory {
  const fd = memfdCreate("diskbench", MFD_CLOEXEC);
  if (fd < 0) {
    throw callFailed("memfd_create", lastErrno(), { code: "UNSUPPORTED", what: "Cannot make shared memory" });
  }
  ftruncateSync(fd, sizeBytes);
  const shared = mapShared(fd, `/proc/${process.pid}/fd/${fd}`, sizeBytes);
  return {
    ...shared,
    close: () => {
      shared.close();
      closeDescriptor(fd);
    },
  };
}

export function openSharedMemory(path: string, sizeBytes: number): SharedMemory {
  const fd = openSync(path, constants.O_RDWR);
  try {
    return mapShared(fd, path, sizeBytes);
  } finally {
    closeSync(fd);
  }
}

function mapShared(fd: number, path: string, sizeBytes: number): SharedMemory {
  const length = wholePages(sizeBytes);
  const address = mapMemory("shared counters", length, MAP_SHARED, fd, 0);
  return {
    path,
    view: (start, viewed) => viewMemory(address + start, viewed),
    close: () => unmapMemory(address, length),
  };
}
