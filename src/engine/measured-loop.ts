// One back end and a stream of blocks -> timed I/Os. The code between two I/Os: it allocates nothing and calls nothing it need not.

import { WRITE, type Backend, type Clock } from "../platform/platform.ts";
import type { BlockStream } from "../plan/offsets.ts";
import type { BlockWriter } from "./block-content.ts";
import { ErrorCount } from "./error-count.ts";
import type { Recorder } from "./recorder.ts";
import { CONTROL, KIND, STOP, THREAD_NUMBER, type ThreadMemory } from "./round-memory.ts";

// Numbers that change from turn to turn live in a Float64Array: as variables of the loop they would be boxed (Node 20).
const NOW = 0;
const LAST = 1;
const INTEGRAL = 2;
const UNTIL = 3;
const REMAINING = 4;
const INTERVAL_END = 5;
const START = 6;
const SUBMITTING = 7;

export interface LoopOptions {
  readonly blockSizeBytes: number;
  readonly queueDepth: number;
  /** Writes between two flushes, per thread; 0: the loop never flushes. */
  readonly flushEvery: number;
  /** Errors of the round, all threads together, that are endured; 0: the first one ends it. */
  readonly maxErrors: number;
  /** Mapped methods: the unit in bytes in which first touches are told from later ones, else null. */
  readonly touchUnitBytes: number | null;
  readonly fileSizeBytes: number;
}

/** What the samples of a stretch of I/Os count as. */
export interface Stretch {
  readonly blocks: BlockStream;
  readonly recorder: Recorder;
  /** Counters of this stretch: the round's own inside the window, scratch ones outside. */
  readonly memory: ThreadMemory;
  /** The stretch ends when the clock reaches this ... */
  readonly untilNs: number;
  /** ... or when so many I/Os are issued and none is outstanding. */
  readonly ios: number;
}

/**
 * The closed loop over one back end. I/Os in flight at the end of a stretch go on into the next one and count there:
 * what completes inside the window counts, whenever it began. Service time runs from just before the call that hands
 * an I/O to the system to just after the call that brings its completion; at queue depth 1 one look at the clock serves
 * as the end of one I/O and the beginning of the next, so that service time includes the loop's own 50 ns.
 */
export class MeasuredLoop {
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #writer: BlockWriter;
  readonly #control: Int32Array;
  readonly #errors: ErrorCount;
  // Fields of this class and not an object's: compiled code is bound to the shape of what it reads.
  readonly #blockSizeBytes: number;
  readonly #queueDepth: number;
  readonly #flushEvery: number;
  readonly #touchUnitBytes: number;
  readonly #state = new Float64Array(8);
  readonly #freeSlots: Int32Array;
  readonly #issuedSlots: Int32Array;
  readonly #directions: Int32Array;
  readonly #offsets: Float64Array;
  readonly #startsNs: Float64Array;
  /** Mapped methods: one bit per unit of the file that was touched, and per slot whether its I/O is a first touch. */
  readonly #touched: Uint8Array | null;
  readonly #firstTouch: Int32Array;
  #freeCount: number;
  /** Completions that came with the look at the clock that ended the last stretch; they belong to the next. */
  #carried = 0;
  #writesSinceFlush = 0;
  /** Minus the system's error code of a flush that failed, else 0. */
  flushError = 0;

