// An open file -> how much of it lies in the page cache; and out of it again.

import type { OpenFile } from "../platform.ts";
import { libcFadvise, libcMincore } from "./file-calls.ts";
import { mapMemory, pageSizeBytes, unmapMemory } from "./memory.ts";

const PROT_READ = 1;
const MAP_SHARED = 1;
const POSIX_FADV_DONTNEED = 4;

/** What one system call looks at; a multiple of every page size. */
const WINDOW_BYTES = 2 ** 30;

function countResident(vector: Buffer): number {
  let resident = 0;
  // Only the lowest bit means anything (mincore(2)).
  for (const entry of vector) resident += entry & 1;
  return resident;
}

/** Null where the file cannot be mapped. */
function residentPages(file: OpenFile, offsetBytes: number, length: number): number | null {
  const vector = Buffer.alloc(Math.ceil(length / pageSizeBytes));
  try {
    const address = mapMemory("a look into the page cache", length, MAP_SHARED, file.handle, offsetBytes, PROT_READ);
    const result = libcMincore(address, length, vector);
    unmapMemory(address, length);
    return result === -1 ? null : countResident(vector);
  } catch {
    return null;
  }
}

/**
 * Bytes of the first `sizeBytes` that are in the page cache, in whole pages; null where it cannot be known. For files
 * that the user neither owns nor may write the kernel says that everything is (mincore(2), since Linux 5.2).
 */
export function cachedBytes(file: OpenFile, sizeBytes: number): number | null {
  let pages = 0;
  for (let offset = 0; offset < sizeBytes; offset += WINDOW_BYTES) {
    const resident = residentPages(file, offset, Math.min(WINDOW_BYTES, sizeBytes - offset));
    if (resident === null) return null;
    pages += resident;
  }
  return pages * pageSizeBytes;
}

/** Drops the file's clean pages; true when none is left. Dirty ones stay: flush first. */
export function evict(file: OpenFile, sizeBytes: number): boolean {
  libcFadvise(file.handle, 0, 0, POSIX_FADV_DONTNEED);
  return cachedBytes(file, sizeBytes) === 0;
}
