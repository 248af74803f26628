// A share of reads -> the operation of each I/O, drawn from a stream of its own, so that it moves no offset.

import { ROW, ROW_LENGTH } from "./rows.ts";
import type { RandomStream } from "./seeds.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const ROW_STEP = ROW_LENGTH;
const { operation: OPERATION } = ROW;
const READ = 0;
const WRITE = 1;
/** One per cent of 2^32. */
const PER_CENT = 42949672.96;

export class OperationMix {
  readonly #readPercent: number;
  readonly #isMixed: boolean;
  readonly #random: RandomStream;

  /** `readPercent` of 0 or 100 draws no numbers. */
  constructor(readPercent: number, random: RandomStream) {
    this.#readPercent = readPercent;
    this.#isMixed = readPercent > 0 && readPercent < 100;
    this.#random = random;
  }

  /** Fills in the operation of the rows from place `from` up to place `to` where it is always the same. */
  begin(rows: Float64Array, from: number, to: number): void {
    if (this.#isMixed) return;
    const operation = this.#readPercent === 0 ? WRITE : READ;
    for (let row = from; row < to; row += ROW_STEP) rows[row + OPERATION] = operation;
  }

  /** Draws the operation of each row where some read and some write. */
  draw(rows: Float64Array, from: number, to: number): void {
    if (!this.#isMixed) return;
    const below = this.#readPercent * PER_CENT;
    for (let row = from; row < to; row += ROW_STEP) {
      rows[row + OPERATION] = this.#random.nextUint32() < below ? READ : WRITE;
    }
  }
}
