// A call that returns when its I/O is done -> the verbs of a queue, with one slot.

import { OPERATION, type Backend, type BackendOptions, type OperationCode } from "./platform.ts";

/**
 * The I/O that was prepared, and what has come of it. The back ends whose calls wait hold one; in the measured loop they
 * are asked to `transfer`, and these verbs are for whoever treats all back ends alike.
 */
export class SingleSlot {
  readonly completedSlots = new Int32Array(1);
  readonly completedResults = new Int32Array(1);
  #operation: OperationCode = OPERATION.write;
  #file = 0;
  #lengthBytes = 0;
  #flags = 0;
  // Float64Array: a number field that outgrows 31 bits would be boxed at each assignment.
  readonly #offset = new Float64Array(1);
  #completed = 0;

  prepare(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): void {
    this.#operation = operation;
    this.#file = file;
    this.#offset[0] = offsetBytes;
    this.#lengthBytes = lengthBytes;
    this.#flags = flags;
  }

  submitTo(backend: Required<Pick<Backend, "transfer">>): void {
    const offsetBytes = this.#offset[0] as number;
    this.completedResults[0] = backend.transfer(
      this.#operation,
      this.#file,
      offsetBytes,
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

/** Of as many slots as there are: the back ends that hold one have no more. */
export const withOneSlot = (options: BackendOptions): BackendOptions => ({ ...options, queueDepth: 1 });
