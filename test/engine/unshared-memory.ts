// A number of threads -> what a round's shared memory is, within this process alone.

import type { SharedMemory } from "../../src/platform/platform.ts";
import { roundMemoryBytes } from "../../src/engine/loop/round-memory.ts";

export function unsharedMemory(threads: number): Pick<SharedMemory, "view"> {
  const bytes = new SharedArrayBuffer(roundMemoryBytes(threads));
  return { view: (startBytes, sizeBytes) => new Uint8Array(bytes, startBytes, sizeBytes) };
}
