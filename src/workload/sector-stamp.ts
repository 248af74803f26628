// Which sector it is, which write it came from, whose -> sixteen bytes in each sector of a written block, and back.

/** What is stamped, on devices with larger sectors too. Blocks are whole sectors. */
export const SECTOR_BYTES = 512;

/** What a sector of a written block says of itself. */
export interface SectorStamp {
  /** Its number in the target, from 0. */
  readonly sector: number;
  /** The number of the write among those of its thread and round, from 1. */
  readonly sequence: number;
  /** Whose write it was (`contentIdentity`). */
  readonly identity: number;
}

/** Places of 32-bit words in a sector. A sector's number has 47 bits: enough for any offset below 2^53. */
const WORD = {
  /** Its lower 32 bits. */
  sector: 0,
  /** Bits 31 to 46 of the number of the block's first sector, and above them bits 32 to 47 of the sequence number. */
  high: 1,
  /** The lower 32 bits. */
  sequence: 2,
  identity: 3,
  /** Random, as all the rest. */
  key: 4,
} as const;

/**
 * The words before the key are combined with products of it: neither sectors nor the words of one have bytes in common
 * then that a compressor could find. The key itself would be found, as most of the numbers are small.
 */
const FACTOR = { sector: 0x9e3779b1, high: 0x85ebca77, sequence: 0xc2b2ae3d, identity: 0x27d4eb2f } as const;

// V8 makes a constant of the module that uses it part of the compiled code; a property of an object it may load.
const { sector: SECTOR, high: HIGH, sequence: SEQUENCE, identity: IDENTITY, key: KEY } = WORD;
const { sector: SECTOR_FACTOR, high: HIGH_FACTOR, sequence: SEQUENCE_FACTOR, identity: IDENTITY_FACTOR } = FACTOR;
const SECTOR_WORDS = SECTOR_BYTES / 4;
const GROUP_WORDS = 4 * SECTOR_WORDS;
const TWO_TO_31 = 2 ** 31;

/**
 * Stamps the sectors in words `from` up to `to`, for which `stampIdentity` was called. `first` is the lower 32 bits of the
 * first sector's number, `firstHigh` are bits 31 and above. Bit 31 is there twice: all sectors of the block get the
 * same `firstHigh`, and where the lower bits have overflowed on the way the two differ.
 */
export function stampSectors(
  words: Int32Array,
  from: number,
  to: number,
  first: number,
  firstHigh: number,
  sequence: number,
  sequenceHigh: number,
): void {
  const high = (firstHigh & 0xffff) | (sequenceHigh << 16);
  const lastGroup = (to - GROUP_WORDS) | 0;
  let sector = first;
  let at = from;
  // Four by four: a third less work between the cache lines that are waited for.
  for (; at <= lastGroup; at = (at + GROUP_WORDS) | 0) {
    stampSector(words, at, sector, high, sequence);
    stampSector(words, (at + SECTOR_WORDS) | 0, (sector + 1) | 0, high, sequence);
    stampSector(words, (at + 2 * SECTOR_WORDS) | 0, (sector + 2) | 0, high, sequence);
    stampSector(words, (at + 3 * SECTOR_WORDS) | 0, (sector + 3) | 0, high, sequence);
    sector = (sector + 4) | 0;
  }
  for (; at < to; at = (at + SECTOR_WORDS) | 0) {
    stampSector(words, at, sector, high, sequence);
    sector = (sector + 1) | 0;
  }
}

function stampSector(words: Int32Array, at: number, sector: number, high: number, sequence: number): void {
  // `| 0` spares the checks for overflow.
  const key = words[(at + KEY) | 0];
  words[(at + SECTOR) | 0] = sector ^ Math.imul(key, SECTOR_FACTOR);
  words[(at + HIGH) | 0] = high ^ Math.imul(key, HIGH_FACTOR);
  words[(at + SEQUENCE) | 0] = sequence ^ Math.imul(key, SEQUENCE_FACTOR);
}

/** What stays the same in all writes of one thread from a buffer: stamped once, after its random bytes were made. */
export function stampIdentity(words: Int32Array, from: number, to: number, identity: number): void {
  for (let index = from; index < to; index += SECTOR_WORDS) {
    words[index + IDENTITY] = identity ^ Math.imul(words[index + KEY], IDENTITY_FACTOR);
  }
}

/**
 * What the sector at `fromBytes` says of itself; null: it holds zeros. Random bytes that were never stamped say something
 * random: what to believe is known by the identities that have written there.
 */
export function readStamp(bytes: Uint8Array, fromBytes = 0): SectorStamp | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + fromBytes, SECTOR_BYTES);
  // Processors that node runs on store the lowest byte first.
  const key = view.getInt32(KEY * 4, true);
  const word = (place: number, factor: number): number =>
    (view.getInt32(place * 4, true) ^ Math.imul(key, factor)) >>> 0;
  const [low, high] = [word(SECTOR, SECTOR_FACTOR), word(HIGH, HIGH_FACTOR)];
  const sequence = (high >>> 16) * 2 ** 32 + word(SEQUENCE, SEQUENCE_FACTOR);
  if (sequence === 0) return null;
  const firstHigh = high & 0xffff;
  const overflowed = (firstHigh & 1) !== low >>> 31;
  const sector = (overflowed ? firstHigh + 1 : firstHigh) * TWO_TO_31 + (low % TWO_TO_31);
  return { sector, sequence, identity: word(IDENTITY, IDENTITY_FACTOR) };
}
