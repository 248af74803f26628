// A call that returns when its I/O is done -> the verbs of a back end.

import { WRITE, type Backend, type DirectionCode } from "./platform.ts";

/** One slot. A subclass says how an I/O is carried out, in `transfer`; the queueing verbs are made of that. */
export abstract class SynchronousBackend implements Backend {
  abstract readonly nativeOperations: readonly string[];
  abstract readonly buffers: Uint8Array;
  readonly submitBatch = 1;
  readonly completedSlots = new Int32Array(1);
  readonly completedResults = new Int32Array(1);
  readonly backPressure = 0;
  abstract readonly completedSynchronously: number | null;
  #direction: DirectionCode = WRITE;
  // Float64Array: a number field that outgrows 31 bits would be boxed at each assignment.
  readonly #offset = new Float64Array(1);
  #completed = 0;

  abstract transfer(direction: DirectionCode, offsetBytes: number): number;

  abstract flush(): number;

  abstract close(): number;

  prepare(_slot: number, direction: DirectionCode, offsetBytes: number): void {
    this.#direction = direction;
    this.#offset[0] = offsetBytes;
  }

  submit(): void {
    this.completedResults[0] = this.transfer(this.#direction, this.#offset[0] as number);
    this.#completed = 1;
  }

  reap(): number {
    const completed = this.#completed;
    this.#completed = 0;
    return completed;
  }
}
