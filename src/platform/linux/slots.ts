// Block size and queue depth -> the buffers and completion lists that every Linux back end carries.

import type { BackendOptions, NativeMemory } from "../platform.ts";
import { allocate, allocateBlocks } from "./memory.ts";

export interface Slots {
  readonly memory: NativeMemory;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  /**
   * Address of each slot's buffer at index slot + 1. Index 0 is null on purpose: it makes the array generic, so that
   * reading an address hands out the number object that is already there; an array of numbers would box each anew.
   */
  readonly addresses: readonly (number | null)[];
}

export function createSlots(options: BackendOptions): Slots {
  const { queueDepth, blockSizeBytes } = options;
  const memory = allocateBlocks(queueDepth, blockSizeBytes);
  const addresses: (number | null)[] = [null];
  for (let slot = 0; slot < queueDepth; slot += 1) addresses.push(memory.address + slot * blockSizeBytes);
  return {
    memory,
    addresses,
    completedSlots: new Int32Array(queueDepth),
    completedResults: new Int32Array(queueDepth),
  };
}

/** Low and high half of an address or offset below 2^53, as the 32-bit words of a native 64-bit field. */
export function setWord64(words: Int32Array, index: number, value: number): void {
  // `|` takes the value modulo 2^32, which is the low half whatever its size.
  words[index] = value | 0;
  words[index + 1] = (value / 4294967296) | 0;
}

/** Each slot's list of iovecs; `addresses` as in `Slots`. */
export interface PageVectors {
  readonly memory: NativeMemory;
  readonly pagesPerSlot: number;
  readonly addresses: readonly (number | null)[];
}

/** One iovec per memory page, slot behind slot: { void *base; size_t length } (readv(2)). */
export function createPageVectors(options: BackendOptions, slots: Slots, pageSizeBytes: number): PageVectors {
  const pagesPerSlot = options.blockSizeBytes / pageSizeBytes;
  const vectorBytes = pagesPerSlot * 16;
  const memory = allocate(vectorBytes * options.queueDepth);
  const words = new Int32Array(memory.bytes.buffer, 0, (vectorBytes * options.queueDepth) / 4);
  const addresses: (number | null)[] = [null];
  for (let slot = 0; slot < options.queueDepth; slot += 1) {
    addresses.push(memory.address + slot * vectorBytes);
    for (let page = 0; page < pagesPerSlot; page += 1) {
      const word = (slot * vectorBytes + page * 16) / 4;
      setWord64(words, word, slots.memory.address + slot * options.blockSizeBytes + page * pageSizeBytes);
      setWord64(words, word + 2, pageSizeBytes);
    }
  }
  return { memory, pagesPerSlot, addresses };
}
