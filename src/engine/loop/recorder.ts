// Latencies -> counts in the current interval's buffer; at an interval's end the buffer is handed over and the next begun.

import { bucketIndex } from "../../samples/histogram.ts";
import { ROW, ROW_LENGTH } from "../../workload/rows.ts";
import { TRANSFER_COUNT } from "../../shared/operations.ts";
import { RING_SIZE, SUM, type MemoryLayout } from "./memory-layout.ts";
import { THREAD_NUMBER, THREAD_WORD, type ThreadMemory } from "./round-memory.ts";

const PATIENCE_MS = 2000;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const bucketOf = bucketIndex;
const BYTES = THREAD_NUMBER.bytes;
const OPERATIONS_END = TRANSFER_COUNT;
const ROW_STEP = ROW_LENGTH;
const { operation: OPERATION, length: LENGTH, latency: LATENCY } = ROW;

/** Makes one buffer of sums empty. */
export function clearSums({ sums, layout }: ThreadMemory, buffer: number): void {
  const base = buffer * layout.sumsPerBuffer;
  sums.fill(0, base, base + layout.sumsPerBuffer);
  for (const kind of layout.kinds) sums[base + layout.sumPlaces[kind] + SUM.minNs] = Infinity;
}

export class Recorder {
  readonly #words: Int32Array;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  readonly #layout: MemoryLayout;
  readonly #sumPlaces: Int32Array;
  readonly #countPlaces: Int32Array;
  readonly #numbers: Float64Array;
  /** By operation: its bytes up to the beginning of the interval. */
  readonly #bytesBefore = new Float64Array(TRANSFER_COUNT);
  readonly #patient: boolean;
  #sumBase = 0;
  #countBase = 0;
  // [0] opening of the window, [1] interval length, [2] end of the current interval, all in nanoseconds.
  readonly #grid = new Float64Array([0, 0, Infinity]);

  /** `patient`: at a full ring it waits for the collector, which costs no measured time where time is virtual. */
  constructor(memory: ThreadMemory, patient = false) {
    this.#patient = patient;
    this.#words = memory.words;
    this.#sums = memory.sums;
    this.#counts = memory.counts;
    this.#layout = memory.layout;
    this.#sumPlaces = memory.layout.sumPlaces;
    this.#countPlaces = memory.layout.countPlaces;
    this.#numbers = memory.numbers;
    for (let buffer = 0; buffer < RING_SIZE; buffer += 1) clearSums(memory, buffer);
  }

  /** From now on there are intervals, counted from `openNs`. */
  open(openNs: number, intervalNs: number): void {
    this.#grid[0] = openNs;
    this.#grid[1] = intervalNs;
    this.#grid[2] = openNs + intervalNs;
  }

  /** When `rotate` is due: Infinity as long as `open` was not called. */
  get intervalEndNs(): number {
    return this.#grid[2];
  }

  /** One sample; the hot path. */
  record(kind: number, latencyNs: number): void {
    const sums = this.#sums;
    // `| 0` spares the checks for overflow.
    const base = (this.#sumBase + this.#sumPlaces[kind]) | 0;
    sums[base] += 1;
    sums[(base + 1) | 0] += latencyNs;
    sums[(base + 2) | 0] += latencyNs * latencyNs;
    if (latencyNs < sums[(base + 3) | 0]) sums[(base + 3) | 0] = latencyNs;
    if (latencyNs > sums[(base + 4) | 0]) sums[(base + 4) | 0] = latencyNs;
    const counts = this.#counts;
    const place = (this.#countBase + this.#countPlaces[kind] + bucketOf(latencyNs)) | 0;
    counts[place] += 1;
  }

  /**
   * The samples of one operation in the rows from `from` up to `to`: what `record` does one by one, in a third of the
   * time, and their bytes are counted. Returns how many they are.
   */
  recordAll(kind: number, rows: Float64Array, from: number, to: number): number {
    // The round makes no such samples.
    if (this.#sumPlaces[kind] < 0) return 0;
    const counts = this.#counts;
    const countBase = (this.#countBase + this.#countPlaces[kind]) | 0;
    let count = 0;
    let bytes = 0;
    let sumNs = 0;
    let sumSquaresNs = 0;
    let minNs = Infinity;
    let maxNs = 0;
    for (let row = from; row < to; row = (row + ROW_STEP) | 0) {
      if (rows[(row + OPERATION) | 0] !== kind) continue;
      const latencyNs = rows[(row + LATENCY) | 0];
      bytes += rows[(row + LENGTH) | 0];
      const place = (countBase + bucketOf(latencyNs)) | 0;
      counts[place] += 1;
      count = (count + 1) | 0;
      sumNs += latencyNs;
      sumSquaresNs += latencyNs * latencyNs;
      if (latencyNs < minNs) minNs = latencyNs;
      if (latencyNs > maxNs) maxNs = latencyNs;
    }
    if (count === 0) return 0;
    const sums = this.#sums;
    const base = (this.#sumBase + this.#sumPlaces[kind]) | 0;
    sums[base] += count;
    sums[(base + 1) | 0] += sumNs;
    sums[(base + 2) | 0] += sumSquaresNs;
    if (minNs < sums[(base + 3) | 0]) sums[(base + 3) | 0] = minNs;
    if (maxNs > sums[(base + 4) | 0]) sums[(base + 4) | 0] = maxNs;
    const numbers = this.#numbers;
    const counted = (BYTES + kind) | 0;
    numbers[counted] += bytes;
    return count;
  }

  /** When the collector is a whole ring behind, the interval goes on: a coarser series, with exact totals. */
  rotate(nowNs: number): void {
    const openNs = this.#grid[0];
    const intervalNs = this.#grid[1];
    const interval = Math.floor((nowNs - openNs) / intervalNs);
    const published = this.#words[THREAD_WORD.published] + 1;
    if (this.#patient) this.#waitForRoom(published);
    if (this.#hasRoom(published)) {
      this.#closeBytes();
      const buffer = published % RING_SIZE;
      this.#sumBase = buffer * this.#layout.sumsPerBuffer;
      this.#countBase = buffer * this.#layout.countsPerBuffer;
      this.#sums[this.#sumBase + this.#layout.intervalPlace] = interval;
      Atomics.store(this.#words, THREAD_WORD.published, published);
    }
    this.#grid[2] = openNs + (interval + 1) * intervalNs;
  }

  /** The interval's bytes are what the thread has counted since its beginning: that spares an addition for each I/O. */
  #closeBytes(): void {
    for (let kind = 0; kind < OPERATIONS_END; kind += 1) {
      if (this.#sumPlaces[kind] < 0) continue;
      const bytes = this.#numbers[BYTES + kind];
      this.#sums[this.#sumBase + this.#sumPlaces[kind] + SUM.bytes] = bytes - this.#bytesBefore[kind];
      this.#bytesBefore[kind] = bytes;
    }
  }

  #hasRoom(published: number): boolean {
    return published - Atomics.load(this.#words, THREAD_WORD.drained) < RING_SIZE;
  }

  #waitForRoom(published: number): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let turn = 0; turn < PATIENCE_MS && !this.#hasRoom(published); turn += 1) Atomics.wait(pause, 0, 0, 1);
  }

  /** Hands over the buffer in hand; nothing is recorded after this. */
  finish(): void {
    this.#closeBytes();
    Atomics.store(this.#words, THREAD_WORD.published, this.#words[THREAD_WORD.published] + 1);
  }
}
