// Buffers -> bytes that no device can compress or deduplicate: made anew for fills, each sector stamped for timed writes.

import { SECTOR_BYTES, stampIdentity, stampSectors } from "./sector-stamp.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const stamp = stampSectors;
const stampOwner = stampIdentity;
/** Powers of two, by which a product is exact. */
const SECTORS_PER_BYTE = 1 / SECTOR_BYTES;
const PER_TWO_TO_31 = 2 ** -31;

/**
 * Fills words `from` to `to` (a multiple of 4 apart) with random bits grown from `seed`: four xorshift32 generators
 * (Marsaglia, 2003) side by side, because one alone would wait for itself.
 */
export function fillRandom(words: Int32Array, from: number, to: number, seed: number): void {
  let a = (Math.imul(seed, 0x9e3779b1) ^ 0x243f6a88) | 1;
  let b = (Math.imul(seed, 0x85ebca77) ^ 0x13198a2e) | 1;
  let c = (Math.imul(seed, 0xc2b2ae3d) ^ 0x03707344) | 1;
  let d = (Math.imul(seed, 0x27d4eb2f) ^ 0x299f31d0) | 1;
  for (let index = from; index < to; index += 4) {
    a ^= a << 13;
    a ^= a >>> 17;
    a ^= a << 5;
    b ^= b << 13;
    b ^= b >>> 17;
    b ^= b << 5;
    c ^= c << 13;
    c ^= c >>> 17;
    c ^= c << 5;
    d ^= d << 13;
    d ^= d >>> 17;
    d ^= d << 5;
    words[index] = a;
    words[index + 1] = b;
    words[index + 2] = c;
    words[index + 3] = d;
  }
}

/**
 * Makes words that are random already into others that were never there: each is combined with the next number of a
 * Weyl sequence grown from `seed`. A third of the work of `fillRandom`, so that a fill keeps up with the device.
 */
function renewRandom(words: Int32Array, from: number, to: number, seed: number): void {
  let key = Math.imul(seed, 0x9e3779b1) ^ 0x243f6a88;
  for (let index = from; index < to; index += 1) {
    words[index] ^= key;
    key = (key + 0x61c88647) | 0;
  }
}

const RANDOM = 1;
const STAMPED = 2;
/** As numbers, which compiled code compares without asking what they are. */
const CONTENT = { zero: 0, random: RANDOM, stamped: STAMPED } as const;
/**
 * What writes carry. `stamped`: each slot's own random bytes, of which every sector says which it is and which write it
 * came from. `random` and `zero`: the whole block made anew, as a fill wants it.
 */
export type BlockContent = keyof typeof CONTENT;

/** Writes content into slots' buffers before they are submitted. One per thread. */
export class BlockWriter {
  readonly #words: Int32Array;
  readonly #slotWords: number;
  readonly #content: number;
  readonly #identity: number;
  /** By slot: how many bytes of its buffer reads have replaced by the file's contents. */
  readonly #overwritten: Int32Array;
  /** Whether there ever was a read. */
  #reads = false;
  #sequence = 0;
  /** Its bits from 32 on. */
  #sequenceHigh = 0;

  /** `slotSizeBytes`: from each slot's buffer to the next. `identity` tells this thread's blocks from those of all others. */
  constructor(buffers: Uint8Array, slotSizeBytes: number, content: BlockContent, identity: number) {
    this.#words = new Int32Array(buffers.buffer, buffers.byteOffset, Math.floor(buffers.length / 4));
    this.#slotWords = Math.floor(slotSizeBytes / 4);
    this.#content = CONTENT[content];
    this.#identity = identity | 0;
    this.#overwritten = new Int32Array(Math.floor(buffers.length / slotSizeBytes));
    if (content === "zero") return;
    fillRandom(this.#words, 0, this.#words.length, this.#identity);
    if (content === "stamped") stampOwner(this.#words, 0, this.#words.length, this.#identity);
  }

  /** A read of so many bytes into the slot's buffer is about to begin: they will be the file's, whatever they are. */
  overwrite(slot: number, lengthBytes: number): void {
    // Noted each time, without a look whether it is: code for what is done once per slot would not be there when it is due.
    this.#overwritten[slot] = Math.max(this.#overwritten[slot], lengthBytes);
    this.#reads = true;
  }

  /** The first `lengthBytes` of the slot's buffer become a block that was never written before (or stay zero). */
  write(slot: number, offsetBytes: number, lengthBytes: number): void {
    const words = this.#words;
    const from = (slot * this.#slotWords) | 0;
    const to = (from + (lengthBytes >> 2)) | 0;
    const sequence = (this.#sequence + 1) | 0;
    this.#sequence = sequence;
    if (this.#content === STAMPED) {
      const sequenceHigh = (this.#sequenceHigh + (sequence === 0 ? 1 : 0)) | 0;
      this.#sequenceHigh = sequenceHigh;
      if (this.#reads) this.#restore(slot, from);
      const sector = offsetBytes * SECTORS_PER_BYTE;
      // Integers of 32 bits travel without being made objects; `| 0` takes the lowest bits of a number.
      stamp(words, from, to, sector | 0, (sector * PER_TWO_TO_31) | 0, sequence, sequenceHigh);
    } else if (this.#content === RANDOM) {
      renewRandom(words, from, to, (this.#identity + sequence) | 0);
    }
  }

  #restore(slot: number, from: number): void {
    const bytes = this.#overwritten[slot];
    if (bytes === 0) return;
    this.#overwritten[slot] = 0;
    const to = (from + (bytes >> 2)) | 0;
    fillRandom(this.#words, from, to, (this.#identity + this.#sequence) | 0);
    stampOwner(this.#words, from, to, this.#identity);
  }
}
