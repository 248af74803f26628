// A number of entries -> a mapped io_uring: its rings as typed arrays, and the three system calls on it (io_uring(7)).

import type { RingSettings } from "../../job/job.ts";
import type { NativeMemory } from "../platform.ts";
import { CQE, ENTER, MAP_OFFSET, OPERATION, PARAMS, PROBE, REGISTER, SETUP, SQE, SYSTEM_CALL } from "./io-uring-abi.ts";
import { bind, closeDescriptor, lastErrno, viewMemory } from "./libc.ts";
import { allocate, mapMemory, unmapMemory, wholePages } from "./memory.ts";
import { setWord64 } from "../native-words.ts";

const MAP_SHARED_POPULATE = 0x01 | 0x8000;
const ENTER_CALL = SYSTEM_CALL.enter;
const GET_EVENTS = ENTER.getEvents;
const EINVAL = 22;

// syscall(2): libc has no wrappers for io_uring. The sixth argument of the call, the size of a signal set, is not given:
// without a set nobody reads it, and koffi takes a second look at calls of more than six arguments.
const enterCall = bind<
  (call: number, ring: number, submit: number, minimum: number, flags: number, set: number) => number
>("int syscall(long call, int ring, unsigned int submit, unsigned int minimum, unsigned int flags, uintptr_t set)");
const setupCall = bind<(call: number, entries: number, params: number) => number>(
  "int syscall(long call, unsigned int entries, uintptr_t params)",
);
const registerCall = bind<(call: number, ring: number, opcode: number, argument: number, count: number) => number>(
  "int syscall(long call, int ring, unsigned int opcode, uintptr_t argument, unsigned int count)",
);

/** Newest first: kernels before 6.1, 6.0 and 5.19 answer EINVAL to flags that they do not know. */
const FLAG_SETS = [SETUP.singleIssuer | SETUP.cooperativeTaskRun, SETUP.cooperativeTaskRun, 0];
const DEFERRING_FLAG_SETS = [SETUP.singleIssuer | SETUP.deferTaskRun, ...FLAG_SETS];
/** With SQPOLL the kernel's thread runs completions, and refuses to be told that this one does. */
const SUBMIT_THREAD_FLAG_SETS = [SETUP.singleIssuer, 0];
/** How long the kernel's thread looks for I/Os before it sleeps, in milliseconds. */
const SUBMIT_THREAD_IDLE_MS = 1000;
/** IORING_SQ_NEED_WAKEUP in the submission ring's flags. */
const NEEDS_WAKE_UP = 1 << 0;

export interface RingMode extends RingSettings {
  /** Completions are run by the calls that wait for them, where the kernel can, and not before. */
  readonly defers: boolean;
}

export const PLAIN_RING: RingSettings = { polling: false, submitThread: false };

function setup(entries: number, params: NativeMemory, mode: RingMode): number {
  const words = new Int32Array(params.bytes.buffer, 0, PARAMS.bytes / 4);
  const asked =
    SETUP.clamp | (mode.polling ? SETUP.completionPolling : 0) | (mode.submitThread ? SETUP.submissionPolling : 0);
  let error = 0;
  const flagSets = mode.defers ? DEFERRING_FLAG_SETS : FLAG_SETS;
  for (const flags of mode.submitThread ? SUBMIT_THREAD_FLAG_SETS : flagSets) {
    words.fill(0);
    words[PARAMS.flags] = flags | asked;
    words[PARAMS.submissionThreadIdle] = mode.submitThread ? SUBMIT_THREAD_IDLE_MS : 0;
    const fd = setupCall(SYSTEM_CALL.setup, entries, params.address);
    if (fd >= 0) return fd;
    error = lastErrno();
    if (error !== EINVAL) break;
  }
  return -error;
}

/**
 * errno of the first thing that keeps io_uring from being used now, 0 when nothing does. ENOSYS: no such kernel call,
 * or a seccomp filter that plays so; EPERM: forbidden by `kernel.io_uring_disabled` or seccomp; EOPNOTSUPP: too old.
 */
