// One slot -> pwrite(2) or pread(2).

import { OPERATION, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { setWord64 } from "../native-words.ts";
import { transferCalls } from "../transfer-calls.ts";
import { DescriptorBackend } from "./descriptor-backend.ts";
import { EOPNOTSUPP, writeVectors } from "./flagged-write.ts";
import { bind, lastErrno } from "./libc.ts";
import { allocate } from "./memory.ts";

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

export class PwriteBackend extends DescriptorBackend {
  readonly nativeOperations: readonly string[];
  /** An iovec of the slot's buffer, for writes with flags, which pwrite(2) does not take. */
  readonly #vector: NativeMemory;
  readonly #vectorWords: Int32Array;

  constructor(options: BackendOptions) {
    super(options);
    const writeCall = options.flags === undefined ? "pwrite" : "pwritev2";
    this.nativeOperations = transferCalls(options, writeCall, "pread");
    this.#vector = allocate(16);
    this.#vectorWords = new Int32Array(this.#vector.bytes.buffer, 0, 4);
    setWord64(this.#vectorWords, 0, this.slots.memory.address);
  }

  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number {
    const fd = this.descriptors[file] as number;
    const buffer = this.bufferAddress as number;
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

  override close(): number {
    this.#vector.free();
    return super.close();
  }
}
