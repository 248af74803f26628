// One slot -> pwritev(2) or preadv(2), one page per iovec.

import { OPERATION, type Backend, type BackendOptions, type OperationCode } from "../platform.ts";
import { SingleSlot, withOneSlot } from "../single-slot.ts";
import { transferCalls } from "../transfer-calls.ts";
import { EOPNOTSUPP, writeVectors } from "./flagged-write.ts";
import { bind, lastErrno } from "./libc.ts";
import { pageSizeBytes } from "./memory.ts";
import { createPageVectors, createSlots, descriptorsOf, type PageVectors, type Slots } from "./slots.ts";
import { syncFiles } from "./sync-file.ts";

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

export class PwritevBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly completedSynchronously = null;
  readonly #slot = new SingleSlot();
  readonly completedSlots = this.#slot.completedSlots;
  readonly completedResults = this.#slot.completedResults;
  readonly submitBatch = 1;
  readonly backPressure = 0;
  readonly #descriptors: Int32Array;
  readonly #slots: Slots;
  readonly #vectors: PageVectors;
  /** Null first: see `#bufferAddress` of `PwriteBackend`. */
  #vectorsAddress: number | null = null;

  constructor(options: BackendOptions) {
    this.#descriptors = descriptorsOf(options);
    this.#slots = createSlots(withOneSlot(options));
    this.buffers = this.#slots.memory.bytes;
    this.#vectors = createPageVectors(withOneSlot(options), this.#slots, pageSizeBytes);
    this.#vectorsAddress = this.#vectors.memory.address;
    const writeCall = options.flags?.includes("dsync") === true ? "pwritev2" : "pwritev";
    this.nativeOperations = transferCalls(options, writeCall, "preadv");
  }

  /** `lengthBytes` are whole pages; what is beyond them is not transferred. */
  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number {
    const fd = this.#descriptors[file] as number;
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

  prepare(
    _slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    this.#slot.prepare(operation, file, offsetBytes, lengthBytes, flags);
  }

  submit(): void {
    this.#slot.submitTo(this);
  }

  reap(): number {
    return this.#slot.reap();
  }

  flush(): number {
    return syncFiles(this.#descriptors);
  }

  close(): number {
    this.#vectors.memory.free();
    this.#slots.memory.free();
    return 0;
  }
}
