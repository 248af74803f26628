// One I/O that is drawn ahead -> places in a row of 64-bit floats: what is done, where, how much, and when.

/** A cache line for each I/O. What a source draws comes first; the last two places are the loop's. */
export const ROW_LENGTH = 8;

export const ROW = {
  /** Code of the operation. */
  operation: 0,
  /** Offset in the file, in bytes, below 2^53. */
  offset: 1,
  /** Bytes to transfer. */
  length: 2,
  /** Index into the round's open files. */
  file: 3,
  /** Bits of the contract of back ends. */
  flags: 4,
  /** Reserved: when it is due, in nanoseconds after the window opened. 0: as soon as there is room. */
  due: 5,
  /** When it was handed over, in nanoseconds of the clock. */
  start: 6,
  /** How long it took, in nanoseconds. */
  latency: 7,
} as const;

// V8 makes a constant of the module that uses it part of the compiled code; an exported one it loads and checks at each use.
const ROW_STEP = ROW_LENGTH;
const { length: LENGTH, file: FILE, flags: FLAGS, due: DUE } = ROW;

/** The same for all rows from place `from` up to place `to`: `lengthBytes` of the first file, without flags, at once. */
export function fillAlike(rows: Float64Array, from: number, to: number, lengthBytes: number): void {
  for (let row = from; row < to; row += ROW_STEP) {
    rows[row + LENGTH] = lengthBytes;
    rows[row + FILE] = 0;
    rows[row + FLAGS] = 0;
    rows[row + DUE] = 0;
  }
}
