// A planned round, or a target to fill -> the specification that the engine carries out; pure.

import type { RoundSpec } from "../engine/round-spec.ts";
import { readPercentOf } from "../plan/offsets.ts";
import type { Plan, PlannedRound } from "../plan/plan.ts";

const INTERVAL_SECONDS = 1;
const FILL_BLOCK_BYTES = 1024 * 1024;
const FILL_QUEUE_DEPTH = 4;

/** `planned` of `plan`, on the file at `path`. */
export function roundSpec(plan: Plan, planned: PlannedRound, path: string, fileSizeBytes: number): RoundSpec {
  const plannedCase = plan.cases[planned.caseIndex];
  if (plannedCase === undefined) throw new RangeError(`the plan has no case ${planned.caseIndex}`);
  const { settings } = plannedCase;
  return {
    caseId: plannedCase.id,
    roundIndex: planned.roundIndex,
    seed: plan.seed,
    backend: plannedCase.backend,
    path,
    fileSizeBytes,
    readPercent: readPercentOf(settings),
    pattern: settings.pattern,
    blockSizeBytes: settings.blockSizeBytes,
    queueDepth: settings.queueDepth,
    ranges: plannedCase.ranges,
    caching: settings.caching,
    writeThrough: settings.writeThrough,
    flush: settings.flush,
    content: "stamped",
    onError: plannedCase.onError,
    warmupSeconds: plannedCase.warmupSeconds,
    durationSeconds: plannedCase.durationSeconds,
    intervalSeconds: INTERVAL_SECONDS,
    submitBatch: null,
    rehearse: true,
  };
}

/** What a fill needs to know. */
export interface FillRequest {
  readonly path: string;
  readonly sizeBytes: number;
  readonly content: "random" | "zero";
  /** Unbuffered where the target allows it, so that nothing is left to be written back afterwards. */
  readonly caching: "unbuffered" | "buffered";
}

/**
 * Writes every byte of the target once, several large blocks at a time. What does not fill a large block at the end
 * is a second specification with smaller blocks: their size divides both, so it keeps every alignment that the size has.
 */
export function fillSpecs(request: FillRequest, backend: RoundSpec["backend"], seed: number): readonly RoundSpec[] {
  const wholeBlocks = Math.floor(request.sizeBytes / FILL_BLOCK_BYTES);
  const restBytes = request.sizeBytes - wholeBlocks * FILL_BLOCK_BYTES;
  const part = (name: string, blockSizeBytes: number, firstBlock: number, blockCount: number): RoundSpec => ({
    caseId: `fill ${name} of ${request.path}`,
    roundIndex: 0,
    seed,
    backend,
    path: request.path,
    fileSizeBytes: request.sizeBytes,
    readPercent: 0,
    pattern: "sequential",
    blockSizeBytes,
    queueDepth: backend === "pwrite" || backend === "write-file" ? 1 : Math.min(FILL_QUEUE_DEPTH, blockCount),
    ranges: [{ thread: 0, firstBlock, blockCount, ios: blockCount }],
    caching: request.caching,
    writeThrough: false,
    flush: "never",
    content: request.content,
    onError: "stop",
    warmupSeconds: 0,
    durationSeconds: null,
    intervalSeconds: INTERVAL_SECONDS,
    submitBatch: null,
    rehearse: false,
  });
  const specs: RoundSpec[] = [];
  if (wholeBlocks > 0) specs.push(part("body", FILL_BLOCK_BYTES, 0, wholeBlocks));
  if (restBytes > 0) {
    const unit = greatestCommonDivisor(FILL_BLOCK_BYTES, restBytes);
    specs.push(part("end", unit, (request.sizeBytes - restBytes) / unit, restBytes / unit));
  }
  return specs;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