  constructor(backend: Backend, clock: Clock, writer: BlockWriter, control: Int32Array, options: LoopOptions) {
    const { queueDepth, touchUnitBytes, fileSizeBytes } = options;
    this.#backend = backend;
    this.#clock = clock;
    this.#writer = writer;
    this.#control = control;
    this.#errors = new ErrorCount(control, options.maxErrors);
    this.#blockSizeBytes = options.blockSizeBytes;
    this.#queueDepth = queueDepth;
    this.#flushEvery = options.flushEvery;
    this.#touchUnitBytes = touchUnitBytes ?? 1;
    this.#freeSlots = Int32Array.from({ length: queueDepth }, (_, index) => queueDepth - 1 - index);
    this.#freeCount = queueDepth;
    this.#issuedSlots = new Int32Array(queueDepth);
    this.#directions = new Int32Array(queueDepth);
    this.#offsets = new Float64Array(queueDepth);
    this.#startsNs = new Float64Array(queueDepth);
    this.#firstTouch = new Int32Array(queueDepth);
    this.#touched = touchUnitBytes === null ? null : new Uint8Array(Math.ceil(fileSizeBytes / touchUnitBytes / 8));
  }

  /** I/Os that the system holds now. */
  get outstanding(): number {
    return this.#queueDepth - this.#freeCount - this.#carried;
  }

  /** The clock at the last completion, in nanoseconds. */
  get lastNs(): number {
    return this.#state[NOW] as number;
  }

