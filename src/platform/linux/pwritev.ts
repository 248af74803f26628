// One slot -> pwritev(2) or preadv(2), one page per iovec.

import { READ, type BackendOptions } from "../platform.ts";
import { bind, lastErrno } from "./libc.ts";
import { pageSizeBytes } from "./memory.ts";
import { createPageVectors, type PageVectors } from "./slots.ts";
import { SynchronousBackend } from "./synchronous.ts";

const pwritev = bind<(fd: number, vectors: number, count: number, offset: number) => number>(
  "int pwritev(int fd, uintptr_t vectors, int count, int64_t offset)",
);
const preadv = bind<(fd: number, vectors: number, count: number, offset: number) => number>(
  "int preadv(int fd, uintptr_t vectors, int count, int64_t offset)",
);

export class PwritevBackend extends SynchronousBackend {
  readonly nativeOperations: readonly string[];
  readonly #vectors: PageVectors;

  constructor(options: BackendOptions) {
    super(options);
    this.#vectors = createPageVectors({ ...options, queueDepth: 1 }, this.slots, pageSizeBytes);
    this.nativeOperations = [...(options.writes ? ["pwritev"] : []), ...(options.reads ? ["preadv"] : [])];
  }

  protected transfer(): number {
    const { addresses, pagesPerSlot } = this.#vectors;
    const vectors = addresses[1] as number;
    const offset = this.offset[0] as number;
    // Two call sites: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    const result =
      this.direction === READ
        ? preadv(this.fd, vectors, pagesPerSlot, offset)
        : pwritev(this.fd, vectors, pagesPerSlot, offset);
    return result < 0 ? -lastErrno() : result;
  }

  override close(): number {
    this.#vectors.memory.free();
    return super.close();
  }
}
