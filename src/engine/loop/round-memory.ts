// A round's counters -> places in memory that the supervisor, the engine process and its workers all map.

import type { SharedMemory } from "../../platform/platform.ts";
import { BUCKET_COUNT } from "../../samples/histogram.ts";

/** Kinds of samples. The first two are the direction codes. */
export const KIND = { read: 0, write: 1, firstTouch: 2, flush: 3 } as const;
export const KIND_COUNT = 4;

/** Interval buffers per thread: the worker fills one while the collector empties those before it. */
export const RING_SIZE = 4;

/** 32-bit words shared by all threads of a round. */
export const CONTROL = {
  /** 1: warm-up may begin at `startNs`; 2: the window opens at `windowOpenNs`. */
  go: 0,
  /** 0: go on; else a `STOP` reason: no thread issues another I/O. */
  stop: 1,
  /** I/Os that failed or came back short so far, all threads together. */
  errors: 2,
  /** Workers that are done with the round, their view of this memory taken down. */
  ended: 3,
} as const;
export const STOP = { none: 0, asked: 1, error: 2, tooManyErrors: 3, onlyErrors: 4 } as const;

/** 64-bit floats shared by all threads. */
export const CONTROL_TIME = { startNs: 0, windowOpenNs: 1 } as const;

/** 32-bit words of one thread. */
export const THREAD_WORD = {
  phase: 0,
  /** Interval buffers filled so far, written by the worker, ... */
  published: 1,
  /** ... and emptied so far, written by the collector. */
  drained: 2,
  /** 1: the target is closed, and what is still to do has nothing to do with it. */
  closed: 3,
} as const;

export const PHASE = { starting: 0, ready: 1, warmup: 2, primed: 3, measure: 4, drain: 5, done: 6 } as const;

/** 64-bit floats of one thread. */
export const THREAD_NUMBER = {
  heartbeatNs: 0,
  /** Whole I/Os inside the window so far: reads here, writes (by the direction's code) in the next place. */
  readIos: 1,
  writeIos: 2,
  openNs: 3,
  closeNs: 4,
  /** End of the window without the final flush. */
  transfersEndNs: 5,
  /** Outstanding I/Os integrated over the window. */
  queueIntegralNs: 6,
  failed: 7,
  short: 8,
  outsideErrors: 9,
  firstErrorOffsetBytes: 10,
  firstErrorDirection: 11,
  /** CPU time of the process, ... */
  userSecondsAtOpen: 12,
  systemSecondsAtOpen: 13,
  userSecondsAtClose: 14,
  systemSecondsAtClose: 15,
  /** Time inside calls that hand over I/Os while slots were still free, so that none of it was waiting. */
  submittingNs: 16,
  /** I/Os that the loop waits for now, ... */
  outstanding: 17,
  /** ... and how often a flush has begun or ended: odd while it waits for one. */
  flushSteps: 18,
  /** Time inside flushes, as far as it lies in the window. */
  flushNs: 19,
  outsideIos: 20,
  /** ... and when it was looked at: the window is over before that when a flush outlasts it. */
  lookedAtOpenNs: 21,
  lookedAtCloseNs: 22,
  /** `[code, count]` pairs of failed I/Os; a code of 0 ends the list. */
  errorCodes: 32,
} as const;
export const ERROR_CODE_PLACES = 15;

/** 64-bit floats of one interval buffer, per kind. */
export const SUM = { count: 0, sumNs: 1, sumSquaresNs: 2, minNs: 3, maxNs: 4 } as const;
export const SUMS_PER_KIND = 8;
export const SUMS_PER_BUFFER = SUMS_PER_KIND * KIND_COUNT + 8;
/** Which interval the buffer holds. */
export const SUM_INTERVAL = SUMS_PER_KIND * KIND_COUNT;
export const COUNTS_PER_BUFFER = BUCKET_COUNT * KIND_COUNT;

const CONTROL_BYTES = 4096;
const HEADER_BYTES = 4096;
const NUMBER_COUNT = 64;
const NUMBERS_AT = 512;
const SUMS_AT = 1024;
/** Behind the sums of all buffers. */
const OUTSIDE_NUMBERS_AT = 2560;
const COUNTS_BYTES = COUNTS_PER_BUFFER * RING_SIZE * 4;
const THREAD_BYTES = HEADER_BYTES + COUNTS_BYTES;

/** Bytes of shared memory that a round of `threads` threads takes; only what is touched becomes resident. */
export function roundMemoryBytes(threads: number): number {
  return startOf(threads);
}

export interface ThreadMemory {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** The same numbers, of what happens outside the window. */
  readonly outsideNumbers: Float64Array;
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
}

export interface ControlMemory {
  readonly control: Int32Array;
  readonly times: Float64Array;
}

export interface OwnMemory extends ControlMemory {
  readonly own: ThreadMemory;
}

export interface LeaderMemory extends ControlMemory {
  readonly threads: readonly Pick<ThreadMemory, "words">[];
}

export interface RoundMemory extends ControlMemory {
  readonly threads: readonly ThreadMemory[];
}

type Shared = Pick<SharedMemory, "view">;

const WORD_COUNT = 16;
const startOf = (thread: number): number => CONTROL_BYTES + thread * THREAD_BYTES;

function viewControl(shared: Shared): ControlMemory {
  const { buffer, byteOffset } = shared.view(0, CONTROL_BYTES);
  return { control: new Int32Array(buffer, byteOffset, 16), times: new Float64Array(buffer, byteOffset + 64, 16) };
}

function threadMemory({ buffer, byteOffset: start }: Uint8Array): ThreadMemory {
  return {
    words: new Int32Array(buffer, start, WORD_COUNT),
    numbers: new Float64Array(buffer, start + NUMBERS_AT, NUMBER_COUNT),
    outsideNumbers: new Float64Array(buffer, start + OUTSIDE_NUMBERS_AT, NUMBER_COUNT),
    sums: new Float64Array(buffer, start + SUMS_AT, SUMS_PER_BUFFER * RING_SIZE),
    counts: new Uint32Array(buffer, start + HEADER_BYTES, COUNTS_PER_BUFFER * RING_SIZE),
  };
}

const viewThread = (shared: Shared, thread: number): ThreadMemory =>
  threadMemory(shared.view(startOf(thread), THREAD_BYTES));

export function viewRoundMemory(shared: Shared, threads: number): RoundMemory {
  const parts = Array.from({ length: threads }, (_, thread) => viewThread(shared, thread));
  return { ...viewControl(shared), threads: parts };
}

export function viewOwnMemory(shared: Shared, thread: number): OwnMemory {
  return { ...viewControl(shared), own: viewThread(shared, thread) };
}

export function viewLeaderMemory(shared: Shared, threads: number): LeaderMemory {
  const words = (thread: number): Int32Array => {
    const { buffer, byteOffset } = shared.view(startOf(thread), WORD_COUNT * Int32Array.BYTES_PER_ELEMENT);
    return new Int32Array(buffer, byteOffset, WORD_COUNT);
  };
  const parts = Array.from({ length: threads }, (_, thread) => ({ words: words(thread) }));
  return { ...viewControl(shared), threads: parts };
}

/** A thread's part that nobody else sees: warm-ups record into it, through the same machine code. */
export function scratchThreadMemory(): ThreadMemory {
  return threadMemory(new Uint8Array(THREAD_BYTES));
}