  /** From now on the in-flight integral counts from `openNs`. */
  openIntegral(openNs: number): void {
    const state = this.#state;
    const nowNs = Math.max(state[NOW] as number, openNs);
    state[INTEGRAL] = (this.#queueDepth - this.#freeCount) * (nowNs - openNs);
    state[LAST] = nowNs;
    state[SUBMITTING] = 0;
  }

  /** Time since `openIntegral` inside calls that did not wait because there were still slots to fill, in nanoseconds. */
  get submittingNs(): number {
    return this.#state[SUBMITTING] as number;
  }

  /** Outstanding I/Os integrated from `openIntegral` to `closeNs`, in nanoseconds. */
  closeIntegral(closeNs: number): number {
    const state = this.#state;
    const beyond = (state[LAST] as number) - closeNs;
    return (state[INTEGRAL] as number) - Math.max(0, beyond) * (this.#queueDepth - this.#freeCount);
  }

  /** Issues and settles I/Os until the stretch ends. */
  run({ blocks, recorder, memory, untilNs, ios }: Stretch): void {
    const { numbers } = memory;
    const state = this.#state;
    state[UNTIL] = untilNs;
    state[REMAINING] = ios;
    // Objects stay out here: compiled code is thrown away at the first one whose properties came in another order.
    if (this.#queueDepth === 1) {
      numbers[THREAD_NUMBER.outstanding] = 1;
      this.#runSingle(blocks, recorder, numbers);
    } else {
      this.#runQueued(blocks, recorder, numbers);
    }
    numbers[THREAD_NUMBER.outstanding] = 0;
  }

  /** One I/O at a time, one look at the clock for each: a third cheaper than the general loop. */
  #runSingle(blocks: BlockStream, recorder: Recorder, numbers: Float64Array): void {
    const backend = this.#backend;
    const clock = this.#clock;
    const control = this.#control;
    const state = this.#state;
    const directions = this.#directions;
    const offsets = this.#offsets;
    const completedResults = backend.completedResults;
    const touched = this.#touched;
    const blockSizeBytes = this.#blockSizeBytes;
    const flushEvery = this.#flushEvery;
    state[INTERVAL_END] = recorder.intervalEndNs;
    let completed = this.#carried;
    if (completed === 0) state[NOW] = clock.now();

    for (;;) {
      if (completed > 0) {
        if ((state[NOW] as number) >= state[INTERVAL_END]) {
          recorder.rotate(state[NOW] as number);
          state[INTERVAL_END] = recorder.intervalEndNs;
        }
        const latencyNs = (state[NOW] as number) - (state[START] as number);
        if (completedResults[0] === blockSizeBytes) {
          recorder.record(directions[0] as number, latencyNs);
          if (touched !== null && this.#firstTouch[0] === 1) recorder.record(KIND.firstTouch, latencyNs);
          numbers[THREAD_NUMBER.ios] = (numbers[THREAD_NUMBER.ios] as number) + 1;
        } else {
          this.#errors.count(numbers, completedResults[0] as number, offsets[0] as number, directions[0] as number);
        }
        completed = 0;
      }
      if (flushEvery > 0 && this.#writesSinceFlush >= flushEvery) this.flush(recorder, numbers);
      if (control[CONTROL.stop] !== STOP.none || (state[REMAINING] as number) <= 0) break;

      state[REMAINING] = (state[REMAINING] as number) - 1;
      const direction = blocks.nextIsRead() ? 0 : 1;
      const block = blocks.nextBlock();
      const offset = block * blockSizeBytes;
      directions[0] = direction;
      offsets[0] = offset;
      if (direction === WRITE) {
        this.#writer.write(0);
        this.#writesSinceFlush += 1;
      } else {
        this.#writer.overwrite(0);
      }
      if (touched !== null) this.#touch(touched, 0, block);
      backend.prepare(0, direction, offset);
      state[START] = state[NOW] as number;
      backend.submit();
      // A wait that a signal ends brings nothing.
      while (completed === 0) completed = backend.reap(1);
      const nowNs = clock.now();
      state[INTEGRAL] = (state[INTEGRAL] as number) + nowNs - state[START];
      state[NOW] = nowNs;
      numbers[THREAD_NUMBER.heartbeatNs] = nowNs;
      if (nowNs >= (state[UNTIL] as number)) break;
    }
    state[LAST] = state[NOW] as number;
    this.#carried = completed;
    this.#freeCount = 1 - completed;
  }

  #runQueued(blocks: BlockStream, recorder: Recorder, numbers: Float64Array): void {
    const backend = this.#backend;
    const clock = this.#clock;
    const control = this.#control;
    const state = this.#state;
    const freeSlots = this.#freeSlots;
    const issuedSlots = this.#issuedSlots;
    const directions = this.#directions;
    const offsets = this.#offsets;
    const startsNs = this.#startsNs;
    const completedSlots = backend.completedSlots;
    const completedResults = backend.completedResults;
    const completedNs = backend.completedNs ?? null;
    const batch = backend.submitBatch;
    const touched = this.#touched;
    const blockSizeBytes = this.#blockSizeBytes;
    const queueDepth = this.#queueDepth;
    const flushEvery = this.#flushEvery;
    let freeCount = this.#freeCount;
    let completed = this.#carried;
    state[INTERVAL_END] = recorder.intervalEndNs;
    if (completed === 0) state[NOW] = clock.now();

    for (;;) {
      if (completed > 0) {
        if ((state[NOW] as number) >= state[INTERVAL_END]) {
          recorder.rotate(state[NOW] as number);
          state[INTERVAL_END] = recorder.intervalEndNs;
        }
        for (let index = 0; index < completed; index += 1) {
          const slot = completedSlots[index] as number;
          freeSlots[freeCount] = slot;
          freeCount += 1;
          if (completedResults[index] === blockSizeBytes) {
            const endNs = (completedNs === null ? state[NOW] : completedNs[index]) as number;
            const latencyNs = endNs - (startsNs[slot] as number);
            recorder.record(directions[slot] as number, latencyNs);
            if (touched !== null && this.#firstTouch[slot] === 1) recorder.record(KIND.firstTouch, latencyNs);
            numbers[THREAD_NUMBER.ios] = (numbers[THREAD_NUMBER.ios] as number) + 1;
          } else {
            const result = completedResults[index] as number;
            this.#errors.count(numbers, result, offsets[slot] as number, directions[slot] as number);
          }
        }
      }

      // A plain read: the order does not matter here, and Atomics.load is a call where this is an instruction.
      if (control[CONTROL.stop] !== STOP.none) state[REMAINING] = 0;
      let mayIssue = true;
      if (flushEvery > 0 && this.#writesSinceFlush >= flushEvery) {
        // A flush covers the writes before it: they complete first, and none begins meanwhile.
        if (freeCount === queueDepth) this.flush(recorder, numbers);
        else mayIssue = false;
      }

      let issued = 0;
      while (mayIssue && issued < batch && freeCount > 0 && (state[REMAINING] as number) > 0) {
        state[REMAINING] = (state[REMAINING] as number) - 1;
        freeCount -= 1;
        const slot = freeSlots[freeCount] as number;
        const direction = blocks.nextIsRead() ? 0 : 1;
        const block = blocks.nextBlock();
        const offset = block * blockSizeBytes;
        directions[slot] = direction;
        offsets[slot] = offset;
        if (direction === WRITE) {
          this.#writer.write(slot);
          if (flushEvery > 0) {
            this.#writesSinceFlush += 1;
            mayIssue = this.#writesSinceFlush < flushEvery;
          }
        } else {
          this.#writer.overwrite(slot);
        }
        if (touched !== null) this.#touch(touched, slot, block);
        backend.prepare(slot, direction, offset);
        issuedSlots[issued] = slot;
        issued += 1;
      }

      if (issued > 0) {
        const startNs = clock.now();
        for (let index = 0; index < issued; index += 1) startsNs[issuedSlots[index] as number] = startNs;
        state[INTEGRAL] =
          (state[INTEGRAL] as number) + (queueDepth - freeCount - issued) * (startNs - (state[LAST] as number));
        state[LAST] = startNs;
        backend.submit();
      } else if (freeCount === queueDepth) {
        completed = 0;
        break;
      }

      const full = freeCount === 0 || !mayIssue || (state[REMAINING] as number) <= 0;
      numbers[THREAD_NUMBER.outstanding] = queueDepth - freeCount;
      completed = backend.reap(full ? 1 : 0);
      const nowNs = clock.now();
      const tookNs = nowNs - (state[LAST] as number);
      // What the system has refused for now is not in flight.
      const outstanding = queueDepth - freeCount - (backend.deferred ?? 0);
      state[INTEGRAL] = (state[INTEGRAL] as number) + outstanding * tookNs;
      if (!full) state[SUBMITTING] = (state[SUBMITTING] as number) + tookNs;
      state[LAST] = nowNs;
      state[NOW] = nowNs;
      numbers[THREAD_NUMBER.heartbeatNs] = nowNs;
      if (nowNs >= (state[UNTIL] as number)) break;
    }
    this.#freeCount = freeCount;
    this.#carried = completed;
  }

  /** Makes what was written durable, its time recorded by itself; `numbers` say so meanwhile. Nothing may be outstanding. */
  flush(recorder: Recorder, numbers: Float64Array): void {
    const startNs = this.#clock.now();
    numbers[THREAD_NUMBER.flushSteps] = (numbers[THREAD_NUMBER.flushSteps] as number) + 1;
    const result = this.#backend.flush();
    const endNs = this.#clock.now();
    numbers[THREAD_NUMBER.flushSteps] = (numbers[THREAD_NUMBER.flushSteps] as number) + 1;
    this.#writesSinceFlush = 0;
    this.#state[NOW] = endNs;
    this.#state[LAST] = endNs;
    if (result === 0) {
      recorder.record(KIND.flush, endNs - startNs);
    } else {
      this.flushError = result;
      Atomics.store(this.#control, CONTROL.stop, STOP.error);
    }
  }

  #touch(touched: Uint8Array, slot: number, block: number): void {
    const blockSizeBytes = this.#blockSizeBytes;
    const touchUnitBytes = this.#touchUnitBytes;
    // Mostly a block is a unit, and a division is dear here.
    const unit = touchUnitBytes === blockSizeBytes ? block : Math.floor((block * blockSizeBytes) / touchUnitBytes);
    const bits = touched[unit >>> 3] as number;
    const bit = 1 << (unit & 7);
    this.#firstTouch[slot] = (bits & bit) === 0 ? 1 : 0;
    touched[unit >>> 3] = bits | bit;
  }
}
