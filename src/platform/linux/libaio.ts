// Slots -> control blocks of kernel AIO, submitted by system call; completions read from its ring (io_submit(2)).

import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { loadAcquire, storeRelease } from "../ordered-words.ts";
import { DiskbenchError } from "../../shared/errors.ts";
import { systemError } from "./errors.ts";
import { writeFlags } from "./flagged-write.ts";
import { bind, lastErrno, viewMemory } from "./libc.ts";
import { allocate } from "./memory.ts";
import { setWord64 } from "../native-words.ts";
import { createSlots, descriptorsOf, type Slots } from "./slots.ts";
import { syncFiles } from "./sync-file.ts";
import { transferCalls } from "../transfer-calls.ts";

export const SYSTEM_CALL =
  process.arch === "arm64"
    ? { setup: 0, destroy: 1, submit: 2, cancel: 3, getEvents: 4 }
    : { setup: 206, destroy: 207, getEvents: 208, submit: 209, cancel: 210 };

// V8 makes a constant of the module that uses it part of the compiled code; an imported or exported one it loads and
// checks at each use.
const { read, write } = OPERATION;
const kernelFlags = writeFlags;
const load = loadAcquire;
const store = storeRelease;
const SUBMIT_CALL = SYSTEM_CALL.submit;

const EINTR = 4;
const EAGAIN = 11;
export const COMMAND = { read: 0, write: 1 } as const;
/** struct iocb, 64 bytes, in 32-bit words (include/uapi/linux/aio_abi.h). */
export const IOCB = {
  words: 16,
  data: 0,
  writeFlags: 3,
  command: 4,
  descriptor: 5,
  buffer: 6,
  length: 8,
  offset: 10,
} as const;
/** struct io_event, 32 bytes, in 32-bit words. */
export const EVENT = { words: 8, data: 0, result: 4 } as const;
/** struct aio_ring, the head of the completion ring that the context's address points to (fs/aio.c). */
export const RING = {
  count: 1,
  head: 2,
  tail: 3,
  magic: 4,
  incompatible: 6,
  headerBytes: 7,
  magicValue: 0xa10a10a1 | 0,
} as const;
const { read: COMMAND_READ, write: COMMAND_WRITE } = COMMAND;
/** None that the kernel knows: it refuses such an I/O with EINVAL. */
const NO_COMMAND = 0xff;
const {
  words: BLOCK_WORDS,
  writeFlags: BLOCK_WRITE_FLAGS,
  command: BLOCK_COMMAND,
  descriptor: BLOCK_DESCRIPTOR,
  length: BLOCK_LENGTH,
  offset: BLOCK_OFFSET,
} = IOCB;
const { words: EVENT_WORDS, data: EVENT_SLOT, result: EVENT_RESULT } = EVENT;
const { head: RING_HEAD, tail: RING_TAIL } = RING;
/** Measured on tmpfs: 8 to 32 per call are alike, fewer cost more. */
const DEFAULT_SUBMIT_BATCH = 8;
const CLOSE_PATIENCE_MS = 5000;

const setupCall = bind<(call: number, count: number, context: number) => number>(
  "int syscall(long call, unsigned int count, uintptr_t context)",
);
const destroyCall = bind<(call: number, context: number) => number>("int syscall(long call, uintptr_t context)");
const submitCall = bind<(call: number, context: number, count: number, list: number) => number>(
  "int syscall(long call, uintptr_t context, long count, uintptr_t list)",
);
const cancelCall = bind<(call: number, context: number, block: number, result: number) => number>(
  "int syscall(long call, uintptr_t context, uintptr_t block, uintptr_t result)",
);
const getEventsCall = bind<
  (call: number, context: number, minimum: number, count: number, events: number, timeout: number) => number
>("int syscall(long call, uintptr_t context, long minimum, long count, uintptr_t events, uintptr_t timeout)");

function openContext(queueDepth: number): number {
  const memory = allocate(8);
  const failed = setupCall(SYSTEM_CALL.setup, queueDepth, memory.address) < 0;
  const code = failed ? lastErrno() : 0;
  const words = new Uint32Array(memory.bytes.buffer, 0, 2);
  const context = (words[1] as number) * 4294967296 + (words[0] as number);
  memory.free();
  if (!failed) return context;
  throw new DiskbenchError({
    code: "UNSUPPORTED",
    what: `Kernel AIO cannot be set up for ${queueDepth} I/Os`,
    system: systemError("io_setup", code),
    ...(code === EAGAIN ? { cause: "All contexts that the system allows are taken" } : {}),
    next: "Raise the sysctl fs.aio-max-nr, lower queueDepth or threads, or use method writefile (io_uring)",
  });
}

