// The kinds of samples that a case makes, and a number of threads -> where in the shared memory each counter is.

import { BUCKET_COUNT } from "../../samples/histogram.ts";
import { byTransfer, TRANSFER_COUNT } from "../../shared/operations.ts";

/** Kinds of samples: those of each operation, by its code, and behind them these. */
export const KIND = {
  ...byTransfer((_, code) => code),
  firstTouch: TRANSFER_COUNT,
  flush: TRANSFER_COUNT + 1,
} as const;
export type Kind = number;
const KIND_COUNT = Object.keys(KIND).length;
const allKinds: Kind[] = [];
// A list of small integers to V8, as the list of a case is; `Array.from` or `Object.values` would be another kind of list.
for (let kind = 0; kind < KIND_COUNT; kind += 1) allKinds.push(kind);
export const ALL_KINDS: readonly Kind[] = allKinds;

/** Interval buffers per thread: the worker fills one while the collector empties those before it. */
export const RING_SIZE = 4;

/** 64-bit floats of one interval buffer, per kind; `bytes` only once it is full, and of operations. */
export const SUM = { count: 0, sumNs: 1, sumSquaresNs: 2, minNs: 3, maxNs: 4, bytes: 5 } as const;
const SUMS_PER_KIND = 8;
/** 64-bit floats of one interval buffer beside its sums: which interval it holds, and padding to a cache line. */
const SUMS_BESIDE = 8;

export const CONTROL_WORD_COUNT = 16;
export const CONTROL_TIME_COUNT = 16;
export const WORD_COUNT = 16;
/** What all threads have, ... */
export const FIXED_NUMBER_COUNT = 56;
/** ... and two for each operation. */
export const NUMBER_COUNT = FIXED_NUMBER_COUNT + 2 * TRANSFER_COUNT;

/** What different processors write does not share a cache line, ... */
const LINE_BYTES = 64;
/** ... and a page of one thread's counters is touched by no other thread. */
const PAGE_BYTES = 4096;
const wholePages = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
const wholeLines = (bytes: number): number => Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;

/** More shared counters than this are refused: every thread maps them, and each page that is touched stays resident. */
export const MOST_COUNTER_BYTES = 2 ** 30;

/** Where the counters of one thread are, in bytes from its start; and those of one interval buffer, in numbers. */
export interface MemoryLayout {
  readonly kinds: readonly Kind[];
  /** By kind: its first sum within a buffer of sums. -1: the case makes no such samples. */
  readonly sumPlaces: Int32Array;
  /** By kind: its first bucket within a buffer of counts. -1: the case makes no such samples. */
  readonly countPlaces: Int32Array;
  /** Within a buffer of sums: which interval it holds. */
  readonly intervalPlace: number;
  readonly sumsPerBuffer: number;
  readonly countsPerBuffer: number;
  readonly numbersAtBytes: number;
  /** The same numbers, of what happens outside the window. */
  readonly outsideNumbersAtBytes: number;
  readonly sumsAtBytes: number;
  readonly countsAtBytes: number;
  readonly threadBytes: number;
}

/** The layout for `kinds`, each part behind the one before. */
export function memoryLayout(kinds: readonly Kind[]): MemoryLayout {
  const [sumPlaces, countPlaces] = [new Int32Array(KIND_COUNT).fill(-1), new Int32Array(KIND_COUNT).fill(-1)];
  for (const [index, kind] of kinds.entries()) {
    sumPlaces[kind] = index * SUMS_PER_KIND;
    countPlaces[kind] = index * BUCKET_COUNT;
  }
  const intervalPlace = kinds.length * SUMS_PER_KIND;
  const sumsPerBuffer = intervalPlace + SUMS_BESIDE;
  const countsPerBuffer = kinds.length * BUCKET_COUNT;
  const numbersAtBytes = wholeLines(WORD_COUNT * Int32Array.BYTES_PER_ELEMENT);
  const outsideNumbersAtBytes = numbersAtBytes + wholeLines(NUMBER_COUNT * Float64Array.BYTES_PER_ELEMENT);
  const sumsAtBytes = outsideNumbersAtBytes + wholeLines(NUMBER_COUNT * Float64Array.BYTES_PER_ELEMENT);
  const countsAtBytes = wholePages(sumsAtBytes + RING_SIZE * sumsPerBuffer * Float64Array.BYTES_PER_ELEMENT);
  const threadBytes = wholePages(countsAtBytes + RING_SIZE * countsPerBuffer * Uint32Array.BYTES_PER_ELEMENT);
  return {
    kinds,
    sumPlaces,
    countPlaces,
    intervalPlace,
    sumsPerBuffer,
    countsPerBuffer,
    numbersAtBytes,
    outsideNumbersAtBytes,
    sumsAtBytes,
    countsAtBytes,
    threadBytes,
  };
}

const CONTROL_BYTES = wholePages(CONTROL_WORD_COUNT * Int32Array.BYTES_PER_ELEMENT + CONTROL_TIME_COUNT * 8);
/** Where the times that all threads share begin, in bytes from the start of the memory. */
export const CONTROL_TIMES_AT_BYTES = wholeLines(CONTROL_WORD_COUNT * Int32Array.BYTES_PER_ELEMENT);

export const threadStartBytes = ({ threadBytes }: MemoryLayout, thread: number): number =>
  CONTROL_BYTES + thread * threadBytes;

/** Bytes of shared memory that a round of `threads` threads takes. Only what is touched becomes resident. */
export const roundMemoryBytes = (layout: MemoryLayout, threads: number): number => threadStartBytes(layout, threads);
