// Addresses and offsets -> what native code and the measured loop read them from, on both systems.

/** Low and high half of an address or offset below 2^53, as the 32-bit words of a native 64-bit field. */
export function setWord64(words: Int32Array, index: number, value: number): void {
  // `|` takes the value modulo 2^32, which is the low half whatever its size.
  words[index] = value | 0;
  words[index + 1] = (value / 4294967296) | 0;
}

/**
 * The address of each slot's block at index slot + 1. Index 0 is null on purpose: it makes the array generic, so that
 * reading an address hands out the number object that is already there; an array of numbers would box each anew.
 */
export type SlotAddresses = readonly (number | null)[];

export function slotAddresses(address: number, strideBytes: number, count: number): SlotAddresses {
  return [null, ...Array.from({ length: count }, (_, slot) => address + slot * strideBytes)];
}
