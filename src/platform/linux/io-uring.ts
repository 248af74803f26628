// Verbs over slots -> submissions and completions of an io_uring, one entry per slot (io_uring(7)).

import type { Backend, BackendOptions, OperationCode } from "../platform.ts";
import { loadAcquire, storeRelease } from "../ordered-words.ts";
import { awaitOne, transferByVerbs } from "../transfer-by-verbs.ts";
import { DiskbenchError } from "../../shared/errors.ts";
import { systemError } from "./errors.ts";
import { writeFlags } from "./flagged-write.ts";
import { CQE, SQE } from "./io-uring-abi.ts";
import { CANCELLATION, fillCancellation, prefillEntries } from "./io-uring-entries.ts";
import { PLAIN_RING, type Ring, type RingMode } from "./io-uring-ring.ts";
import { openRing } from "./io-uring-set-up.ts";
import { pageSizeBytes } from "./memory.ts";
import { createPageVectors, createSlots, descriptorsOf, type PageVectors, type Slots } from "./slots.ts";
import { syncFiles } from "./sync-file.ts";

const EINTR = 4;
const EAGAIN = 11;
const EBUSY = 16;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each
// use, and after a wait for a device whatever has to be loaded comes from far away.
const load = loadAcquire;
const store = storeRelease;
const byVerbs = transferByVerbs;
const kernelFlags = writeFlags;
const {
  operation: SQE_OPERATION,
  fd: SQE_FD,
  offset: SQE_OFFSET,
  length: SQE_LENGTH,
  writeFlags: SQE_WRITE_FLAGS,
} = SQE;
const { userData: CQE_SLOT, result: CQE_RESULT } = CQE;
const SQE_WORDS = SQE.bytes / 4;
const CQE_WORDS = CQE.bytes / 4;

/**
 * Few to a device that idles, more and more behind them: on ext4 no slower than four per call whatever is in flight, at
 * a twentieth less CPU. All free slots at once made the device wait in bursts.
 */
const FIRST_BATCH = 2;
const MOST_BATCH = 8;
const CLOSE_PATIENCE_MS = 5000;

