// I/Os that failed or came back short -> counts by code, and the word that ends the round once there are too many.

import { CONTROL, ERROR_CODE_PLACES, ofAllOperations, STOP, THREAD_NUMBER } from "./round-memory.ts";

/** A device that fails everything fails it fast: so many errors without a success among them end the round. */
export const MOST_ERRORS_IN_A_ROW = 10_000;

/** One thread's errors; the limit is that of all threads together. Off the hot path. */
export class ErrorCount {
  readonly #control: Int32Array;
  readonly #maxErrors: number;
  #inARow = 0;
  #iosAtLast = 0;

  /** `maxErrors` of 0: the first one ends the round. */
  constructor(control: Int32Array, maxErrors: number) {
    this.#control = control;
    this.#maxErrors = maxErrors;
  }

  /** `result`: bytes of a short transfer, or minus the system's error code. */
  count(numbers: Float64Array, result: number, offsetBytes: number, operation: number): void {
    if (numbers[THREAD_NUMBER.failed] === 0 && numbers[THREAD_NUMBER.short] === 0) {
      numbers[THREAD_NUMBER.firstErrorOffsetBytes] = offsetBytes;
      numbers[THREAD_NUMBER.firstErrorOperation] = operation;
    }
    const which = result < 0 ? THREAD_NUMBER.failed : THREAD_NUMBER.short;
    numbers[which] += 1;
    if (result < 0) countCode(numbers, -result);
    const reason = this.#reasonToStop(ofAllOperations(numbers, THREAD_NUMBER.ios));
    if (reason !== STOP.none) Atomics.compareExchange(this.#control, CONTROL.stop, STOP.none, reason);
  }

  #reasonToStop(ios: number): number {
    this.#inARow = ios === this.#iosAtLast ? this.#inARow + 1 : 1;
    this.#iosAtLast = ios;
    const errors = Atomics.add(this.#control, CONTROL.errors, 1) + 1;
    if (errors > this.#maxErrors) return this.#maxErrors === 0 ? STOP.error : STOP.tooManyErrors;
    return this.#inARow >= MOST_ERRORS_IN_A_ROW ? STOP.onlyErrors : STOP.none;
  }
}

function countCode(numbers: Float64Array, code: number): void {
  for (let place = 0; place < ERROR_CODE_PLACES; place += 1) {
    const index = THREAD_NUMBER.errorCodes + place * 2;
    if (numbers[index] !== 0 && numbers[index] !== code) continue;
    numbers[index] = code;
    numbers[index + 1] += 1;
    return;
  }
}
