// A range of blocks -> one block after the other, and around again.

import type { OperationMix } from "./operation-mix.ts";
import { fillAlike, ROW, ROW_LENGTH } from "./rows.ts";
import type { Blocks } from "./uniform-source.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const ROW_STEP = ROW_LENGTH;
const { offset: OFFSET } = ROW;

export class SequentialSource {
  readonly #operations: OperationMix;
  readonly #firstBlock: number;
  readonly #blockCount: number;
  readonly #blockSizeBytes: number;
  // Float64Array: a plain field would box numbers that outgrow 31 bits.
  readonly #position = new Float64Array(1);

  constructor({ firstBlock, blockCount, blockSizeBytes }: Blocks, operations: OperationMix) {
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
    const position = this.#position;
    const firstBlock = this.#firstBlock;
    const blockCount = this.#blockCount;
    const blockSizeBytes = this.#blockSizeBytes;
    this.#operations.draw(rows, from, to);
    for (let row = from; row < to; row += ROW_STEP) {
      rows[row + OFFSET] = (firstBlock + position[0]) * blockSizeBytes;
      position[0] = position[0] + 1 === blockCount ? 0 : position[0] + 1;
    }
  }
}
