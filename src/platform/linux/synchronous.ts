// What the calls that return when they are done have in common: one slot, one direction, one result.

import { WRITE, type Backend, type BackendOptions, type DirectionCode } from "../platform.ts";
import { createSlots, type Slots } from "./slots.ts";
import { syncFile } from "./sync-file.ts";

/** A back end whose `submit` carries out the one prepared I/O. A subclass says how, in `transfer`. */
export abstract class SynchronousBackend implements Backend {
  abstract readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch = 1;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  protected readonly fd: number;
  protected readonly blockSizeBytes: number;
  protected readonly slots: Slots;
  // Float64Array: a number field that outgrows 31 bits would be boxed at each assignment.
  protected readonly offset = new Float64Array(1);
  protected direction: DirectionCode = WRITE;
  #completed = 0;

  constructor(options: BackendOptions) {
    this.fd = options.file.handle;
    this.blockSizeBytes = options.blockSizeBytes;
    this.slots = createSlots({ ...options, queueDepth: 1 });
    this.buffers = this.slots.memory.bytes;
    this.completedSlots = this.slots.completedSlots;
    this.completedResults = this.slots.completedResults;
  }

  /** Carries out the I/O at `offset[0]`: bytes transferred, or minus errno. */
  protected abstract transfer(): number;

  prepare(_slot: number, direction: DirectionCode, offsetBytes: number): void {
    this.direction = direction;
    this.offset[0] = offsetBytes;
  }

  submit(): void {
    this.completedResults[0] = this.transfer();
    this.#completed = 1;
  }

  reap(): number {
    const completed = this.#completed;
    this.#completed = 0;
    return completed;
  }

  flush(): number {
    return syncFile(this.fd);
  }

  close(): number {
    this.slots.memory.free();
    return 0;
  }
}