export function ringTrouble(): number {
  const params = allocate(PARAMS.bytes);
  const fd = setup(1, params, { ...PLAIN_RING, defers: false });
  if (fd < 0) return -fd;
  const probe = allocate(PROBE.headerBytes + PROBE.operations * PROBE.operationBytes);
  const answered = registerCall(SYSTEM_CALL.register, fd, REGISTER.probe, probe.address, PROBE.operations) === 0;
  const view = new DataView(probe.bytes.buffer);
  const supported = (operation: number): boolean =>
    (view.getUint16(PROBE.headerBytes + operation * PROBE.operationBytes + 2, true) & PROBE.supported) !== 0;
  // IORING_REGISTER_PROBE and the operations without vectors came together, in 5.6.
  const usable = answered && supported(OPERATION.read) && supported(OPERATION.write);
  closeDescriptor(fd);
  probe.free();
  params.free();
  return usable ? 0 : 95;
}

export interface RingPlaces {
  readonly submissionTail: number;
  readonly submissionFlags: number;
  /** Which entry is next, by submission. */
  readonly submissionArray: number;
  readonly completionHead: number;
  readonly completionTail: number;
  readonly completions: number;
}

/** A mapped ring. Indices into its arrays are masked by the caller; heads and tails are used in order (`ordered-words.ts`). */
export class Ring {
  readonly fd: number;
  readonly entries: number;
  readonly sqes: Int32Array;
  /** Both rings, in one array: the fewer there are, the less has to be fetched after a wait. */
  readonly words: Int32Array;
  readonly places: RingPlaces;
  readonly completionMask: number;
  readonly submissionMask: number;
  readonly #submitThread: boolean;
  /** With IOPOLL, and with deferred completions, they come only to those who ask the kernel. */
  readonly #askAlways: boolean;
  #enterDescriptor: number;
  #enterFlags = 0;
  readonly #params: NativeMemory;
  readonly #mapped: { readonly address: number; readonly length: number }[] = [];

  private constructor(fd: number, params: NativeMemory, mode: RingMode) {
    this.fd = fd;
    this.#submitThread = mode.submitThread;
    this.#enterDescriptor = fd;
    this.#params = params;
    const words = new Int32Array(params.bytes.buffer, 0, PARAMS.bytes / 4);
    const word = (index: number): number => words[index] as number;
    const deferring = (word(PARAMS.flags) & SETUP.deferTaskRun) !== 0;
    // The kernel's own thread asks the device by itself.
    this.#askAlways = deferring || (mode.polling && !mode.submitThread);
    const [submission, completion] = [PARAMS.submissionOffsets, PARAMS.completionOffsets];
    this.entries = word(PARAMS.submissionEntries);
    const submissionBytes = word(submission + 6) + this.entries * 4;
    const completionBytes = word(completion + 5) + word(PARAMS.completionEntries) * CQE.bytes;
    // One mapping holds both rings since 5.4 (IORING_FEAT_SINGLE_MMAP), and what we ask for came with 5.6.
    const rings = this.#map(MAP_OFFSET.submissionRing, Math.max(submissionBytes, completionBytes));
    const entries = this.#map(MAP_OFFSET.submissionEntries, this.entries * SQE.bytes);
    this.words = new Int32Array(rings.buffer, 0, Math.floor(rings.length / 4));
    this.sqes = new Int32Array(entries.buffer, 0, entries.length / 4);
    this.submissionMask = this.words[word(submission + 2) / 4] as number;
    this.completionMask = this.words[word(completion + 2) / 4] as number;
    this.places = {
      submissionTail: word(submission + 1) / 4,
      submissionFlags: word(submission + 4) / 4,
      submissionArray: word(submission + 6) / 4,
      completionHead: word(completion) / 4,
      completionTail: word(completion + 1) / 4,
      completions: word(completion + 5) / 4,
    };
  }

  /** At least `entries` entries; minus errno when the kernel will not have it. */
  static open(entries: number, mode: RingMode = { ...PLAIN_RING, defers: false }): Ring | number {
    const params = allocate(PARAMS.bytes);
    const fd = setup(entries, params, mode);
    if (fd >= 0) return new Ring(fd, params, mode);
    params.free();
    return fd;
  }

