// The slots of an overlapped back end -> what each does, whose it is now, and what has come of it.

import { DiskbenchError } from "../../shared/errors.ts";
import { OPERATION, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { slotAddresses, type SlotAddresses } from "../native-words.ts";
import { ERROR, STATUS_PENDING } from "./constants.ts";
import { isBackPressure } from "./errors.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { OverlappedArray } from "./overlapped.ts";
import { startBytesFor } from "./raw-volume.ts";

/** The outcome of handing over an I/O that the system now owns; every other is its result. */
export const PENDING = 0x7fffffff;

const FREE = 0;
const OUTSTANDING = 1;

/** How long `close` waits for cancelled I/Os. */
const CLOSE_PATIENCE_MS = 5000;
const CLOSE_STEP_MS = 50;

/**
 * The life of a slot. `prepare` describes it; the back end takes it from `nextPrepared`, makes the call, and tells what
 * came of it to `issued`. Then either the system owns it until the back end hears of its end, which it tells to
 * `complete`, or it was done (or failed) at once and waits in a list for the next `beginReap`.
 */
export class SlotTable {
  readonly buffers: Uint8Array;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  /** Each call hands over one I/O: more per stamp of the clock would only blur the latencies. */
  readonly submitBatch: number;
  readonly queueDepth: number;
  /** By file: its handle. */
  readonly handles: readonly number[];
  /** By slot: what it does, in which file, and how much. */
  readonly operations: Uint8Array;
  readonly files: Uint16Array;
  readonly lengths: Int32Array;
  readonly overlapped: OverlappedArray;
  readonly bufferAddresses: SlotAddresses;
  /** I/Os that the system owns. */
  outstanding = 0;
  /** How many completions the `reap` that is under way has found so far. */
  collected = 0;
  backPressure = 0;
  completedSynchronously = 0;
  readonly #kernel32: Kernel32;
  /** By file: what is added to its offsets. */
  readonly #starts: Float64Array;
  readonly #underWine: boolean;
  readonly #memory: NativeMemory;
  readonly #states: Uint8Array;
  /** A ring: prepared slots in the order in which they go to the system. */
  readonly #prepared: Int32Array;
  #firstPrepared = 0;
  #preparedCount = 0;
  /** Refused for want of memory: there is no use in asking again before something has completed. */
  #refused = false;
  readonly #doneSlots: Int32Array;
  readonly #doneResults: Int32Array;
  #doneCount = 0;

  constructor(win32: Win32, { queueDepth, slotSizeBytes, files, submitBatch }: BackendOptions) {
    this.#kernel32 = win32.kernel32;
    this.#underWine = win32.wineVersion !== null;
    this.#starts = Float64Array.from(files, startBytesFor);
    this.handles = files.map(({ handle }) => handle);
    this.queueDepth = queueDepth;
    this.submitBatch = submitBatch ?? 1;
    this.#memory = allocate(win32, queueDepth * slotSizeBytes);
    this.buffers = this.#memory.bytes;
    this.bufferAddresses = slotAddresses(this.#memory.address, slotSizeBytes, queueDepth);
    this.overlapped = new OverlappedArray(win32, queueDepth);
    this.operations = new Uint8Array(queueDepth);
    this.files = new Uint16Array(queueDepth);
    this.lengths = new Int32Array(queueDepth);
    this.completedSlots = new Int32Array(queueDepth);
    this.completedResults = new Int32Array(queueDepth);
    this.#states = new Uint8Array(queueDepth);
    this.#prepared = new Int32Array(queueDepth);
    this.#doneSlots = new Int32Array(queueDepth);
    this.#doneResults = new Int32Array(queueDepth);
  }

  prepare(slot: number, operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): void {
    this.operations[slot] = operation;
    this.files[slot] = file;
    this.lengths[slot] = lengthBytes;
    this.overlapped.prepare(slot, (this.#starts[file] as number) + offsetBytes);
    this.#prepared[(this.#firstPrepared + this.#preparedCount) % this.queueDepth] = slot;
    this.#preparedCount += 1;
  }

  /** The slot whose turn it is; below 0: none, or the system has refused it for now. */
  nextPrepared(): number {
    return this.#preparedCount === 0 || this.#refused ? -1 : (this.#prepared[this.#firstPrepared] as number);
  }

  /** Prepared I/Os that the system has refused for now. */
  get deferred(): number {
    return this.#preparedCount;
  }

  handleOf(slot: number): number {
    return this.handles[this.files[slot] as number] as number;
  }

  isCarriedOut(slot: number): boolean {
    return (this.operations[slot] as number) <= OPERATION.write;
  }

  /**
   * What became of a call on the slot's OVERLAPPED that has said `started` (a BOOL): an outcome for `issued`.
   * `announced`: a completion comes even where the call itself said TRUE.
   */
  outcomeOf(slot: number, started: number, announced: boolean): number {
    if (started !== 0) {
      this.completedSynchronously += 1;
      return announced ? PENDING : this.resultOf(slot);
    }
    const code = this.#kernel32.GetLastError();
    if (code !== ERROR.IO_PENDING) return -code;
    // Wine says pending for files whatever happened; what did happen stands in the OVERLAPPED.
    if (this.#underWine && this.overlapped.status(slot) !== STATUS_PENDING) this.completedSynchronously += 1;
    return PENDING;
  }

  /** Bytes, or minus the Win32 code, by the slot's OVERLAPPED. */
  resultOf(slot: number): number {
    return resultOfStatus(this.#kernel32, this.overlapped.status(slot), this.overlapped.transferredBytes(slot));
  }

  /** Notes what handing over the slot of `nextPrepared` came to. */
  issued(slot: number, outcome: number): void {
    if (outcome < 0 && this.outstanding > 0 && isBackPressure(-outcome)) {
      // What is outstanding holds the memory: the next completion makes room, and `reap` tries again.
      this.#refused = true;
      this.backPressure += 1;
      return;
    }
    this.#firstPrepared = (this.#firstPrepared + 1) % this.queueDepth;
    this.#preparedCount -= 1;
    if (outcome === PENDING) {
      this.#states[slot] = OUTSTANDING;
      this.outstanding += 1;
    } else {
      this.#doneSlots[this.#doneCount] = slot;
      this.#doneResults[this.#doneCount] = outcome;
      this.#doneCount += 1;
    }
  }

  isOutstanding(slot: number): boolean {
    return this.#states[slot] === OUTSTANDING;
  }

  complete(slot: number, result: number): void {
    if (this.#states[slot] !== OUTSTANDING) {
      throw new DiskbenchError({ code: "BUG", what: `The system completed slot ${slot}, which was not outstanding` });
    }
    this.#states[slot] = FREE;
    this.outstanding -= 1;
    this.#report(slot, result);
  }

  #report(slot: number, result: number): void {
    this.completedSlots[this.collected] = slot;
    this.completedResults[this.collected] = result;
    this.collected += 1;
  }

  /** What was done at once comes first. */
  beginReap(): void {
    this.collected = 0;
    for (let index = 0; index < this.#doneCount; index += 1) {
      this.#report(this.#doneSlots[index] as number, this.#doneResults[index] as number);
    }
    this.#doneCount = 0;
  }

  /** Whether something was refused, and what has completed since may have made room for it: submit once more. */
  takeRoom(): boolean {
    if (!this.#refused || this.collected === 0) return false;
    this.#refused = false;
    return true;
  }

  /** FlushFileBuffers on each file: 0, or minus the code of the first that failed. */
  flush(): number {
    return flushHandles(this.#kernel32, this.handles);
  }

  /**
   * Cancels what is outstanding and collects it, for a while. Returns what the system would not give back: then its
   * memory stays allocated for ever, and so must all that may yet be signalled.
   */
  close(collect: (timeoutMs: number) => void): number {
    this.#preparedCount = 0;
    for (let slot = 0; slot < this.queueDepth; slot += 1) {
      if (!this.isOutstanding(slot)) continue;
      this.#kernel32.CancelIoEx(this.handleOf(slot), this.overlapped.addresses[slot + 1] as number);
    }
    const deadlineMs = performance.now() + CLOSE_PATIENCE_MS;
    while (this.outstanding > 0 && performance.now() < deadlineMs) {
      this.collected = 0;
      collect(CLOSE_STEP_MS);
    }
    if (this.outstanding > 0) return this.outstanding;
    this.overlapped.free();
    this.#memory.free();
    return 0;
  }
}

/** Bytes, or minus the Win32 code for a failed NTSTATUS: errors and warnings have the sign bit. */
export function resultOfStatus(kernel32: Kernel32, status: number, transferredBytes: number): number {
  return status < 0 ? -kernel32.RtlNtStatusToDosError(status) : transferredBytes;
}

/** FlushFileBuffers on each: 0, or minus the code of the first that failed. */
export function flushHandles(kernel32: Kernel32, handles: readonly number[]): number {
  for (const handle of handles) {
    if (kernel32.FlushFileBuffers(handle) === 0) return -kernel32.GetLastError();
  }
  return 0;
}
