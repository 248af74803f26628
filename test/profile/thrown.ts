// A call that must fail -> the failures that it throws.

import { DiskbenchError, type Failure } from "../../src/shared/errors.ts";

/** The failures of the DiskbenchError that `call` throws; anything else fails the test. */
export function failuresThrownBy(call: () => unknown): readonly Failure[] {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof DiskbenchError) return thrown.failures;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