/** errno when kernel AIO cannot be used here (ENOSYS: built without it, or a seccomp filter), else 0. */
export function kernelAioTrouble(): number {
  const memory = allocate(8);
  const failed = setupCall(SYSTEM_CALL.setup, 1, memory.address) < 0;
  const code = failed ? lastErrno() : 0;
  if (!failed) {
    const words = new Uint32Array(memory.bytes.buffer, 0, 2);
    destroyCall(SYSTEM_CALL.destroy, (words[1] as number) * 4294967296 + (words[0] as number));
  }
  memory.free();
  return code;
}

export class LibaioBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly completedSynchronously = null;
  backPressure = 0;
  readonly #descriptors: Int32Array;
  readonly #queueDepth: number;
  readonly #slots: Slots;
  readonly #controlBlocks: NativeMemory;
  readonly #blockWords: Int32Array;
  readonly #list: NativeMemory;
  readonly #listWords: Int32Array;
  readonly #eventMemory: NativeMemory;
  readonly #eventWords: Int32Array;
  // Generic arrays hand out the address objects that they hold; number fields would box them anew.
  readonly #context: readonly (number | null)[];
  readonly #addresses: readonly (number | null)[];
  /** The kernel's completion ring, when its layout is the one that we know: then no system call is needed to look. */
  readonly #ring: Int32Array | null;
  readonly #ringEvents: Int32Array;
  readonly #ringCount: number;
  #prepared = 0;
  #outstanding = 0;

  constructor(options: BackendOptions) {
    const { queueDepth } = options;
    this.#descriptors = descriptorsOf(options);
    this.#queueDepth = queueDepth;
    this.submitBatch = Math.min(options.submitBatch ?? DEFAULT_SUBMIT_BATCH, queueDepth);
    const context = openContext(queueDepth);
    this.#context = [null, context];
    this.#slots = createSlots(options);
    this.buffers = this.#slots.memory.bytes;
    this.completedSlots = this.#slots.completedSlots;
    this.completedResults = this.#slots.completedResults;
    this.#controlBlocks = allocate(queueDepth * IOCB.words * 4);
    this.#blockWords = new Int32Array(this.#controlBlocks.bytes.buffer, 0, queueDepth * IOCB.words);
    this.#list = allocate(queueDepth * 8);
    this.#listWords = new Int32Array(this.#list.bytes.buffer, 0, queueDepth * 2);
    this.#eventMemory = allocate(queueDepth * EVENT.words * 4);
    this.#eventWords = new Int32Array(this.#eventMemory.bytes.buffer, 0, queueDepth * EVENT.words);
    this.#addresses = [null, this.#list.address, this.#eventMemory.address];
    const commands = transferCalls(options, "IOCB_CMD_PWRITE", "IOCB_CMD_PREAD");
    this.nativeOperations = ["io_submit", "io_getevents", ...commands];
    const header = new Int32Array(viewMemory(context, 32).buffer);
    const known = header[RING.magic] === RING.magicValue && header[RING.incompatible] === 0;
    this.#ring = known && options.awaited !== true ? header : null;
    this.#ringCount = header[RING.count] as number;
    const eventsAt = header[RING.headerBytes] as number;
    this.#ringEvents = known
      ? new Int32Array(viewMemory(context + eventsAt, this.#ringCount * EVENT.words * 4).buffer)
      : new Int32Array(0);
    for (let slot = 0; slot < queueDepth; slot += 1) {
      const block = slot * IOCB.words;
      this.#blockWords[block + IOCB.data] = slot;
      setWord64(this.#blockWords, block + IOCB.buffer, this.#slots.addresses[slot + 1] as number);
    }
  }

  prepare(
    slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    const block = slot * BLOCK_WORDS;
    const words = this.#blockWords;
    words[block + BLOCK_COMMAND] = operation === read ? COMMAND_READ : operation === write ? COMMAND_WRITE : NO_COMMAND;
    words[block + BLOCK_WRITE_FLAGS] = kernelFlags(flags);
    words[block + BLOCK_DESCRIPTOR] = this.#descriptors[file] as number;
    // Blocks are below 2 GiB: the upper half stays 0.
    words[block + BLOCK_LENGTH] = lengthBytes;
    words[block + BLOCK_OFFSET] = offsetBytes | 0;
    words[block + BLOCK_OFFSET + 1] = (offsetBytes / 4294967296) | 0;
    const address = this.#controlBlocks.address + slot * BLOCK_WORDS * 4;
    this.#listWords[this.#prepared * 2] = address | 0;
    this.#listWords[this.#prepared * 2 + 1] = (address / 4294967296) | 0;
    this.#prepared += 1;
  }

  submit(): void {
    const prepared = this.#prepared;
    // One that was refused waits to be told first: there is room for one, and the rest goes with the next call.
    if (prepared === 0 || this.#refusedSlot >= 0) return;
    const taken = submitCall(SUBMIT_CALL, this.#context[1] as number, prepared, this.#addresses[1] as number);
    if (taken === prepared) {
      this.#prepared = 0;
      this.#outstanding += taken;
      return;
    }
    this.#submittedLess(taken < 0 ? -lastErrno() : taken);
  }

  /** The kernel took only some, or none: the rest moves to the front of the list and goes with the next call. */
  #submittedLess(taken: number): void {
    if (taken > 0) {
      this.#listWords.copyWithin(0, taken * 2, this.#prepared * 2);
      this.#prepared -= taken;
      this.#outstanding += taken;
      this.backPressure += 1;
      return;
    }
    if (taken === -EINTR) return;
    if ((taken === -EAGAIN || taken === 0) && this.#outstanding > 0) {
      this.backPressure += 1;
      return;
    }
    this.#refused(-taken);
  }

  /**
   * io_submit(2) reports a block that is wrong in itself (bad descriptor, unaligned, beyond a limit) as an error of the
   * whole call; it becomes the result of the first I/O in the list, so that it is counted like any failed I/O.
   */
  #refused(code: number): void {
    const low = (this.#listWords[0] as number) >>> 0;
    const address = (this.#listWords[1] as number) * 4294967296 + low;
    this.#refusedSlot = (address - this.#controlBlocks.address) / (IOCB.words * 4);
    this.#refusedCode = code;
    this.#listWords.copyWithin(0, 2, this.#prepared * 2);
    this.#prepared -= 1;
  }
  #refusedSlot = -1;
  #refusedCode = 0;

  reap(minimum: number): number {
    if (this.#refusedSlot >= 0) {
      this.completedSlots[0] = this.#refusedSlot;
      this.completedResults[0] = -this.#refusedCode;
      this.#refusedSlot = -1;
      return 1;
    }
    if (this.#prepared > 0) this.submit();
    if (this.#refusedSlot >= 0) return this.reap(minimum);
    const ring = this.#ring;
    if (ring !== null) {
      const head = ring[RING_HEAD] as number;
      const tail = load(ring, RING_TAIL);
      if (head !== tail) return this.#takeFromRing(ring, head, tail);
      if (minimum === 0) return 0;
    }
    return this.#takeByCall(minimum);
  }

  #takeFromRing(ring: Int32Array, from: number, tail: number): number {
    const events = this.#ringEvents;
    let head = from;
    let completed = 0;
    while (head !== tail) {
      const event = head * EVENT_WORDS;
      this.completedSlots[completed] = events[event + EVENT_SLOT] as number;
      this.completedResults[completed] = events[event + EVENT_RESULT] as number;
      completed += 1;
      head = head + 1 === this.#ringCount ? 0 : head + 1;
    }
    store(ring, RING_HEAD, head);
    this.#outstanding -= completed;
    return completed;
  }

  #takeByCall(minimum: number): number {
    const completed = getEventsCall(
      SYSTEM_CALL.getEvents,
      this.#context[1] as number,
      minimum,
      this.#queueDepth,
      this.#addresses[2] as number,
      0,
    );
    if (completed <= 0) return 0;
    for (let index = 0; index < completed; index += 1) {
      this.completedSlots[index] = this.#eventWords[index * EVENT.words + EVENT.data] as number;
      this.completedResults[index] = this.#eventWords[index * EVENT.words + EVENT.result] as number;
    }
    this.#outstanding -= completed;
    return completed;
  }

  flush(): number {
    return syncFiles(this.#descriptors);
  }

  close(): number {
    this.#prepared = 0;
    const context = this.#context[1] as number;
    for (let slot = 0; this.#outstanding > 0 && slot < this.#queueDepth; slot += 1) {
      const block = this.#controlBlocks.address + slot * IOCB.words * 4;
      cancelCall(SYSTEM_CALL.cancel, context, block, this.#eventMemory.address);
    }
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const deadline = Date.now() + CLOSE_PATIENCE_MS;
    while (this.#outstanding > 0 && Date.now() < deadline) {
      if (this.reap(0) === 0) Atomics.wait(pause, 0, 0, 1);
    }
    // io_destroy(2) would wait for the rest without end, and the kernel may still write to their buffers.
    if (this.#outstanding > 0) return this.#outstanding;
    destroyCall(SYSTEM_CALL.destroy, context);
    for (const memory of [this.#controlBlocks, this.#list, this.#eventMemory, this.#slots.memory]) memory.free();
    return 0;
  }
}
