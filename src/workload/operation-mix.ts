// An operation, or a share of reads -> the operation of each I/O, drawn from a stream of its own, so that it moves no offset.

import { OPERATION, transfersOf, type Operation } from "../shared/operations.ts";
import { ROW, ROW_LENGTH } from "./rows.ts";
import type { RandomStream } from "./seeds.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const ROW_STEP = ROW_LENGTH;
const { operation: OPERATION_PLACE } = ROW;
const { read: READ, write: WRITE } = OPERATION;
/** One per cent of 2^32. */
const PER_CENT = 42949672.96;

export class OperationMix {
  readonly #only: number;
  readonly #readPercent: number;
  readonly #isMixed: boolean;
  readonly #random: RandomStream;

  /** `readPercent`: of a mix, half of which reads where it is null. A share of nothing or all draws no numbers. */
  constructor(operation: Operation, readPercent: number | null, random: RandomStream) {
    const [first, ...others] = transfersOf({ operation, readPercent });
    this.#readPercent = readPercent ?? 50;
    this.#isMixed = others.length > 0;
    this.#only = OPERATION[first];
    this.#random = random;
  }

  /** Fills in the operation of the rows from place `from` up to place `to` where it is always the same. */
  begin(rows: Float64Array, from: number, to: number): void {
    if (this.#isMixed) return;
    const operation = this.#only;
    for (let row = from; row < to; row += ROW_STEP) rows[row + OPERATION_PLACE] = operation;
  }

  /** Draws the operation of each row where some read and some write. */
  draw(rows: Float64Array, from: number, to: number): void {
    if (!this.#isMixed) return;
    const below = this.#readPercent * PER_CENT;
    for (let row = from; row < to; row += ROW_STEP) {
      rows[row + OPERATION_PLACE] = this.#random.nextUint32() < below ? READ : WRITE;
    }
  }
}
