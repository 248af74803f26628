// Slots -> WriteFileEx and ReadFileEx, completions by a routine (APC) that runs while this thread waits alertably.

import { OPERATION, type Backend, type BackendOptions, type Clock, type OperationCode } from "../platform.ts";
import { transferCalls } from "../transfer-calls.ts";
import { ERROR, INFINITE, STATUS_PENDING } from "./constants.ts";
import type { CompletionRoutine, Kernel32, Win32 } from "./kernel32.ts";
import { PENDING, SlotTable } from "./slot-table.ts";

export class WriteFileExBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  /** When each routine was entered, in the order of `completedSlots`. */
  readonly completedNs: Float64Array;
  /** Alertable waits so far: completions divided by it is the number of routines run per wait. */
  waits = 0;
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  readonly #clock: Clock;
  readonly #routine: CompletionRoutine;
  /** As an array element, so that passing it does not box it: see `SlotAddresses`. */
  readonly #routineAddress: readonly (number | null)[];
  #thrown: unknown = null;

  constructor(win32: Win32, options: BackendOptions) {
    const table = new SlotTable(win32, options);
    this.#kernel32 = win32.kernel32;
    this.#table = table;
    this.#clock = options.clock;
    this.nativeOperations = transferCalls(options, "WriteFileEx", "ReadFileEx", "SleepEx");
    this.buffers = table.buffers;
    this.submitBatch = table.submitBatch;
    this.completedSlots = table.completedSlots;
    this.completedResults = table.completedResults;
    this.completedNs = new Float64Array(options.queueDepth);
    this.#routine = win32.completionRoutine((code, transferredBytes, overlappedLow) => {
      this.#completed(code, transferredBytes, overlappedLow);
    });
    this.#routineAddress = [null, this.#routine.address];
  }

  get backPressure(): number {
    return this.#table.backPressure;
  }

  get completedSynchronously(): number {
    return this.#table.completedSynchronously;
  }

  get deferred(): number {
    return this.#table.deferred;
  }

  prepare(slot: number, operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): void {
    this.#table.prepare(slot, operation, file, offsetBytes, lengthBytes);
  }

  submit(): void {
    const table = this.#table;
    for (let slot = table.nextPrepared(); slot >= 0; slot = table.nextPrepared()) {
      table.issued(slot, this.#start(slot));
    }
  }

  /** TRUE means no more than accepted; the routine comes in every case. Done at once is what the OVERLAPPED says. */
  #start(slot: number): number {
    const kernel32 = this.#kernel32;
    const table = this.#table;
    if (!table.isCarriedOut(slot)) return -ERROR.NOT_SUPPORTED;
    const handle = table.handleOf(slot);
    const lengthBytes = table.lengths[slot] as number;
    const buffer = table.bufferAddresses[slot + 1] as number;
    const overlapped = table.overlapped.addresses[slot + 1] as number;
    const routine = this.#routineAddress[1] as number;
    const started =
      table.operations[slot] === OPERATION.write
        ? kernel32.WriteFileEx(handle, buffer, lengthBytes, overlapped, routine)
        : kernel32.ReadFileEx(handle, buffer, lengthBytes, overlapped, routine);
    if (started === 0) return -kernel32.GetLastError();
    if (table.overlapped.status(slot) !== STATUS_PENDING) table.completedSynchronously += 1;
    return PENDING;
  }

  reap(minimum: number): number {
    const table = this.#table;
    table.beginReap();
    if (table.outstanding > 0) this.#collect(minimum > 0 && table.collected === 0 ? INFINITE : 0);
    if (table.takeRoom()) this.submit();
    return table.collected;
  }

  #collect(timeoutMs: number): void {
    this.waits += 1;
    this.#kernel32.SleepEx(timeoutMs, 1);
    if (this.#thrown !== null) throw this.#thrown;
  }

  /** The slot travels as the place of its OVERLAPPED. An error must not unwind through the system's dispatcher. */
  #completed(code: number, transferredBytes: number, overlappedLow: number): void {
    const table = this.#table;
    try {
      this.completedNs[table.collected] = this.#clock.now();
      table.complete(table.overlapped.slotAt(overlappedLow), code === 0 ? transferredBytes : -code);
    } catch (thrown) {
      this.#thrown ??= thrown;
    }
  }

  flush(): number {
    return this.#table.flush();
  }

  close(): number {
    const stuck = this.#table.close((timeoutMs) => this.#collect(timeoutMs));
    if (stuck === 0) this.#routine.release();
    return stuck;
  }
}
