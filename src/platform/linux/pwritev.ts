// One slot -> pwritev(2) or preadv(2), one page per iovec.

import { OPERATION, type BackendOptions, type OperationCode } from "../platform.ts";
import { transferCalls } from "../transfer-calls.ts";
import { DescriptorBackend } from "./descriptor-backend.ts";
import { EOPNOTSUPP, writeVectors } from "./flagged-write.ts";
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
const { read, write } = OPERATION;
const NOT_CARRIED_OUT = -EOPNOTSUPP;
const PAGE_SHIFT = Math.log2(pageSizeBytes);

export class PwritevBackend extends DescriptorBackend {
  readonly nativeOperations: readonly string[];
  readonly #vectors: PageVectors;
  /** Null first: see `bufferAddress`. */
  #vectorsAddress: number | null = null;

  constructor(options: BackendOptions) {
    super(options);
    this.#vectors = createPageVectors({ ...options, queueDepth: 1 }, this.slots, pageSizeBytes);
    this.#vectorsAddress = this.#vectors.memory.address;
    const writeCall = options.flags === undefined ? "pwritev" : "pwritev2";
    this.nativeOperations = transferCalls(options, writeCall, "preadv");
  }

  /** `lengthBytes` are whole pages; what is beyond them is not transferred. */
  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number {
    const fd = this.descriptors[file] as number;
    const vectors = this.#vectorsAddress as number;
    const pages = lengthBytes >>> PAGE_SHIFT;
    let result = 0;
    // A call site each: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    if (operation === write) {
      result =
        flags === 0 ? pwritev(fd, vectors, pages, offsetBytes) : writeVectors(fd, vectors, pages, offsetBytes, flags);
    } else if (operation === read) {
      result = preadv(fd, vectors, pages, offsetBytes);
    } else {
      return NOT_CARRIED_OUT;
    }
    return result < 0 ? -lastErrno() : result;
  }

  override close(): number {
    this.#vectors.memory.free();
    return super.close();
  }
}
