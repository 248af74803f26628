// Slots -> submission entries of an io_uring, one entry per slot, prefilled; completions -> slots (io_uring(7)).

import { READ, type Backend, type BackendOptions, type DirectionCode } from "../platform.ts";
import { loadAcquire, storeRelease } from "../ordered-words.ts";
import { DiskbenchError } from "../../shared/errors.ts";
import { systemError } from "./errors.ts";
import { CQE, OPERATION, SQE, SQE_ASYNC, SQE_FIXED_FILE } from "./io-uring-abi.ts";
import { Ring, type RingMode } from "./io-uring-ring.ts";
import { lockableBytes } from "./locked-memory.ts";
import { pageSizeBytes } from "./memory.ts";
import { createPageVectors, createSlots, setWord64, type PageVectors, type Slots } from "./slots.ts";
import { syncFile } from "./sync-file.ts";

const EPERM = 1;
const EINTR = 4;
const EAGAIN = 11;
const ENOMEM = 12;
const EBUSY = 16;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each
// use, and after a wait for a device whatever has to be loaded comes from far away.
const read = READ;
const load = loadAcquire;
const store = storeRelease;
const SQE_WORDS = SQE.bytes / 4;
const SQE_OPERATION = SQE.operation;
const SQE_OFFSET = SQE.offset;
const CQE_WORDS = CQE.bytes / 4;
const CQE_SLOT = CQE.userData;
const CQE_RESULT = CQE.result;

/**
 * Few to a device that idles, more and more behind them: on ext4 a twelfth faster than four per call whatever the device
 * has to do, at less CPU. All free slots at once made it wait in bursts.
 */
const FIRST_BATCH = 2;
const MOST_BATCH = 8;
const CLOSE_PATIENCE_MS = 5000;
/** The kernel may keep the buffers in pages of this size, and locks, and counts, only whole ones. */
const HUGE_PAGE_BYTES = 2 * 1024 * 1024;
/** Not a slot: completions of cancellations carry it. */
const CANCELLATION = -1;

interface Operations {
  readonly read: number;
  readonly write: number;
  readonly names: readonly [read: string, write: string];
}

const FIXED: Operations = {
  read: OPERATION.readFixed,
  write: OPERATION.writeFixed,
  names: ["IORING_OP_READ_FIXED", "IORING_OP_WRITE_FIXED"],
};
const PLAIN: Operations = {
  read: OPERATION.read,
  write: OPERATION.write,
  names: ["IORING_OP_READ", "IORING_OP_WRITE"],
};
const VECTORED: Operations = {
  read: OPERATION.readVectored,
  write: OPERATION.writeVectored,
  names: ["IORING_OP_READV", "IORING_OP_WRITEV"],
};