  #map(offset: number, length: number): Uint8Array {
    const address = mapMemory("io_uring", wholePages(length), MAP_SHARED_POPULATE, this.fd, offset);
    this.#mapped.push({ address, length: wholePages(length) });
    return viewMemory(address, length);
  }

  /** io_uring_enter(2): submissions taken, or minus errno. Waits for `minimum` completions. */
  enter(submit: number, minimum: number): number {
    if (this.#submitThread) return this.#enterBesideThread(submit, minimum);
    const flags = minimum > 0 || this.#askAlways ? this.#enterFlags | GET_EVENTS : this.#enterFlags;
    const taken = enterCall(ENTER_CALL, this.#enterDescriptor, submit, minimum, flags, 0);
    return taken < 0 ? -lastErrno() : taken;
  }

  /** The kernel's thread takes what is published: a call only wakes it up, or waits for a completion. */
  #enterBesideThread(submit: number, minimum: number): number {
    // A look after the tail was published, with a full barrier between them (io_uring_enter(2), IORING_ENTER_SQ_WAKEUP).
    const asleep = (Atomics.load(this.words, this.places.submissionFlags) & NEEDS_WAKE_UP) !== 0;
    if (!asleep && minimum === 0) return submit;
    const flags = this.#enterFlags | (asleep ? ENTER.submissionWakeUp : 0) | (minimum > 0 ? ENTER.getEvents : 0);
    const taken = enterCall(SYSTEM_CALL.enter, this.#enterDescriptor, submit, minimum, flags, 0);
    return taken < 0 ? -lastErrno() : submit;
  }

  /** Whether completions appear without any call of this thread. */
  get asksAlways(): boolean {
    return this.#askAlways;
  }

  get sizeBytes(): number {
    return this.#mapped.reduce((sum, { length }) => sum + length, 0);
  }

  #register(opcode: number, argument: number, count: number): number {
    return registerCall(SYSTEM_CALL.register, this.fd, opcode, argument, count) < 0 ? -lastErrno() : 0;
  }

  /** One buffer for all slots, index 0. False when it may not be locked in memory (RLIMIT_MEMLOCK) or is too large. */
  registerBuffer(address: number, sizeBytes: number): boolean {
    const vector = allocate(16);
    const words = new Int32Array(vector.bytes.buffer, 0, 4);
    setWord64(words, 0, address);
    setWord64(words, 2, sizeBytes);
    const registered = this.#register(REGISTER.buffers, vector.address, 1) === 0;
    vector.free();
    return registered;
  }

  /** The files come into the ring's own table, in their order, which spares a look-up per I/O. */
  registerFiles(fds: Int32Array): boolean {
    const list = allocate(fds.byteLength);
    new Int32Array(list.bytes.buffer, 0, fds.length).set(fds);
    const registered = this.#register(REGISTER.files, list.address, fds.length) === 0;
    list.free();
    return registered;
  }

  /** 5.18: the ring's own descriptor in the thread's table, which spares a look-up per io_uring_enter. */
  registerDescriptor(): boolean {
    const update = allocate(16);
    const words = new Int32Array(update.bytes.buffer, 0, 4);
    // struct io_uring_rsrc_update { u32 offset; u32 resv; u64 data }: offset -1 lets the kernel choose.
    words[0] = -1;
    words[2] = this.fd;
    const registered = registerCall(SYSTEM_CALL.register, this.fd, REGISTER.ringDescriptors, update.address, 1) === 1;
    if (registered) {
      this.#enterDescriptor = words[0];
      this.#enterFlags = ENTER.registeredRing;
    }
    update.free();
    return registered;
  }

  close(): void {
    // The kernel takes a closed ring apart in its own time. Until then the file would be in use, and could not be unmounted.
    this.#register(REGISTER.unregisterFiles, 0, 0);
    closeDescriptor(this.fd);
    for (const { address, length } of this.#mapped) unmapMemory(address, length);
    this.#params.free();
  }
}
