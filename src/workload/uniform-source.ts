// A range of blocks -> blocks drawn evenly from all of it, with replacement.

import type { OperationMix } from "./operation-mix.ts";
import { fillAlike, ROW, ROW_LENGTH } from "./rows.ts";
import type { RandomStream } from "./seeds.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const ROW_STEP = ROW_LENGTH;
const { offset: OFFSET } = ROW;

/** What a source draws from: whole blocks of a file. */
export interface Blocks {
  readonly firstBlock: number;
  readonly blockCount: number;
  readonly blockSizeBytes: number;
}

export class UniformSource {
  readonly #random: RandomStream;
  readonly #operations: OperationMix;
  readonly #firstBlock: number;
  readonly #blockCount: number;
  readonly #blockSizeBytes: number;

  constructor({ firstBlock, blockCount, blockSizeBytes }: Blocks, operations: OperationMix, random: RandomStream) {
    this.#random = random;
    this.#operations = operations;
    this.#firstBlock = firstBlock;
    this.#blockCount = blockCount;
    this.#blockSizeBytes = blockSizeBytes;
  }

  begin(rows: Float64Array, from: number, to: number): void {
    this.#operations.begin(rows, from, to);
    fillAlike(rows, from, to, this.#blockSizeBytes);
  }

  draw(rows: Float64Array, from: number, to: number): void {
    const firstBlock = this.#firstBlock;
    const blockSizeBytes = this.#blockSizeBytes;
    this.#operations.draw(rows, from, to);
    this.#random.fillBelow(rows, from + OFFSET, to, ROW_STEP, this.#blockCount);
    for (let row = from; row < to; row += ROW_STEP) {
      rows[row + OFFSET] = (firstBlock + rows[row + OFFSET]) * blockSizeBytes;
    }
  }
}
