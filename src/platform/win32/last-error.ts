// Two calls in a row -> proof that nothing between them touches the last error.

import { DiskbenchError } from "../../shared/errors.ts";
import type { Kernel32 } from "./kernel32.ts";

/** A code that no call gives: bit 29 marks codes of applications (SetLastError's page). */
const OWN_CODE = 0x2d15cbe4;
const REPETITIONS = 100;

/**
 * The last error belongs to the thread, and JavaScript's own memory management and I/O make system calls too. koffi
 * keeps the value of its last call apart. Throws BUG when a value does not survive what happens between two calls.
 */
export function proveLastError(kernel32: Kernel32): void {
  for (let round = 0; round < REPETITIONS; round += 1) {
    kernel32.SetLastError(OWN_CODE + round);
    // Allocation of memory on and off the heap, and a clock: what may run between a call and the look at its error.
    const passed = [new ArrayBuffer(65536), performance.now(), process.hrtime()];
    const found = kernel32.GetLastError();
    if (found !== OWN_CODE + round || passed.length === 0) {
      throw new DiskbenchError({
        code: "BUG",
        what: `The last error does not survive until it is read: ${OWN_CODE + round} was set, ${found} was found`,
        cause: "Something in this process changes it, for instance a security product that hooks system calls",
      });
    }
  }
}
