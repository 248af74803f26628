// What the four overlapped ways have in common: slots that are prepared, issued, perhaps refused for now, and returned.

import { DiskbenchError } from "../../shared/errors.ts";
import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { ERROR, INFINITE, STATUS_PENDING } from "./constants.ts";
import { isBackPressure } from "./errors.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { slotAddresses, type SlotAddresses } from "../native-words.ts";
import { OverlappedArray } from "./overlapped.ts";
import { startBytesFor } from "./raw-volume.ts";

/** What `issue` returns for an I/O that the system now owns; every other value is its result. */
export const PENDING = 0x7fffffff;

const FREE = 0;
const OUTSTANDING = 1;

/** How long `close` waits for cancelled I/Os. */
const CLOSE_PATIENCE_MS = 5000;
const CLOSE_STEP_MS = 50;

/**
 * The life of a slot. `prepare` describes it, `submit` issues it with one call. Then either the system owns it until
 * `collect` hears of its completion, or it was done (or failed) at once and waits in a list for the next `reap`.
 */
export abstract class OverlappedBackend implements Backend {
  abstract readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  backPressure = 0;
  completedSynchronously = 0;
  protected readonly win32: Win32;
  protected readonly kernel32: Kernel32;
  /** By file: its handle, and what is added to its offsets. */
  protected readonly handles: readonly number[];
  readonly #starts: Float64Array;
  protected readonly queueDepth: number;
  /** By slot: what it does, in which file, and how much. */
  protected readonly operations: Uint8Array;
  protected readonly files: Uint16Array;
  protected readonly lengths: Int32Array;
  protected readonly overlapped: OverlappedArray;
  protected readonly bufferAddresses: SlotAddresses;
  /** I/Os that the system owns. */
  protected outstanding = 0;
  /** How many completions `reap` has found so far. */
  protected collected = 0;
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

  constructor(win32: Win32, options: BackendOptions) {
    const { queueDepth, slotSizeBytes, files } = options;
    this.#starts = Float64Array.from(files, startBytesFor);
    this.win32 = win32;
    this.kernel32 = win32.kernel32;
    this.handles = files.map(({ handle }) => handle);
    this.queueDepth = queueDepth;
    // Each call hands over one I/O: more per stamp of the clock would only blur the latencies.
    this.submitBatch = options.submitBatch ?? 1;
    this.#underWine = win32.wineVersion !== null;
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

  /** Looks for completions and calls `complete` for each; waits up to `timeoutMs` for the first, INFINITE: for ever. */
  protected abstract collect(timeoutMs: number): void;

  /** Gives back what the subclass has taken from the system. Nothing is outstanding any more. */
  protected abstract release(): void;

  /** The call that carries the I/O: its BOOL. */
  protected start(slot: number): number {
    const { kernel32 } = this;
    const handle = this.handles[this.files[slot] as number] as number;
    const lengthBytes = this.lengths[slot] as number;
    const buffer = this.bufferAddresses[slot + 1] as number;
    const overlapped = this.overlapped.addresses[slot + 1] as number;
    return this.operations[slot] === OPERATION.write
      ? kernel32.WriteFile(handle, buffer, lengthBytes, 0, overlapped)
      : kernel32.ReadFile(handle, buffer, lengthBytes, 0, overlapped);
  }

  /** Whether a completion is announced even when the call itself said TRUE. */
  protected announcesSuccess(_slot: number): boolean {
    return false;
  }

  /** Hands the slot's I/O to the system: bytes transferred when it is done, minus the error code, or PENDING. */
  protected issue(slot: number): number {
    if ((this.operations[slot] as number) > OPERATION.write) return -ERROR.NOT_SUPPORTED;
    if (this.start(slot) !== 0) {
      this.completedSynchronously += 1;
      return this.announcesSuccess(slot) ? PENDING : this.result(slot);
    }
    const code = this.kernel32.GetLastError();
    if (code !== ERROR.IO_PENDING) return -code;
    // Wine says pending for files whatever happened; what did happen stands in the OVERLAPPED.
    if (this.#underWine && this.overlapped.status(slot) !== STATUS_PENDING) this.completedSynchronously += 1;
    return PENDING;
  }

  protected result(slot: number): number {
    return this.resultOf(this.overlapped.status(slot), this.overlapped.transferredBytes(slot));
  }

  /** Bytes, or minus the Win32 code for a failed NTSTATUS: errors and warnings have the sign bit. */
  protected resultOf(status: number, transferredBytes: number): number {
    return status < 0 ? -this.kernel32.RtlNtStatusToDosError(status) : transferredBytes;
  }

  protected isOutstanding(slot: number): boolean {
    return this.#states[slot] === OUTSTANDING;
  }

  protected complete(slot: number, result: number): void {
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

  prepare(slot: number, operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): void {
    this.operations[slot] = operation;
    this.files[slot] = file;
    this.lengths[slot] = lengthBytes;
    this.overlapped.prepare(slot, (this.#starts[file] as number) + offsetBytes);
    this.#prepared[(this.#firstPrepared + this.#preparedCount) % this.queueDepth] = slot;
    this.#preparedCount += 1;
  }

  /** Prepared I/Os that the system has refused for now. */
  get deferred(): number {
    return this.#preparedCount;
  }

  submit(): void {
    while (this.#preparedCount > 0 && !this.#refused) {
      const slot = this.#prepared[this.#firstPrepared] as number;
      const outcome = this.issue(slot);
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
  }

  #takeDone(): void {
    for (let index = 0; index < this.#doneCount; index += 1) {
      this.#report(this.#doneSlots[index] as number, this.#doneResults[index] as number);
    }
    this.#doneCount = 0;
  }

  reap(minimum: number): number {
    this.collected = 0;
    this.#takeDone();
    if (this.outstanding > 0) this.collect(minimum > 0 && this.collected === 0 ? INFINITE : 0);
    if (this.#refused && this.collected > 0) {
      this.#refused = false;
      this.submit();
    }
    return this.collected;
  }

  flush(): number {
    return flushHandles(this.kernel32, this.handles);
  }

  close(): number {
    this.#preparedCount = 0;
    for (let slot = 0; slot < this.queueDepth; slot += 1) {
      if (this.isOutstanding(slot)) {
        const handle = this.handles[this.files[slot] as number] as number;
        this.kernel32.CancelIoEx(handle, this.overlapped.addresses[slot + 1] as number);
      }
    }
    const deadlineMs = performance.now() + CLOSE_PATIENCE_MS;
    while (this.outstanding > 0 && performance.now() < deadlineMs) {
      this.collected = 0;
      this.collect(CLOSE_STEP_MS);
    }
    // Memory that the kernel may still write to stays allocated for ever, and so does all that may yet be signalled.
    if (this.outstanding > 0) return this.outstanding;
    this.release();
    this.overlapped.free();
    this.#memory.free();
    return 0;
  }
}

/** FlushFileBuffers on each: 0, or minus the code of the first that failed. */
export function flushHandles(kernel32: Kernel32, handles: readonly number[]): number {
  for (const handle of handles) {
    if (kernel32.FlushFileBuffers(handle) === 0) return -kernel32.GetLastError();
  }
  return 0;
}
