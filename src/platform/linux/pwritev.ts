// One slot -> pwritev(2) or preadv(2), one page per iovec.

import { WRITE, type BackendOptions, type DirectionCode } from "../platform.ts";
import { DescriptorBackend } from "./descriptor-backend.ts";
import { bind, lastErrno } from "./libc.ts";
import { pageSizeBytes } from "./memory.ts";
import { createPageVectors, type PageVectors } from "./slots.ts";

const pwritev = bind<(fd: number, vectors: number, count: number, offset: number) => number>(
  "int pwritev(int fd, uintptr_t vectors, int count, int64_t offset)",
);
const preadv = bind<(fd: number, vectors: number, count: number, offset: number) => number>(
  "int preadv(int fd, uintptr_t vectors, int count, int64_t offset)",
);

// A constant of this module is part of the compiled code, an imported one is loaded and checked at each use.
const write = WRITE;

export class PwritevBackend extends DescriptorBackend {
  readonly nativeOperations: readonly string[];
  readonly #vectors: PageVectors;
  readonly #pages: number;
  /** Null first: see `bufferAddress`. */
  #vectorsAddress: number | null = null;

  constructor(options: BackendOptions) {
    super(options);
    this.#vectors = createPageVectors({ ...options, queueDepth: 1 }, this.slots, pageSizeBytes);
    this.#vectorsAddress = this.#vectors.memory.address;
    this.#pages = this.#vectors.pagesPerSlot;
    this.nativeOperations = [...(options.writes ? ["pwritev"] : []), ...(options.reads ? ["preadv"] : [])];
  }

  transfer(direction: DirectionCode, offsetBytes: number): number {
    const vectors = this.#vectorsAddress as number;
    // Two call sites: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    const result =
      direction === write
        ? pwritev(this.fd, vectors, this.#pages, offsetBytes)
        : preadv(this.fd, vectors, this.#pages, offsetBytes);
    return result < 0 ? -lastErrno() : result;
  }

  override close(): number {
    this.#vectors.memory.free();
    return super.close();
  }
}