export class IoUringBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly firstBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly completedSynchronously = null;
  backPressure = 0;
  // What each I/O needs stands side by side.
  readonly #ring: Ring;
  readonly #words: Int32Array;
  readonly #sqes: Int32Array;
  #tail = 0;
  #head = 0;
  /** Published to the ring, not yet taken by io_uring_enter. */
  #unsubmitted = 0;
  #outstanding = 0;
  /** First word of an entry, by the I/O's operation, and what stands for a file, by its index. */
  readonly #operations: Int32Array;
  readonly #files: Int32Array;
  /** An entry says its length in bytes, or in pages. */
  readonly #lengthShift: number;
  #submissionTailPlace = 0;
  #completionHeadPlace = 0;
  #completionTailPlace = 0;
  #completionsPlace = 0;
  #completionMask = 0;
  #submissionMask = 0;
  #submissionArrayPlace = 0;
  readonly #submitThread: boolean;
  readonly #descriptors: Int32Array;
  readonly #queueDepth: number;
  readonly #slots: Slots;
  readonly #vectors: PageVectors | null;
  /** Completions have to be asked for by a call. */
  readonly #asksAlways: boolean;

  constructor(options: BackendOptions, vectored: boolean) {
    this.#descriptors = descriptorsOf(options);
    this.#queueDepth = options.queueDepth;
    this.submitBatch = Math.min(options.submitBatch ?? MOST_BATCH, options.queueDepth);
    this.firstBatch = Math.min(options.submitBatch ?? FIRST_BATCH, options.queueDepth);
    const mode: RingMode = {
      ...(options.ring ?? PLAIN_RING),
      // Alone, an I/O is waited for by the very call that hands it over; of many, some are there before anybody waits.
      defers: options.queueDepth === 1,
    };
    const ring = openRing(options.queueDepth, mode);
    this.#submitThread = mode.submitThread;
    this.#asksAlways = ring.asksAlways;
    this.#ring = ring;
    this.#slots = createSlots(options);
    this.#vectors = vectored ? createPageVectors(options, this.#slots, pageSizeBytes) : null;
    this.buffers = this.#slots.memory.bytes;
    this.completedSlots = this.#slots.completedSlots;
    this.completedResults = this.#slots.completedResults;
    const { words, places } = ring;
    this.#words = words;
    this.#sqes = ring.sqes;
    this.#submissionTailPlace = places.submissionTail;
    this.#submissionArrayPlace = places.submissionArray;
    this.#completionHeadPlace = places.completionHead;
    this.#completionTailPlace = places.completionTail;
    this.#completionsPlace = places.completions;
    this.#submissionMask = ring.submissionMask;
    this.#completionMask = ring.completionMask;
    this.#tail = Atomics.load(words, places.submissionTail);
    this.#head = Atomics.load(words, places.completionHead);

    const entries = prefillEntries(ring, options, this.#slots, this.#vectors);
    this.#operations = entries.operations;
    this.#files = entries.files;
    this.#lengthShift = vectored ? Math.log2(pageSizeBytes) : 0;
    this.nativeOperations = entries.nativeOperations;
  }

  /**
   * One I/O at queue depth 1, whose only entry is slot 0's: what `prepare`, `submit` and `reap` come to, without the
   * lists of slots between them. A ring that is driven in another way takes the long way.
   */
  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number {
    if (this.#submitThread || this.#unsubmitted > 0 || this.#outstanding > 0)
      return byVerbs(this, operation, file, offsetBytes, lengthBytes, flags);
    const words = this.#words;
    const sqes = this.#sqes;
    const tail = (this.#tail + 1) | 0;
    sqes[SQE_OPERATION] = this.#operations[operation] as number;
    sqes[SQE_FD] = this.#files[file] as number;
    sqes[SQE_OFFSET] = offsetBytes | 0;
    sqes[SQE_OFFSET + 1] = (offsetBytes / 4294967296) | 0;
    sqes[SQE_LENGTH] = lengthBytes >>> this.#lengthShift;
    sqes[SQE_WRITE_FLAGS] = kernelFlags(flags);
    this.#tail = tail;
    store(words, this.#submissionTailPlace, tail);
    const taken = this.#ring.enter(1, 1);
    const head = this.#head;
    if (taken !== 1 || load(words, this.#completionTailPlace) === head) {
      this.#unsubmitted = 1;
      if (taken > 0) this.#take(taken);
      return awaitOne(this);
    }
    const entry = this.#completionsPlace + (head & this.#completionMask) * CQE_WORDS;
    const result = words[entry + CQE_RESULT] as number;
    this.#head = (head + 1) | 0;
    store(words, this.#completionHeadPlace, this.#head);
    return result;
  }

  #take(count: number): void {
    this.#unsubmitted -= count;
    this.#outstanding += count;
  }

  prepare(
    slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    const sqes = this.#sqes;
    const entry = slot * SQE_WORDS;
    sqes[entry + SQE_OPERATION] = this.#operations[operation] as number;
    sqes[entry + SQE_FD] = this.#files[file] as number;
    sqes[entry + SQE_OFFSET] = offsetBytes | 0;
    sqes[entry + SQE_OFFSET + 1] = (offsetBytes / 4294967296) | 0;
    sqes[entry + SQE_LENGTH] = lengthBytes >>> this.#lengthShift;
    sqes[entry + SQE_WRITE_FLAGS] = kernelFlags(flags);
    this.#words[this.#submissionArrayPlace + (this.#tail & this.#submissionMask)] = slot;
    this.#tail = (this.#tail + 1) | 0;
    this.#unsubmitted += 1;
  }

  /** Only publishes: the one io_uring_enter of the following `reap` both hands over and collects. */
  submit(): void {
    // The kernel's thread may be about to sleep: what `enter` then reads must come after this (io_uring_enter(2)).
    if (this.#submitThread) Atomics.store(this.#words, this.#submissionTailPlace, this.#tail);
    else store(this.#words, this.#submissionTailPlace, this.#tail);
  }

  reap(minimum: number): number {
    const words = this.#words;
    let tail = load(words, this.#completionTailPlace);
    const waiting = minimum > 0 && tail === this.#head;
    if (this.#unsubmitted > 0 || waiting || this.#asksAlways) {
      this.#enter(waiting ? 1 : 0);
      tail = load(words, this.#completionTailPlace);
    }
    const completionsPlace = this.#completionsPlace;
    const mask = this.#completionMask;
    const completedSlots = this.completedSlots;
    const completedResults = this.completedResults;
    let head = this.#head;
    let completed = 0;
    while (head !== tail) {
      const entry = completionsPlace + (head & mask) * CQE_WORDS;
      completedSlots[completed] = words[entry + CQE_SLOT] as number;
      completedResults[completed] = words[entry + CQE_RESULT] as number;
      completed += 1;
      head = (head + 1) | 0;
    }
    if (completed > 0) {
      this.#head = head;
      store(words, this.#completionHeadPlace, head);
      this.#outstanding -= completed;
    }
    return completed;
  }

  #enter(minimum: number): void {
    const taken = this.#ring.enter(this.#unsubmitted, minimum);
    if (taken >= 0) {
      this.#take(taken);
      return;
    }
    if (taken === -EINTR) return;
    // The kernel is short of memory, or of room for completions: collect first, hand over again with the next call.
    if ((taken === -EAGAIN || taken === -EBUSY) && this.#outstanding > 0) {
      this.backPressure += 1;
      return;
    }
    throw new DiskbenchError({
      code: "IO_FAILED",
      what: "io_uring took no more I/Os",
      system: systemError("io_uring_enter", -taken),
      next: "Lower queueDepth or threads",
    });
  }

  flush(): number {
    return syncFiles(this.#descriptors);
  }

  #cancel(): void {
    // Entries that were never handed over are taken back; they stand at the end of the queue.
    this.#tail = (this.#tail - this.#unsubmitted) | 0;
    this.#unsubmitted = 0;
    for (let slot = 0; slot < this.#queueDepth; slot += 1) {
      fillCancellation(this.#sqes, slot);
      this.#words[this.#submissionArrayPlace + (this.#tail & this.#submissionMask)] = slot;
      this.#tail = (this.#tail + 1) | 0;
    }
    Atomics.store(this.#words, this.#submissionTailPlace, this.#tail);
    this.#ring.enter(this.#queueDepth, 0);
  }

  close(): number {
    if (this.#outstanding > 0) this.#cancel();
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const deadline = Date.now() + CLOSE_PATIENCE_MS;
    while (this.#outstanding > 0 && Date.now() < deadline) {
      const tail = Atomics.load(this.#words, this.#completionTailPlace);
      for (; this.#head !== tail; this.#head = (this.#head + 1) | 0) {
        const entry = this.#completionsPlace + (this.#head & this.#completionMask) * CQE_WORDS;
        const slot = this.#words[entry + CQE_SLOT];
        if (slot !== CANCELLATION) this.#outstanding -= 1;
      }
      Atomics.store(this.#words, this.#completionHeadPlace, this.#head);
      if (this.#outstanding > 0) {
        // With cooperative task running completions appear when this thread enters the kernel.
        this.#ring.enter(0, 0);
        Atomics.wait(pause, 0, 0, 1);
      }
    }
    // Memory that the kernel may still write to is never freed; neither is the ring that speaks of it.
    if (this.#outstanding > 0) return this.#outstanding;
    this.#ring.close();
    this.#vectors?.memory.free();
    this.#slots.memory.free();
    return 0;
  }
}
