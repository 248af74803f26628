// A file of diskbench's own -> whether O_DIRECT really bypasses the page cache there, found out by trying.

import { constants } from "node:fs";
import type { DirectIo, OpenFile } from "../platform.ts";
import {
  fileCallFailed,
  libcClose,
  libcFsync,
  libcFtruncate,
  libcOpen,
  libcPread,
  libcPwrite,
  O_CLOEXEC,
  resultOrErrno,
} from "./file-calls.ts";
import { allocate, pageSizeBytes } from "./memory.ts";
import { cachedBytes, evict } from "./page-cache.ts";
import { statxOfDescriptor } from "./statx.ts";

const EINVAL = 22;

const aligned = (alignmentBytes: number | null, basis: string): DirectIo => ({
  offsetAlignmentBytes: alignmentBytes,
  memoryAlignmentBytes: alignmentBytes,
  basis,
});

/** Bytes written, or minus errno. A file shorter than a page grows by zeros. */
function rewriteFirstPage(descriptor: number, path: string): number {
  const page = allocate(pageSizeBytes);
  try {
    const read = resultOrErrno(() => libcPread(descriptor, page.address, pageSizeBytes, 0));
    if (read === -EINVAL) return read;
    if (read < 0) throw fileCallFailed("pread", -read, path, "Its first page cannot be read");
    return resultOrErrno(() => libcPwrite(descriptor, page.address, pageSizeBytes, 0));
  } finally {
    page.free();
  }
}

export function probeDirectIo(file: OpenFile): DirectIo {
  const { sizeBytes } = statxOfDescriptor(file.handle, file.path);
  const flags = constants.O_RDWR | constants.O_DIRECT | O_CLOEXEC;
  const descriptor = resultOrErrno(() => libcOpen(file.path, flags, 0));
  if (descriptor === -EINVAL) return aligned(0, "open refuses O_DIRECT");
  if (descriptor < 0) throw fileCallFailed("open", -descriptor, file.path, "It cannot be opened for unbuffered I/O");
  try {
    libcFsync(file.handle);
    evict(file, pageSizeBytes);
    const written = rewriteFirstPage(descriptor, file.path);
    if (written === -EINVAL) return aligned(0, `an O_DIRECT access of ${pageSizeBytes} bytes is refused`);
    if (written < 0) throw fileCallFailed("pwrite", -written, file.path, "The probe for unbuffered I/O failed");
    const cached = cachedBytes(file, pageSizeBytes);
    if (cached === null) return aligned(null, "O_DIRECT is accepted; the page cache cannot be looked into here");
    if (cached > 0) return aligned(0, "a write with O_DIRECT stayed in the page cache (mincore)");
    return aligned(pageSizeBytes, "a write with O_DIRECT left nothing in the page cache (mincore)");
  } finally {
    libcClose(descriptor);
    if (sizeBytes < pageSizeBytes) resultOrErrno(() => libcFtruncate(file.handle, sizeBytes));
  }
}
