// One slot -> WriteFile and ReadFile on a synchronous handle: the call returns when the I/O is done.

import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { SingleSlot } from "../single-slot.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { OverlappedArray } from "./overlapped.ts";
import { transferCalls } from "../transfer-calls.ts";
import { ERROR } from "./constants.ts";
import { flushHandles } from "./slot-table.ts";
import { startBytesFor } from "./raw-volume.ts";

export class WriteFileBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly #slot = new SingleSlot();
  readonly completedSlots = this.#slot.completedSlots;
  readonly completedResults = this.#slot.completedResults;
  readonly submitBatch = 1;
  readonly backPressure = 0;
  completedSynchronously = 0;
  readonly #kernel32: Kernel32;
  /** By file, and what is added to its offsets. */
  readonly #handles: readonly number[];
  readonly #starts: Float64Array;
  readonly #buffer: NativeMemory;
  readonly #transferredMemory: NativeMemory;
  readonly #transferred: Int32Array;
  /** Addresses of the buffer and of the DWORD for bytes transferred; why in an array: `SlotAddresses`. */
  readonly #addresses: readonly (number | null)[];
  /** On a synchronous handle it carries the offset and nothing else, which spares a call of SetFilePointerEx. */
  readonly #overlapped: OverlappedArray;

  constructor(win32: Win32, options: BackendOptions) {
    this.nativeOperations = transferCalls(options, "WriteFile", "ReadFile");
    this.#kernel32 = win32.kernel32;
    this.#handles = options.files.map(({ handle }) => handle);
    this.#starts = Float64Array.from(options.files, startBytesFor);
    this.#buffer = allocate(win32, options.slotSizeBytes);
    this.buffers = this.#buffer.bytes;
    this.#transferredMemory = allocate(win32, 4);
    const { buffer, byteOffset } = this.#transferredMemory.bytes;
    this.#transferred = new Int32Array(buffer, byteOffset, 1);
    this.#addresses = [null, this.#buffer.address, this.#transferredMemory.address];
    this.#overlapped = new OverlappedArray(win32, 1);
  }

  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): number {
    if (operation > OPERATION.write) return -ERROR.NOT_SUPPORTED;
    this.#overlapped.prepare(0, (this.#starts[file] as number) + offsetBytes);
    const handle = this.#handles[file] as number;
    const buffer = this.#addresses[1] as number;
    const transferred = this.#addresses[2] as number;
    const overlapped = this.#overlapped.addresses[1] as number;
    const succeeded =
      operation === OPERATION.write
        ? this.#kernel32.WriteFile(handle, buffer, lengthBytes, transferred, overlapped)
        : this.#kernel32.ReadFile(handle, buffer, lengthBytes, transferred, overlapped);
    if (succeeded === 0) return -this.#kernel32.GetLastError();
    this.completedSynchronously += 1;
    return this.#transferred[0] as number;
  }

  prepare(
    _slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    this.#slot.prepare(operation, file, offsetBytes, lengthBytes, flags);
  }

  submit(): void {
    this.#slot.submitTo(this);
  }

  reap(): number {
    return this.#slot.reap();
  }

  flush(): number {
    return flushHandles(this.#kernel32, this.#handles);
  }

  close(): number {
    this.#overlapped.free();
    this.#transferredMemory.free();
    this.#buffer.free();
    return 0;
  }
}
