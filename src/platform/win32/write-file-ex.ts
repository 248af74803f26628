// Slots -> WriteFileEx and ReadFileEx, completions by a routine (APC) that runs while this thread waits alertably.

import { OPERATION, type BackendOptions, type Clock } from "../platform.ts";
import { ERROR, STATUS_PENDING } from "./constants.ts";
import type { CompletionRoutine, Win32 } from "./kernel32.ts";
import { transferCalls } from "../transfer-calls.ts";
import { OverlappedBackend, PENDING } from "./overlapped-backend.ts";

export class WriteFileExBackend extends OverlappedBackend {
  readonly nativeOperations: readonly string[];
  /** When each routine was entered, in the order of `completedSlots`. */
  readonly completedNs: Float64Array;
  /** Alertable waits so far: completions divided by it is the number of routines run per wait. */
  waits = 0;
  readonly #clock: Clock;
  readonly #routine: CompletionRoutine;
  /** As an array element, so that passing it does not box it: see `SlotAddresses`. */
  readonly #routineAddress: readonly (number | null)[];
  #thrown: unknown = null;

  constructor(win32: Win32, options: BackendOptions) {
    super(win32, options);
    this.nativeOperations = transferCalls(options, "WriteFileEx", "ReadFileEx", "SleepEx");
    this.completedNs = new Float64Array(this.queueDepth);
    this.#clock = options.clock;
    this.#routine = win32.completionRoutine((code, transferredBytes, overlappedLow) => {
      this.#completed(code, transferredBytes, overlappedLow);
    });
    this.#routineAddress = [null, this.#routine.address];
  }

  protected override start(slot: number): number {
    const { kernel32 } = this;
    const handle = this.handles[this.files[slot] as number] as number;
    const lengthBytes = this.lengths[slot] as number;
    const buffer = this.bufferAddresses[slot + 1] as number;
    const overlapped = this.overlapped.addresses[slot + 1] as number;
    const routine = this.#routineAddress[1] as number;
    return this.operations[slot] === OPERATION.write
      ? kernel32.WriteFileEx(handle, buffer, lengthBytes, overlapped, routine)
      : kernel32.ReadFileEx(handle, buffer, lengthBytes, overlapped, routine);
  }

  /** TRUE means no more than accepted; the routine comes in every case. Done at once is what the OVERLAPPED says. */
  protected override issue(slot: number): number {
    if ((this.operations[slot] as number) > OPERATION.write) return -ERROR.NOT_SUPPORTED;
    if (this.start(slot) === 0) return -this.kernel32.GetLastError();
    if (this.overlapped.status(slot) !== STATUS_PENDING) this.completedSynchronously += 1;
    return PENDING;
  }

  /** The slot travels as the place of its OVERLAPPED. An error must not unwind through the system's dispatcher. */
  #completed(code: number, transferredBytes: number, overlappedLow: number): void {
    try {
      this.completedNs[this.collected] = this.#clock.now();
      this.complete(this.overlapped.slotAt(overlappedLow), code === 0 ? transferredBytes : -code);
    } catch (thrown) {
      this.#thrown ??= thrown;
    }
  }

  protected collect(timeoutMs: number): void {
    this.waits += 1;
    this.kernel32.SleepEx(timeoutMs, 1);
    if (this.#thrown !== null) throw this.#thrown;
  }

  protected release(): void {
    this.#routine.release();
  }
}
