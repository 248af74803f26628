// Slot size and queue depth -> the buffers and completion lists that every Linux back end carries.

import { setWord64, slotAddresses, type SlotAddresses } from "../native-words.ts";
import type { BackendOptions, NativeMemory } from "../platform.ts";
import { allocate, allocateSlots } from "./memory.ts";

export interface Slots {
  readonly memory: NativeMemory;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly addresses: SlotAddresses;
}

export function createSlots(options: BackendOptions): Slots {
  const { queueDepth, slotSizeBytes } = options;
  const memory = allocateSlots(queueDepth, slotSizeBytes);
  return {
    memory,
    addresses: slotAddresses(memory.address, slotSizeBytes, queueDepth),
    completedSlots: new Int32Array(queueDepth),
    completedResults: new Int32Array(queueDepth),
  };
}

/** Each slot's list of iovecs; an I/O takes as many of them from the front as it has pages. */
export interface PageVectors {
  readonly memory: NativeMemory;
  readonly addresses: SlotAddresses;
}

/** One iovec per memory page, slot behind slot: { void *base; size_t length } (readv(2)). */
export function createPageVectors(options: BackendOptions, slots: Slots, pageSizeBytes: number): PageVectors {
  const pagesPerSlot = options.slotSizeBytes / pageSizeBytes;
  const vectorBytes = pagesPerSlot * 16;
  const memory = allocate(vectorBytes * options.queueDepth);
  const words = new Int32Array(memory.bytes.buffer, 0, (vectorBytes * options.queueDepth) / 4);
  for (let slot = 0; slot < options.queueDepth; slot += 1) {
    for (let page = 0; page < pagesPerSlot; page += 1) {
      const word = (slot * vectorBytes + page * 16) / 4;
      setWord64(words, word, slots.memory.address + slot * options.slotSizeBytes + page * pageSizeBytes);
      setWord64(words, word + 2, pageSizeBytes);
    }
  }
  return { memory, addresses: slotAddresses(memory.address, vectorBytes, options.queueDepth) };
}

/** The descriptors of a round's files, by their index. */
export function descriptorsOf({ files }: Pick<BackendOptions, "files">): Int32Array {
  return Int32Array.from(files, ({ handle }) => handle);
}
