// Slots -> overlapped WriteFile and ReadFile, completions dequeued from an I/O completion port in batches.

import { OPERATION, type Backend, type BackendOptions, type OperationCode } from "../platform.ts";
import { transferCalls } from "../transfer-calls.ts";
import { BoundPort } from "./bound-port.ts";
import { ERROR, INFINITE } from "./constants.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { SlotTable } from "./slot-table.ts";

export class CompletionPortBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  readonly #port: BoundPort;

  constructor(win32: Win32, options: BackendOptions) {
    const table = new SlotTable(win32, options);
    this.#kernel32 = win32.kernel32;
    this.#table = table;
    this.#port = new BoundPort(win32, options, table);
    this.nativeOperations = transferCalls(options, "WriteFile", "ReadFile", "GetQueuedCompletionStatusEx");
    this.buffers = table.buffers;
    this.submitBatch = table.submitBatch;
    this.completedSlots = table.completedSlots;
    this.completedResults = table.completedResults;
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

  #start(slot: number): number {
    const table = this.#table;
    if (!table.isCarriedOut(slot)) return -ERROR.NOT_SUPPORTED;
    const handle = table.handleOf(slot);
    const lengthBytes = table.lengths[slot] as number;
    const buffer = table.bufferAddresses[slot + 1] as number;
    const overlapped = table.overlapped.addresses[slot + 1] as number;
    const started =
      table.operations[slot] === OPERATION.write
        ? this.#kernel32.WriteFile(handle, buffer, lengthBytes, 0, overlapped)
        : this.#kernel32.ReadFile(handle, buffer, lengthBytes, 0, overlapped);
    return table.outcomeOf(slot, started, this.#port.skipsSuccess[table.files[slot] as number] === false);
  }

  reap(minimum: number): number {
    const table = this.#table;
    table.beginReap();
    if (table.outstanding > 0) this.#port.collect(minimum > 0 && table.collected === 0 ? INFINITE : 0);
    if (table.takeRoom()) this.submit();
    return table.collected;
  }

  flush(): number {
    return this.#table.flush();
  }

  close(): number {
    const stuck = this.#table.close((timeoutMs) => this.#port.collect(timeoutMs));
    if (stuck > 0) return stuck;
    this.#port.close();
    return 0;
  }
}
