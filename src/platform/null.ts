// Slots -> nothing: every I/O is complete when it is asked for, so that what remains is the tool's own cost.

import type { Backend, BackendOptions } from "./platform.ts";

export class NullBackend implements Backend {
  readonly nativeOperations: readonly string[] = [];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  readonly #blockSizeBytes: number;
  #prepared = 0;

  constructor(options: BackendOptions) {
    this.#blockSizeBytes = options.blockSizeBytes;
    this.buffers = new Uint8Array(options.queueDepth * options.blockSizeBytes);
    this.submitBatch = options.submitBatch ?? options.queueDepth;
    this.completedSlots = new Int32Array(options.queueDepth);
    this.completedResults = new Int32Array(options.queueDepth);
  }

  prepare(slot: number): void {
    this.completedSlots[this.#prepared] = slot;
    this.completedResults[this.#prepared] = this.#blockSizeBytes;
    this.#prepared += 1;
  }

  transfer(): number {
    return this.#blockSizeBytes;
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
