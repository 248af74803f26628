// A round's counters -> places in memory that the supervisor, the engine process and its workers all map.

import type { SharedMemory } from "../../platform/platform.ts";
import { TRANSFER_COUNT } from "../../shared/operations.ts";
import {
  ALL_KINDS,
  CONTROL_TIME_COUNT,
  CONTROL_TIMES_AT_BYTES,
  CONTROL_WORD_COUNT,
  FIXED_NUMBER_COUNT,
  memoryLayout,
  NUMBER_COUNT,
  RING_SIZE,
  threadStartBytes,
  WORD_COUNT,
  type MemoryLayout,
} from "./memory-layout.ts";

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
  firstErrorOperation: 11,
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
  /** When the CPU time was looked at: after the window is over where a flush outlasts it. */
  lookedAtOpenNs: 21,
  lookedAtCloseNs: 22,
  outsideBytes: 23,
  /** `[code, count]` pairs of failed I/Os; a code of 0 ends the list. */
  errorCodes: 24,
  /** Whole I/Os inside the window so far: one place for each operation, by its code. */
  ios: FIXED_NUMBER_COUNT,
  /** Bytes that they have transferred, likewise. */
  bytes: FIXED_NUMBER_COUNT + TRANSFER_COUNT,
} as const;
export const ERROR_CODE_PLACES = 15;

/** Over all operations. `place`: `ios` or `bytes` of `THREAD_NUMBER`. */
export function ofAllOperations(numbers: Float64Array, place: number): number {
  let sum = 0;
  for (let code = 0; code < TRANSFER_COUNT; code += 1) sum += numbers[place + code];
  return sum;
}

export interface ThreadMemory {
  readonly layout: MemoryLayout;
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

export interface RoundMemory extends ControlMemory {
  readonly threads: readonly ThreadMemory[];
}

type Shared = Pick<SharedMemory, "view">;

function viewControl(shared: Shared, layout: MemoryLayout): ControlMemory {
  const { buffer, byteOffset } = shared.view(0, threadStartBytes(layout, 0));
  return {
    control: new Int32Array(buffer, byteOffset, CONTROL_WORD_COUNT),
    times: new Float64Array(buffer, byteOffset + CONTROL_TIMES_AT_BYTES, CONTROL_TIME_COUNT),
  };
}

function threadMemory({ buffer, byteOffset: start }: Uint8Array, layout: MemoryLayout): ThreadMemory {
  return {
    layout,
    words: new Int32Array(buffer, start, WORD_COUNT),
    numbers: new Float64Array(buffer, start + layout.numbersAtBytes, NUMBER_COUNT),
    outsideNumbers: new Float64Array(buffer, start + layout.outsideNumbersAtBytes, NUMBER_COUNT),
    sums: new Float64Array(buffer, start + layout.sumsAtBytes, layout.sumsPerBuffer * RING_SIZE),
    counts: new Uint32Array(buffer, start + layout.countsAtBytes, layout.countsPerBuffer * RING_SIZE),
  };
}

const viewThread = (shared: Shared, layout: MemoryLayout, thread: number): ThreadMemory =>
  threadMemory(shared.view(threadStartBytes(layout, thread), layout.threadBytes), layout);

export function viewRoundMemory(shared: Shared, layout: MemoryLayout, threads: number): RoundMemory {
  const parts = Array.from({ length: threads }, (_, thread) => viewThread(shared, layout, thread));
  return { ...viewControl(shared, layout), threads: parts };
}

export function viewOwnMemory(shared: Shared, layout: MemoryLayout, thread: number): OwnMemory {
  return { ...viewControl(shared, layout), own: viewThread(shared, layout, thread) };
}

/** What the leader of a round needs, which looks at no thread's own. */
export function viewLeaderMemory(shared: Shared, layout: MemoryLayout): ControlMemory {
  return viewControl(shared, layout);
}

/** A thread's part that nobody else sees: warm-ups record into it, through the same machine code. */
export function scratchThreadMemory(): ThreadMemory {
  const layout = memoryLayout(ALL_KINDS);
  return threadMemory(new Uint8Array(layout.threadBytes), layout);
}
