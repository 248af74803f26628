// Something that must fail -> the failures that a person would read.

import { DiskbenchError, type Failure } from "../../src/shared/errors.ts";

function failuresIn(error: unknown): readonly [Failure, ...Failure[]] {
  if (error instanceof DiskbenchError) return error.failures;
  throw error;
}

/** The first failure that `action` throws; anything else that it throws is passed on. */
export function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    return failuresIn(error)[0];
  }
  throw new Error("nothing was thrown");
}

/** The same for a promise. */
export async function failureWithin(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => failuresIn(error)[0],
  );
}
