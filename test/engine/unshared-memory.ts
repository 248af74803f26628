// A layout and a number of threads -> what a round's shared memory is, within this process alone.

import { ALL_KINDS, memoryLayout, roundMemoryBytes } from "../../src/engine/loop/memory-layout.ts";
import { viewRoundMemory, type RoundMemory } from "../../src/engine/loop/round-memory.ts";
import type { SharedMemory } from "../../src/platform/platform.ts";

export function unsharedMemory(threads: number, layout = memoryLayout(ALL_KINDS)): Pick<SharedMemory, "view"> {
  const bytes = new SharedArrayBuffer(roundMemoryBytes(layout, threads));
  return { view: (startBytes, sizeBytes) => new Uint8Array(bytes, startBytes, sizeBytes) };
}

/** Counters for every kind of sample. */
export function unsharedRoundMemory(threads: number): RoundMemory {
  const layout = memoryLayout(ALL_KINDS);
  return viewRoundMemory(unsharedMemory(threads, layout), layout, threads);
}
