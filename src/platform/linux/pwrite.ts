// One slot -> pwrite(2) or pread(2).

import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { setWord64 } from "../native-words.ts";
import { SingleSlot, withOneSlot } from "../single-slot.ts";
import { transferCalls } from "../transfer-calls.ts";
import { EOPNOTSUPP, writeVectors } from "./flagged-write.ts";
import { bind, lastErrno } from "./libc.ts";
import { allocate } from "./memory.ts";
import { createSlots, descriptorsOf, type Slots } from "./slots.ts";
import { syncFiles } from "./sync-file.ts";

// Blocks are below 2 GiB, so the results fit in an int, which koffi returns without allocating.
const pwrite = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pwrite(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);
const pread = bind<(fd: number, buffer: number, count: number, offset: number) => number>(
  "int pread(int fd, uintptr_t buffer, size_t count, int64_t offset)",
);

// A constant of this module is part of the compiled code, an imported one is loaded and checked at each use.
const { read, write } = OPERATION;
const NOT_CARRIED_OUT = -EOPNOTSUPP;

export class PwriteBackend implements Backend {
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
  /**
   * Address of the slot's buffer. Null first, on purpose: a field that was never anything but a number would box it anew
   * at each use where it outgrows 31 bits; this one hands out the number object that it holds.
   */
  #bufferAddress: number | null = null;
  /** An iovec of the slot's buffer, for writes with flags, which pwrite(2) does not take. */
  readonly #vector: NativeMemory;
  readonly #vectorWords: Int32Array;

  constructor(options: BackendOptions) {
    this.#descriptors = descriptorsOf(options);
    this.#slots = createSlots(withOneSlot(options));
    this.buffers = this.#slots.memory.bytes;
    this.#bufferAddress = this.#slots.memory.address;
    const writeCall = options.flags?.includes("dsync") === true ? "pwritev2" : "pwrite";
    this.nativeOperations = transferCalls(options, writeCall, "pread");
    this.#vector = allocate(16);
    this.#vectorWords = new Int32Array(this.#vector.bytes.buffer, 0, 4);
    setWord64(this.#vectorWords, 0, this.#slots.memory.address);
  }

  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number {
    const fd = this.#descriptors[file] as number;
    const buffer = this.#bufferAddress as number;
    let result = 0;
    // A call site each: optimized code calls a function that it knows at compile time directly, a chosen one by detours.
    if (operation === write) {
      result =
        flags === 0
          ? pwrite(fd, buffer, lengthBytes, offsetBytes)
          : this.#writeWith(flags, fd, offsetBytes, lengthBytes);
    } else if (operation === read) {
      result = pread(fd, buffer, lengthBytes, offsetBytes);
    } else {
      return NOT_CARRIED_OUT;
    }
    return result < 0 ? -lastErrno() : result;
  }

  #writeWith(flags: number, fd: number, offsetBytes: number, lengthBytes: number): number {
    this.#vectorWords[2] = lengthBytes;
    return writeVectors(fd, this.#vector.address, 1, offsetBytes, flags);
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
    this.#vector.free();
    this.#slots.memory.free();
    return 0;
  }
}
