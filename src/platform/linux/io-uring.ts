// Slots -> submission entries of an io_uring, one entry per slot, prefilled; completions -> slots (io_uring(7)).

import { READ, type Backend, type BackendOptions, type DirectionCode } from "../platform.ts";
import { loadAcquire, storeRelease } from "../ordered-words.ts";
import { DiskbenchError } from "../../shared/errors.ts";
import { systemError } from "./errors.ts";
import { CQE, OPERATION, SQE, SQE_FIXED_FILE } from "./io-uring-abi.ts";
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
const SQE_WORDS = SQE.bytes / 4;
/** Four per call kept the device busiest at the least CPU on ext4; all free slots at once made it wait in bursts. */
const DEFAULT_SUBMIT_BATCH = 4;
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
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly completedSynchronously = null;
  backPressure = 0;
  readonly #fd: number;
  readonly #queueDepth: number;
  readonly #ring: Ring;
  readonly #slots: Slots;
  readonly #vectors: PageVectors | null;
  /** Completions have to be asked for by a call. */
  readonly #asksAlways: boolean;
  readonly #submitThread: boolean;
  readonly #readWord: number;
  readonly #writeWord: number;
  // The ring's hot parts, one hop from here.
  readonly #sqes: Int32Array;
  readonly #cqes: Int32Array;
  readonly #submissionArray: Int32Array;
  readonly #submissionTailWord: Int32Array;
  readonly #completionHeadWord: Int32Array;
  readonly #completionTailWord: Int32Array;
  readonly #submissionMask: number;
  readonly #completionMask: number;
  #tail: number;
  #head: number;
  /** Published to the ring, not yet taken by io_uring_enter. */
  #unsubmitted = 0;
  #outstanding = 0;

  constructor(options: BackendOptions, vectored: boolean) {
    this.#fd = options.file.handle;
    this.#queueDepth = options.queueDepth;
    this.submitBatch = Math.min(options.submitBatch ?? DEFAULT_SUBMIT_BATCH, options.queueDepth);
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
    this.#sqes = ring.sqes;
    this.#cqes = ring.cqes;
    this.#submissionArray = ring.submissionArray;
    this.#submissionTailWord = ring.submissionTail;
    this.#completionHeadWord = ring.completionHead;
    this.#completionTailWord = ring.completionTail;
    this.#submissionMask = ring.submissionMask;
    this.#completionMask = ring.completionMask;
    this.#tail = Atomics.load(ring.submissionTail, 0);
    this.#head = Atomics.load(ring.completionHead, 0);

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
    const flags = (fixedFile ? SQE_FIXED_FILE : 0) << 8;
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

  prepare(slot: number, direction: DirectionCode, offsetBytes: number): void {
    const sqes = this.#sqes;
    const entry = slot * SQE_WORDS;
    sqes[entry + SQE.operation] = direction === READ ? this.#readWord : this.#writeWord;
    sqes[entry + SQE.offset] = offsetBytes | 0;
    sqes[entry + SQE.offset + 1] = (offsetBytes / 4294967296) | 0;
    this.#submissionArray[this.#tail & this.#submissionMask] = slot;
    this.#tail = (this.#tail + 1) | 0;
    this.#unsubmitted += 1;
  }

  /** Only publishes: the one io_uring_enter of the following `reap` both hands over and collects. */
  submit(): void {
    // The kernel's thread may be about to sleep: what `enter` then reads must come after this (io_uring_enter(2)).
    if (this.#submitThread) Atomics.store(this.#submissionTailWord, 0, this.#tail);
    else storeRelease(this.#submissionTailWord, 0, this.#tail);
  }

  reap(minimum: number): number {
    let tail = loadAcquire(this.#completionTailWord, 0);
    const waiting = minimum > 0 && tail === this.#head;
    if (this.#unsubmitted > 0 || waiting || this.#asksAlways) {
      this.#enter(waiting ? 1 : 0);
      tail = loadAcquire(this.#completionTailWord, 0);
    }
    const cqes = this.#cqes;
    const mask = this.#completionMask;
    const completedSlots = this.completedSlots;
    const completedResults = this.completedResults;
    let head = this.#head;
    let completed = 0;
    while (head !== tail) {
      const entry = (head & mask) * (CQE.bytes / 4);
      completedSlots[completed] = cqes[entry + CQE.userData] as number;
      completedResults[completed] = cqes[entry + CQE.result] as number;
      completed += 1;
      head = (head + 1) | 0;
    }
    if (completed > 0) {
      this.#head = head;
      storeRelease(this.#completionHeadWord, 0, head);
      this.#outstanding -= completed;
    }
    return completed;
  }

  #enter(minimum: number): void {
    const taken = this.#ring.enter(this.#unsubmitted, minimum);
    if (taken >= 0) {
      this.#unsubmitted -= taken;
      this.#outstanding += taken;
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
      this.#submissionArray[this.#tail & this.#submissionMask] = slot;
      this.#tail = (this.#tail + 1) | 0;
    }
    Atomics.store(this.#submissionTailWord, 0, this.#tail);
    this.#ring.enter(this.#queueDepth, 0);
  }

  close(): number {
    if (this.#outstanding > 0) this.#cancel();
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const deadline = Date.now() + CLOSE_PATIENCE_MS;
    while (this.#outstanding > 0 && Date.now() < deadline) {
      const tail = Atomics.load(this.#completionTailWord, 0);
      for (; this.#head !== tail; this.#head = (this.#head + 1) | 0) {
        const slot = this.#cqes[(this.#head & this.#completionMask) * (CQE.bytes / 4) + CQE.userData];
        if (slot !== CANCELLATION) this.#outstanding -= 1;
      }
      Atomics.store(this.#completionHeadWord, 0, this.#head);
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
