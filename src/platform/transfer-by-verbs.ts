// The verbs of a back end that queues -> one I/O at a time, at queue depth 1.

import type { Backend, OperationCode } from "./platform.ts";

/** Waits for the only I/O that is outstanding: bytes transferred, or minus the system's error code. */
export function awaitOne(backend: Backend): number {
  // A wait that a signal ends brings nothing.
  while (backend.reap(1) === 0);
  return backend.completedResults[0] as number;
}

/** One I/O in slot 0, from handing it over to its completion: what `Backend.transfer` does where there is one. */
export function transferByVerbs(
  backend: Backend,
  operation: OperationCode,
  file: number,
  offsetBytes: number,
  lengthBytes: number,
  flags: number,
): number {
  backend.prepare(0, operation, file, offsetBytes, lengthBytes, flags);
  backend.submit();
  return awaitOne(backend);
}
