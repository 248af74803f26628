// (seed, case, round, thread) -> the blocks that a thread visits, in order; the engine and the tests draw from the same stream.

import type { Operation, Pattern } from "../shared/vocabulary.ts";
import { RandomStream, seedWords } from "./seeds.ts";

type Phase = "warmup" | "measure";

/** What one thread of a case works on: whole blocks, counted from the start of the target. */
export interface ThreadRange {
  readonly thread: number;
  readonly firstBlock: number;
  readonly blockCount: number;
  /** This thread's share of the case's limit; null: no limit. */
  readonly ios: number | null;
}

/** What seeds a thread's stream. Warm-up has its own, so that its length does not move the measured offsets. */
export function streamSeed(seed: number, caseId: string, roundIndex: number, thread: number, phase: Phase): string {
  return `${seed}|${caseId}|${roundIndex}|${thread}|${phase}`;
}

/** The block numbers of one thread, without end. Numbers below 2^53; no allocation per block. */
export class BlockStream {
  readonly #random: RandomStream;
  readonly #sequential: boolean;
  readonly #firstBlock: number;
  readonly #blockCount: number;
  readonly #readPercent: number;
  // Float64Array: a plain field would box numbers that outgrow 31 bits.
  readonly #position = new Float64Array(1);

  /** `readPercent` is 0 for writes, 100 for reads, between them for mixed cases. */
  constructor(seed: string, sequential: boolean, range: ThreadRange, readPercent: number) {
    this.#random = new RandomStream(seedWords(seed));
    this.#sequential = sequential;
    this.#firstBlock = range.firstBlock;
    this.#blockCount = range.blockCount;
    this.#readPercent = readPercent;
  }

  /** Next block to visit: in order and around again, or drawn evenly with replacement. */
  nextBlock(): number {
    if (!this.#sequential) return this.#firstBlock + this.#random.nextBelow(this.#blockCount);
    const position = this.#position[0] as number;
    this.#position[0] = position + 1 === this.#blockCount ? 0 : position + 1;
    return this.#firstBlock + position;
  }

  /**
   * The next I/Os, one per row of `rowLength` numbers from `from` up to `to`: its operation's code (0 read, 1 write), its
   * offset in bytes, and its length, of blocks of `blockSizeBytes`.
   */
  draw(rows: Float64Array, from: number, to: number, rowLength: number, blockSizeBytes: number): void {
    if (this.#sequential || (this.#readPercent > 0 && this.#readPercent < 100)) {
      for (let row = from; row < to; row += rowLength) {
        rows[row] = this.nextIsRead() ? 0 : 1;
        rows[row + 1] = this.nextBlock() * blockSizeBytes;
        rows[row + 2] = blockSizeBytes;
      }
      return;
    }
    this.#random.fillBelow(rows, from + 1, to, rowLength, this.#blockCount);
    const operation = this.#readPercent === 0 ? 1 : 0;
    const firstBlock = this.#firstBlock;
    for (let row = from; row < to; row += rowLength) {
      rows[row] = operation;
      rows[row + 1] = (firstBlock + (rows[row + 1] as number)) * blockSizeBytes;
      rows[row + 2] = blockSizeBytes;
    }
  }

  /** Whether the next I/O reads; draws a number only where it is not certain. */
  nextIsRead(): boolean {
    if (this.#readPercent === 0) return false;
    if (this.#readPercent === 100) return true;
    return this.#random.nextUint32() < this.#readPercent * 42949672.96;
  }
}

/** Share of reads in percent that a case's operation comes to. */
export function readPercentOf(settings: {
  readonly operation: Operation;
  readonly readPercent: number | null;
}): number {
  if (settings.operation === "mixed") return settings.readPercent ?? 50;
  return settings.operation === "read" ? 100 : 0;
}

/** What the stream of a thread in one round grows from, beside the thread's range. */
export interface StreamOrigin {
  readonly seed: number;
  readonly caseId: string;
  readonly roundIndex: number;
  readonly pattern: Pattern;
  readonly readPercent: number;
}

/** The I/Os of one thread in one round, in order. Of each the direction is drawn first, then the block. */
export function blockStream(origin: StreamOrigin, range: ThreadRange, phase: Phase): BlockStream {
  const { seed, caseId, roundIndex, pattern, readPercent } = origin;
  const text = streamSeed(seed, caseId, roundIndex, range.thread, phase);
  return new BlockStream(text, pattern === "sequential", range, readPercent);
}
