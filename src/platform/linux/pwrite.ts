// One slot -> pwrite(2) or pread(2).

import { WRITE, type BackendOptions, type DirectionCode } from "../platform.ts";
import { DescriptorBackend } from "./descriptor-backend.ts";
import { bind, lastErrno } from "./libc.ts";

// Blocks are below 2 GiB, so the results fit in an int, which koffi returns without allocating.
const pwrite = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pwrite(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);
const pread = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pread(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);

// A constant of this module is part of the compiled code, an imported one is loaded and checked at each use.
const write = WRITE;

export class PwriteBackend extends DescriptorBackend {
  readonly nativeOperations: readonly string[];

  constructor(options: BackendOptions) {
    super(options);
    this.nativeOperations = [...(options.writes ? ["pwrite"] : []), ...(options.reads ? ["pread"] : [])];
  }

  transfer(direction: DirectionCode, offsetBytes: number): number {
    // Two call sites: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    const buffer = this.bufferAddress as number;
    const result =
      direction === write
        ? pwrite(this.fd, buffer, this.blockSizeBytes, offsetBytes)
        : pread(this.fd, buffer, this.blockSizeBytes, offsetBytes);
    return result < 0 ? -lastErrno() : result;
  }
}