function openRing(queueDepth: number, mode: RingMode): Ring {
  const ring = Ring.open(queueDepth, mode);
  if (typeof ring !== "number") return ring;
  const asked = [mode.polling ? "polling" : "", mode.submitThread ? "submitThread" : ""].filter((word) => word !== "");
  if (asked.length > 0 && -ring !== ENOMEM) {
    throw new DiskbenchError({
      code: "UNSUPPORTED",
      what: `io_uring cannot be set up with ${asked.join(" and ")}`,
      system: systemError("io_uring_setup", -ring),
      ...(-ring === EPERM ? { cause: "Kernels before 5.13 want the capability CAP_SYS_NICE for a submit thread" } : {}),
      next: `Leave ${asked.join(" and ")} out`,
    });
  }
  throw new DiskbenchError({
    code: "UNSUPPORTED",
    what: `io_uring cannot be set up with ${queueDepth} entries`,
    system: systemError("io_uring_setup", -ring),
    ...(-ring === ENOMEM
      ? { cause: "The rings count against RLIMIT_MEMLOCK, before Linux 5.12 and of late again" }
      : {}),
    next: "Raise `ulimit -l`, lower queueDepth or threads, or use method writefileex (kernel AIO)",
  });
}

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
  #readWord = 0;
  #writeWord = 0;
  #submissionTailPlace = 0;
  #completionHeadPlace = 0;
  #completionTailPlace = 0;
  #completionsPlace = 0;
  #completionMask = 0;
  #submissionMask = 0;
  #submissionArrayPlace = 0;
  readonly #submitThread: boolean;
  readonly #fd: number;
  readonly #queueDepth: number;
  readonly #slots: Slots;
  readonly #vectors: PageVectors | null;
  /** Completions have to be asked for by a call. */
  readonly #asksAlways: boolean;

  constructor(options: BackendOptions, vectored: boolean) {
    this.#fd = options.file.handle;
    this.#queueDepth = options.queueDepth;
    this.submitBatch = Math.min(options.submitBatch ?? MOST_BATCH, options.queueDepth);
    this.firstBatch = Math.min(options.submitBatch ?? FIRST_BATCH, options.queueDepth);
    const mode: RingMode = {
      polling: options.polling ?? false,
      submitThread: options.submitThread ?? false,
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

    // All threads alike, or none: the first ones would take what the rings of the others need.
    const bufferBytes = Math.ceil(this.buffers.length / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES;
    const lockedBytes = (options.siblings ?? 1) * (ring.sizeBytes + bufferBytes);
    const fixed =
      !vectored &&
      lockedBytes <= lockableBytes() &&
      ring.registerBuffer(this.#slots.memory.address, this.buffers.length);
    const fixedFile = ring.registerFile(this.#fd);
    ring.registerDescriptor();
    const operations = vectored ? VECTORED : fixed ? FIXED : PLAIN;
    const flags = ((fixedFile ? SQE_FIXED_FILE : 0) | (options.awaited === true ? SQE_ASYNC : 0)) << 8;
    this.#readWord = operations.read | flags;
    this.#writeWord = operations.write | flags;
    this.nativeOperations = [
      ...(options.writes ? [operations.names[1]] : []),
      ...(options.reads ? [operations.names[0]] : []),
    ];
    this.#prefill(options, fixedFile ? 0 : this.#fd);
  }

  /** All of a slot's entry that never changes. The index array says which entry is next, so an entry can keep its slot. */
  #prefill(options: BackendOptions, descriptor: number): void {
    const sqes = this.#sqes;
    for (let slot = 0; slot < options.queueDepth; slot += 1) {
      const entry = slot * SQE_WORDS;
      sqes.fill(0, entry, entry + SQE_WORDS);
      sqes[entry + SQE.fd] = descriptor;
      const vectors = this.#vectors;
      setWord64(sqes, entry + SQE.address, (vectors ?? this.#slots).addresses[slot + 1] ?? 0);
      sqes[entry + SQE.length] = vectors === null ? options.blockSizeBytes : vectors.pagesPerSlot;
      sqes[entry + SQE.userData] = slot;
    }
  }

  /**
   * One I/O at queue depth 1, whose only entry is slot 0's: what `prepare`, `submit` and `reap` come to, without the
   * lists of slots between them. A ring that is driven in another way takes the long way.
   */
  transfer(direction: DirectionCode, offsetBytes: number): number {
    if (this.#submitThread || this.#unsubmitted > 0 || this.#outstanding > 0)
      return this.#transferByVerbs(direction, offsetBytes);
    const words = this.#words;
    const sqes = this.#sqes;
    const tail = (this.#tail + 1) | 0;
    sqes[SQE_OPERATION] = direction === read ? this.#readWord : this.#writeWord;
    sqes[SQE_OFFSET] = offsetBytes | 0;
    sqes[SQE_OFFSET + 1] = (offsetBytes / 4294967296) | 0;
    this.#tail = tail;
    store(words, this.#submissionTailPlace, tail);
    const taken = this.#ring.enter(1, 1);
    const head = this.#head;
    if (taken !== 1 || load(words, this.#completionTailPlace) === head) {
      this.#unsubmitted = 1;
      if (taken > 0) this.#take(taken);
      return this.#reapOne();
    }
    const entry = this.#completionsPlace + (head & this.#completionMask) * CQE_WORDS;
    const result = words[entry + CQE_RESULT] as number;
    this.#head = (head + 1) | 0;
    store(words, this.#completionHeadPlace, this.#head);
    return result;
  }

  #transferByVerbs(direction: DirectionCode, offsetBytes: number): number {
    this.prepare(0, direction, offsetBytes);
    this.submit();
    return this.#reapOne();
  }

  #reapOne(): number {
    // A wait that a signal ends brings nothing.
    while (this.reap(1) === 0);
    return this.completedResults[0] as number;
  }

  #take(count: number): void {
    this.#unsubmitted -= count;
    this.#outstanding += count;
  }

  prepare(slot: number, direction: DirectionCode, offsetBytes: number): void {
    const sqes = this.#sqes;
    const entry = slot * SQE_WORDS;
    sqes[entry + SQE_OPERATION] = direction === read ? this.#readWord : this.#writeWord;
    sqes[entry + SQE_OFFSET] = offsetBytes | 0;
    sqes[entry + SQE_OFFSET + 1] = (offsetBytes / 4294967296) | 0;
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
    return syncFile(this.#fd);
  }

  #cancel(): void {
    // Entries that were never handed over are taken back; they stand at the end of the queue.
    this.#tail = (this.#tail - this.#unsubmitted) | 0;
    this.#unsubmitted = 0;
    const sqes = this.#sqes;
    for (let slot = 0; slot < this.#queueDepth; slot += 1) {
      const entry = slot * SQE_WORDS;
      sqes.fill(0, entry, entry + SQE_WORDS);
      sqes[entry + SQE.operation] = OPERATION.asyncCancel;
      sqes[entry + SQE.address] = slot;
      sqes[entry + SQE.userData] = CANCELLATION;
      sqes[entry + SQE.userData + 1] = CANCELLATION;
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
