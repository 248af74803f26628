// Timeouts of an io_uring in place of transfers -> a back end whose every I/O takes a time that the kernel's clock fixes.

import type { Backend } from "../../src/platform/platform.ts";
import { CQE, SQE } from "../../src/platform/linux/io-uring-abi.ts";
import { Ring } from "../../src/platform/linux/io-uring-ring.ts";
import { allocate } from "../../src/platform/linux/memory.ts";
import { setWord64 } from "../../src/platform/native-words.ts";

const TIMEOUT = 11;
/** How a timeout that has run out completes (io_uring_enter(2), IORING_OP_TIMEOUT). */
const ETIME = 62;
const SQE_WORDS = SQE.bytes / 4;
const CQE_WORDS = CQE.bytes / 4;

/** Every I/O is a timeout of `timeoutNs` (below a second) and then counts as `blockSizeBytes` transferred. */
export class TimeoutBackend implements Backend {
  readonly nativeOperations: readonly string[] = ["IORING_OP_TIMEOUT"];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  readonly #ring: Ring;
  readonly #blockSizeBytes: number;
  readonly #timespec = allocate(16);
  #tail = 0;
  #head = 0;
  #unsubmitted = 0;

  constructor(timeoutNs: number, queueDepth: number, blockSizeBytes: number) {
    const ring = Ring.open(queueDepth);
    if (typeof ring === "number") throw new Error(`io_uring_setup: errno ${-ring}`);
    this.#ring = ring;
    this.#blockSizeBytes = blockSizeBytes;
    this.submitBatch = queueDepth;
    this.buffers = new Uint8Array(queueDepth * blockSizeBytes);
    this.completedSlots = new Int32Array(queueDepth);
    this.completedResults = new Int32Array(queueDepth);
    // struct __kernel_timespec: 64-bit seconds, 64-bit nanoseconds.
    setWord64(new Int32Array(this.#timespec.bytes.buffer, 0, 4), 2, timeoutNs);
  }

  prepare(slot: number): void {
    const { sqes, words, places, submissionMask } = this.#ring;
    const entry = slot * SQE_WORDS;
    sqes.fill(0, entry, entry + SQE_WORDS);
    sqes[entry + SQE.operation] = TIMEOUT;
    sqes[entry + SQE.fd] = -1;
    setWord64(sqes, entry + SQE.address, this.#timespec.address);
    sqes[entry + SQE.length] = 1;
    sqes[entry + SQE.userData] = slot;
    words[places.submissionArray + (this.#tail & submissionMask)] = slot;
    this.#tail += 1;
    this.#unsubmitted += 1;
  }

  submit(): void {
    Atomics.store(this.#ring.words, this.#ring.places.submissionTail, this.#tail);
  }

  reap(minimum: number): number {
    const { words, places, completionMask } = this.#ring;
    const taken = this.#ring.enter(this.#unsubmitted, minimum);
    if (taken < 0) throw new Error(`io_uring_enter: errno ${-taken}`);
    this.#unsubmitted -= taken;
    const tail = Atomics.load(words, places.completionTail);
    let completed = 0;
    for (; this.#head !== tail; this.#head += 1, completed += 1) {
      const entry = places.completions + (this.#head & completionMask) * CQE_WORDS;
      const result = words[entry + CQE.result] ?? 0;
      this.completedSlots[completed] = words[entry + CQE.userData] ?? -1;
      this.completedResults[completed] = result === -ETIME ? this.#blockSizeBytes : result;
    }
    Atomics.store(words, places.completionHead, this.#head);
    return completed;
  }

  flush(): number {
    return 0;
  }

  close(): number {
    this.#ring.close();
    this.#timespec.free();
    return 0;
  }
}
