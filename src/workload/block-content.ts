// Buffers -> bytes that no device can compress or deduplicate: made anew for fills, stamped with a counter for timed writes.

const STAMP_SPACING_BYTES = 4096;
const SMALLEST_BLOCK_BYTES = 512;

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
export function renewRandom(words: Int32Array, from: number, to: number, seed: number): void {
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

/** Writes content into slots' buffers before they are submitted. One per thread. */
export class BlockWriter {
  readonly #words: Int32Array;
  readonly #blockWords: number;
  readonly #stampSpacingWords: number;
  readonly #content: number;
  readonly #identity: number;
  /** 1: a read has put the file's contents into the slot's buffer. */
  readonly #overwritten: Uint8Array;
  /** Whether there ever was a read. */
  #reads = false;
  #sequence = 0;

  /** `identity` tells this thread's blocks from those of all others. */
  constructor(buffers: Uint8Array, blockSizeBytes: number, content: keyof typeof CONTENT, identity: number) {
    this.#words = new Int32Array(buffers.buffer, buffers.byteOffset, Math.floor(buffers.length / 4));
    this.#blockWords = Math.floor(blockSizeBytes / 4);
    this.#stampSpacingWords = (blockSizeBytes < STAMP_SPACING_BYTES ? SMALLEST_BLOCK_BYTES : STAMP_SPACING_BYTES) / 4;
    this.#content = CONTENT[content];
    this.#identity = identity;
    this.#overwritten = new Uint8Array(Math.floor(buffers.length / blockSizeBytes));
    if (content !== "zero") fillRandom(this.#words, 0, this.#words.length, identity);
  }

  /** A read into the slot's buffer is about to begin: its contents will be the file's, whatever they are. */
  overwrite(slot: number): void {
    // Noted each time, without a look whether it is: code for what is done once per slot would not be there when it is due.
    this.#overwritten[slot] = 1;
    this.#reads = true;
  }

  /** The slot's buffer becomes a block that was never written before (or stays zero). */
  write(slot: number): void {
    const words = this.#words;
    const from = slot * this.#blockWords;
    const to = from + this.#blockWords;
    const sequence = (this.#sequence + 1) | 0;
    const identity = this.#identity | 0;
    this.#sequence = sequence;
    if (this.#content === STAMPED) {
      if (this.#reads) this.#restore(slot, from, to);
      for (let index = from; index < to; index += this.#stampSpacingWords) {
        words[index] = sequence;
        words[index + 1] = identity;
      }
    } else if (this.#content === RANDOM) {
      renewRandom(words, from, to, identity + sequence);
    }
  }

  #restore(slot: number, from: number, to: number): void {
    if (this.#overwritten[slot] === 0) return;
    this.#overwritten[slot] = 0;
    fillRandom(this.#words, from, to, this.#identity + this.#sequence);
  }
}
