// One thread's part in a round -> the stream of its I/Os, drawn ahead into rows of numbers; the same seed draws the same.

import type { Operation } from "../shared/operations.ts";
import type { Pattern } from "../shared/vocabulary.ts";
import { OperationMix } from "./operation-mix.ts";
import { RandomStream, seedWords } from "./seeds.ts";
import { SequentialSource } from "./sequential-source.ts";
import { UniformSource, type Blocks } from "./uniform-source.ts";

/** The I/Os of one thread, without end. */
export interface Source {
  /** Writes what all its I/Os have in common into the rows (`ROW` in rows.ts) from place `from` up to place `to`. */
  begin(rows: Float64Array, from: number, to: number): void;
  /**
   * Writes what differs of the next I/Os into rows that `begin` was given. How many are drawn at once makes no difference
   * to what they are. Allocates nothing.
   */
  draw(rows: Float64Array, from: number, to: number): void;
}

/** What one thread of a case works on: whole blocks, counted from the start of the target. */
export interface ThreadRange {
  readonly thread: number;
  readonly firstBlock: number;
  readonly blockCount: number;
  /** This thread's share of the case's limit; null: no limit. */
  readonly ios: number | null;
}

/** What the streams of a round grow from, beside each thread's range. */
export interface StreamOrigin {
  readonly seed: number;
  readonly caseId: string;
  readonly roundIndex: number;
  readonly pattern: Pattern;
  readonly operation: Operation;
  /** Of a mix; null: half of it. */
  readonly readPercent: number | null;
  readonly blockSizeBytes: number;
}

type Phase = "warmup" | "measure";

/** What seeds a thread's stream. The warm-up has its own, so that its length does not move the measured offsets. */
export function streamSeed(
  { seed, caseId, roundIndex }: Pick<StreamOrigin, "seed" | "caseId" | "roundIndex">,
  thread: number,
  phase: Phase,
): string {
  return `${seed}|${caseId}|${roundIndex}|${thread}|${phase}`;
}

/** By which what a thread writes in a round is told from what other threads and rounds write: 32 bits. */
export function contentIdentity(origin: Pick<StreamOrigin, "seed" | "caseId" | "roundIndex">, thread: number): number {
  return seedWords(`${streamSeed(origin, thread, "measure")}|content`)[0];
}

/** The I/Os of one thread in one round, in order. */
export function openSource(origin: StreamOrigin, range: ThreadRange, phase: Phase): Source {
  return sourceOf(origin, range, streamSeed(origin, range.thread, phase));
}

type OpenSource = (blocks: Blocks, operations: OperationMix, seed: string) => Source;

/** Every pattern has its source. */
const SOURCES: Readonly<Record<Pattern, OpenSource>> = {
  sequential: (blocks, operations) => new SequentialSource(blocks, operations),
  random: (blocks, operations, seed) => new UniformSource(blocks, operations, new RandomStream(seedWords(seed))),
};

/** A stream that grows from a text. */
export function sourceOf(
  { pattern, operation, readPercent, blockSizeBytes }: Omit<StreamOrigin, "seed" | "caseId" | "roundIndex">,
  { firstBlock, blockCount }: Pick<ThreadRange, "firstBlock" | "blockCount">,
  seed: string,
): Source {
  const operations = new OperationMix(operation, readPercent, new RandomStream(seedWords(`${seed}|operations`)));
  return SOURCES[pattern]({ firstBlock, blockCount, blockSizeBytes }, operations, seed);
}
