// Slots -> nothing: every I/O is complete when it is asked for, so that what remains is the tool's own cost.

import { TRANSFER_COUNT } from "../shared/operations.ts";
import type { Backend, BackendOptions, OperationCode } from "./platform.ts";

// A constant of this module is part of the compiled code, an imported one is loaded and checked at each use.
const TRANSFERS_END = TRANSFER_COUNT;

export class NullBackend implements Backend {
  readonly nativeOperations: readonly string[] = [];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  #prepared = 0;

  constructor(options: BackendOptions) {
    this.buffers = new Uint8Array(options.queueDepth * options.slotSizeBytes);
    this.submitBatch = options.submitBatch ?? options.queueDepth;
    this.completedSlots = new Int32Array(options.queueDepth);
    this.completedResults = new Int32Array(options.queueDepth);
  }

  prepare(slot: number, operation: OperationCode, _file: number, _offsetBytes: number, lengthBytes: number): void {
    this.completedSlots[this.#prepared] = slot;
    this.completedResults[this.#prepared] = operation < TRANSFERS_END ? lengthBytes : 0;
    this.#prepared += 1;
  }

  transfer(operation: OperationCode, _file: number, _offsetBytes: number, lengthBytes: number): number {
    return operation < TRANSFERS_END ? lengthBytes : 0;
  }

  submit(): void {
    // Nothing to hand over.
  }

  reap(): number {
    const completed = this.#prepared;
    this.#prepared = 0;
    return completed;
  }

  flush(): number {
    return 0;
  }

  close(): number {
    return 0;
  }
}
