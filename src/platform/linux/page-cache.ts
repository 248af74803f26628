// An open file -> how much of it lies in the page cache; and out of it again.

import { placesToLookAt, type Stretch } from "../sampled-places.ts";
import type { Eviction, OpenFile } from "../platform.ts";
import { libcFadvise, libcMincore, resultOrErrno } from "./file-calls.ts";
import { bind } from "./libc.ts";
import { mapMemory, pageSizeBytes, unmapMemory } from "./memory.ts";

const PROT_READ = 1;
const MAP_SHARED = 1;
const POSIX_FADV_DONTNEED = 4;

/** cachestat, Linux 6.5; the same number on every architecture. */
const CACHESTAT_NUMBER = 451;
/** `struct cachestat` (linux/mman.h): five counts of 64 bits, the first of them the pages that are cached. */
const CACHESTAT_BYTES = 40;

// `int`, as libc's wrapper for calls that return 0 or -1.
const cachestatCall = bind<(number: number, fd: number, range: Buffer, counts: Buffer, flags: number) => number>(
  "int syscall(long number, int fd, void *range, void *counts, unsigned int flags)",
);

/** How much of a file is in the cache, by what was looked at. */
export interface Residency {
  readonly cachedBytes: number;
  /** Said of the figure: what it rests on, and what it leaves open. */
  readonly basis: string;
}

/**
 * The kernel counts what is there and steps over what is not, so that the size of the file costs nothing. Null where
 * the kernel has no such call, or keeps it from this user or this container.
 */
function countedByKernel(file: OpenFile, sizeBytes: number): Residency | null {
  const range = Buffer.alloc(16);
  range.writeBigUInt64LE(BigInt(sizeBytes), 8);
  const counts = Buffer.alloc(CACHESTAT_BYTES);
  if (resultOrErrno(() => cachestatCall(CACHESTAT_NUMBER, file.handle, range, counts, 0)) !== 0) return null;
  return { cachedBytes: Number(counts.readBigUInt64LE(0)) * pageSizeBytes, basis: "cachestat" };
}

function countResident(vector: Buffer): number {
  let resident = 0;
  // Only the lowest bit means anything (mincore(2)).
  for (const entry of vector) resident += entry & 1;
  return resident;
}

/** Null where the file cannot be mapped. */
function residentPages(file: OpenFile, { startBytes, lengthBytes }: Stretch): number | null {
  const vector = Buffer.alloc(Math.ceil(lengthBytes / pageSizeBytes));
  try {
    const what = "a look into the page cache";
    const address = mapMemory(what, lengthBytes, MAP_SHARED, file.handle, startBytes, PROT_READ);
    const result = libcMincore(address, lengthBytes, vector);
    unmapMemory(address, lengthBytes);
    return result === -1 ? null : countResident(vector);
  } catch {
    return null;
  }
}

/**
 * mincore asks page by page whether it is there, 9 s for a TiB of nothing: of large files it is asked in places only.
 * For files that the user neither owns nor may write the kernel says that everything is there (mincore(2), since 5.2).
 */
export function lookInPlaces(file: OpenFile, sizeBytes: number): Residency | null {
  const { stretches, what } = placesToLookAt(sizeBytes, pageSizeBytes);
  let pages = 0;
  for (const stretch of stretches) {
    const resident = residentPages(file, stretch);
    if (resident === null) return null;
    pages += resident;
  }
  return { cachedBytes: pages * pageSizeBytes, basis: `mincore of ${what}` };
}

function residency(file: OpenFile, sizeBytes: number): Residency | null {
  if (sizeBytes === 0) return { cachedBytes: 0, basis: "an empty file" };
  return countedByKernel(file, sizeBytes) ?? lookInPlaces(file, sizeBytes);
}

/** Bytes of the first `sizeBytes` that are seen in the page cache, in whole pages; null where it cannot be known. */
export function cachedBytes(file: OpenFile, sizeBytes: number): number | null {
  return residency(file, sizeBytes)?.cachedBytes ?? null;
}

/** Drops the file's clean pages. Dirty ones stay: flush first. */
export function evict(file: OpenFile, sizeBytes: number): Eviction {
  libcFadvise(file.handle, 0, 0, POSIX_FADV_DONTNEED);
  const found = residency(file, sizeBytes);
  return { complete: found?.cachedBytes === 0, basis: found?.basis ?? null };
}
