// Text -> seed -> a stream of random numbers; the same text gives the same stream on every machine.

/** The finishing step of MurmurHash3 (Appleby, public domain): every input bit reaches every output bit. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Four words of seed for a `RandomStream`, never all zero. */
export function seedWords(text: string): Uint32Array {
  // FNV-1a over UTF-16 code units, then four words drawn from it in steps of the golden ratio (as SplitMix does).
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  let second = 0x9e3779b9;
  for (let index = text.length - 1; index >= 0; index -= 1)
    second = Math.imul(second ^ text.charCodeAt(index), 0x01000193);
  const words = new Uint32Array(4);
  for (let index = 0; index < 4; index += 1) {
    words[index] = mix((index % 2 === 0 ? hash : second) + Math.imul(index + 1, 0x9e3779b9));
  }
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}

/** Up to here one number of 32 bits is spread evenly enough. */
const FEW = 2 ** 20;
/** For others: V8 loads and checks an exported constant at each use. */
export const FEW_BLOCKS = FEW;

/** xoshiro128** 1.1 (Blackman and Vigna, 2018): 128 bits of state, equidistributed, a few operations per number. */
export class RandomStream {
  // Typed, so that the words stay unboxed 32-bit integers inside the measured loop.
  readonly #state: Int32Array;

  constructor(seed: Uint32Array) {
    this.#state = Int32Array.from(seed);
  }

  /** 0 .. 2^32-1 */
  nextUint32(): number {
    const state = this.#state;
    const s0 = state[0];
    const s1 = state[1];
    const s2 = state[2] ^ s0;
    const s3 = state[3] ^ s1;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    state[0] = s0 ^ s3;
    state[1] = s1 ^ s2;
    state[2] = s2 ^ (s1 << 9);
    state[3] = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  }

  /** Every `step`th of `values` from `from` up to `to`: what `nextBelow` would give one by one, in half the time. */
  fillBelow(values: Float64Array, from: number, to: number, step: number, count: number): void {
    if (count > FEW) {
      for (let index = from; index < to; index += step) values[index] = this.nextBelow(count);
      return;
    }
    const state = this.#state;
    const scale = count / 4294967296;
    let s0 = state[0];
    let s1 = state[1];
    let s2 = state[2];
    let s3 = state[3];
    for (let index = from; index < to; index += step) {
      const product = Math.imul(s1, 5);
      values[index] = ((Math.imul((product << 7) | (product >>> 25), 9) >>> 0) * scale) | 0;
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }

  /** 0 .. count-1, evenly: random bits scaled, 32 of them for small counts, else 53; the bias is below 2^-12. */
  nextBelow(count: number): number {
    if (count <= FEW) return (this.nextUint32() * (count / 4294967296)) | 0;
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return Math.floor((high * 67108864 + low) * (count / 9007199254740992));
  }
}
