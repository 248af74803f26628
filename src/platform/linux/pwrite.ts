// One slot -> pwrite(2) or pread(2).

import { READ, type BackendOptions } from "../platform.ts";
import { bind, lastErrno } from "./libc.ts";
import { SynchronousBackend } from "./synchronous.ts";

// Blocks are below 2 GiB, so the results fit in an int, which koffi returns without allocating.
const pwrite = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pwrite(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);
const pread = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pread(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);

export class PwriteBackend extends SynchronousBackend {
  readonly nativeOperations: readonly string[];

  constructor(options: BackendOptions) {
    super(options);
    this.nativeOperations = [...(options.writes ? ["pwrite"] : []), ...(options.reads ? ["pread"] : [])];
  }

  protected transfer(): number {
    // Two call sites: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    const buffer = this.slots.addresses[1] as number;
    const offset = this.offset[0] as number;
    const result =
      this.direction === READ
        ? pread(this.fd, buffer, this.blockSizeBytes, offset)
        : pwrite(this.fd, buffer, this.blockSizeBytes, offset);
    return result < 0 ? -lastErrno() : result;
  }
}
