// A call that returns when its I/O is done -> the verbs of a back end.

import { OPERATION, type Backend, type OperationCode } from "./platform.ts";

/** One slot. A subclass says how an I/O is carried out, in `transfer`; the queueing verbs are made of that. */
export abstract class SynchronousBackend implements Backend {
  abstract readonly nativeOperations: readonly string[];
  abstract readonly buffers: Uint8Array;
  readonly submitBatch = 1;
  readonly completedSlots = new Int32Array(1);
  readonly completedResults = new Int32Array(1);
  readonly backPressure = 0;
  abstract readonly completedSynchronously: number | null;
  #operation: OperationCode = OPERATION.write;
  #file = 0;
  #lengthBytes = 0;
  #flags = 0;
  // Float64Array: a number field that outgrows 31 bits would be boxed at each assignment.
  readonly #offset = new Float64Array(1);
  #completed = 0;

  abstract transfer(
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): number;

  abstract flush(): number;

  abstract close(): number;

  prepare(
    _slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    this.#operation = operation;
    this.#file = file;
    this.#offset[0] = offsetBytes;
    this.#lengthBytes = lengthBytes;
    this.#flags = flags;
  }

  submit(): void {
    this.completedResults[0] = this.transfer(
      this.#operation,
      this.#file,
      this.#offset[0] as number,
      this.#lengthBytes,
      this.#flags,
    );
    this.#completed = 1;
  }

  reap(): number {
    const completed = this.#completed;
    this.#completed = 0;
    return completed;
  }
}
