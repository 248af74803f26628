// One back end and a stream of blocks -> timed I/Os. The code between two I/Os: it allocates nothing and calls nothing it need not.

import { READ, WRITE, type Backend, type Clock, type DirectionCode } from "../platform/platform.ts";
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
const SUBMITTING = 6;
const PAUSE = 7;
const STATE_LENGTH = 8;

/** At queue depth 1, I/Os that are drawn ahead and recorded together, ... */
const SHEET_IOS = 64;
/** ... each in a row behind the state: its direction, its offset, then its latency. One array spares loads of others. */
const OFFSET = 1;
const LATENCY = 2;
const ROW = 3;
const SHEET_END = STATE_LENGTH + SHEET_IOS * ROW;
/** They are recorded sooner when they take longer than this. */
const SHEET_NS = 10e6;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const read = READ;
const write = WRITE;
const { firstTouch } = KIND;
const STOP_WORD = CONTROL.stop;
const GO_ON = STOP.none;
const IOS = THREAD_NUMBER.ios;
const HEARTBEAT = THREAD_NUMBER.heartbeatNs;
const OUTSTANDING = THREAD_NUMBER.outstanding;

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
  readonly #state = new Float64Array(SHEET_END);
  readonly #freeSlots: Int32Array;
  readonly #issuedSlots: Int32Array;
  readonly #directions: Int32Array;
  readonly #offsets: Float64Array;
  readonly #startsNs: Float64Array;
  /** Mapped methods: one bit per unit of the file that was touched. */
  readonly #touched: Uint8Array | null;
  #freeCount: number;
  /** Completions that came with the look at the clock that ended the last stretch; they belong to the next. */
  #carried = 0;
  #writesSinceFlush = 0;
  /** At queue depth 1: the row of the I/O that was carried out last, and what came of it. */
  #last = STATE_LENGTH;
  #lastResult = 0;
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
      numbers[OUTSTANDING] = 1;
      this.#runSingle(blocks, recorder, numbers);
    } else {
      this.#runQueued(blocks, recorder, numbers);
    }
    numbers[OUTSTANDING] = 0;
  }

  /**
   * One I/O at a time, one look at the clock for each. After a system call little of the loop is left in the caches
   * next to the processor, so what can be done for many I/Os at once is: a sheet of them is drawn ahead, its latencies
   * are filled in, and they are recorded together. A look at the clock before it goes on keeps that out of the latencies.
   */
  #runSingle(blocks: BlockStream, recorder: Recorder, numbers: Float64Array): void {
    const state = this.#state;
    const control = this.#control;
    const flushEvery = this.#flushEvery;
    let next = STATE_LENGTH;
    let drawnEnd = STATE_LENGTH;
    state[INTERVAL_END] = recorder.intervalEndNs;
    if (this.#carried === 1) this.#settleLast(recorder, numbers);
    for (;;) {
      if (flushEvery > 0 && this.#writesSinceFlush >= flushEvery) this.flush(recorder, numbers);
      if (control[STOP_WORD] !== GO_ON) break;
      if (next === drawnEnd) {
        const ios = Math.min(SHEET_IOS, state[REMAINING] as number);
        if (ios === 0) break;
        state[REMAINING] = (state[REMAINING] as number) - ios;
        next = STATE_LENGTH;
        drawnEnd = STATE_LENGTH + ios * ROW;
        blocks.draw(state, next, drawnEnd, ROW, this.#blockSizeBytes);
      }
      const filledEnd = this.#fill(next, drawnEnd);
      this.#settle(next, filledEnd - ROW, recorder, numbers);
      next = filledEnd;
      if ((state[NOW] as number) >= (state[UNTIL] as number)) {
        this.#carried = 1;
        this.#freeCount = 0;
        break;
      }
      this.#settleLast(recorder, numbers);
    }
    state[LAST] = state[NOW] as number;
  }

  /**
   * Carries out the I/Os of rows `from` up to `to`, at least one: until a flush or a pause is due, or one has not come
   * back whole. Returns the row behind the last one. A function of its own, which V8 compiles with the constants of this
   * module; a loop that it replaces while it runs has to look them up.
   */
  #fill(from: number, to: number): number {
    const backend = this.#backend;
    const { now } = this.#clock;
    const writer = this.#writer;
    const state = this.#state;
    const blockSizeBytes = this.#blockSizeBytes;
    const flushEvery = this.#flushEvery;
    const beginNs = now();
    state[NOW] = beginNs;
    state[PAUSE] = Math.min(beginNs + SHEET_NS, state[UNTIL] as number, state[INTERVAL_END] as number);
    let row = from;
    let result = 0;
    for (;;) {
      const direction = state[row] as DirectionCode;
      const offsetBytes = state[row + OFFSET] as number;
      if (direction === write) {
        writer.write(0);
        if (flushEvery > 0) this.#writesSinceFlush += 1;
      } else {
        writer.overwrite(0);
      }
      result =
        backend.transfer === undefined
          ? transferQueued(backend, direction, offsetBytes)
          : backend.transfer(direction, offsetBytes);
      const nowNs = now();
      state[row + LATENCY] = nowNs - state[NOW];
      state[NOW] = nowNs;
      row += ROW;
      if (row === to || result !== blockSizeBytes || nowNs >= state[PAUSE]) break;
      if (flushEvery > 0 && this.#writesSinceFlush >= flushEvery) break;
    }
    this.#last = row - ROW;
    this.#lastResult = result;
    return row;
  }

  /** Records the I/Os of rows `from` up to `to`: whole ones, of the interval that goes on. */
  #settle(from: number, to: number, recorder: Recorder, numbers: Float64Array): void {
    const touched = this.#touched;
    const state = this.#state;
    recorder.recordAll(read, state, from, to, ROW);
    recorder.recordAll(write, state, from, to, ROW);
    let sumNs = 0;
    for (let row = from; row <= to; row += ROW) sumNs += state[row + LATENCY] as number;
    state[INTEGRAL] = (state[INTEGRAL] as number) + sumNs;
    if (touched !== null) {
      for (let row = from; row < to; row += ROW) {
        const first = this.#touches(touched, state[row + OFFSET] as number);
        if (first) recorder.record(firstTouch, state[row + LATENCY] as number);
      }
    }
    numbers[IOS] = (numbers[IOS] as number) + (to - from) / ROW;
    numbers[HEARTBEAT] = state[NOW] as number;
  }

  /** Records the last I/O that was carried out, which may belong to the next interval or stretch, or have failed. */
  #settleLast(recorder: Recorder, numbers: Float64Array): void {
    const state = this.#state;
    const nowNs = state[NOW] as number;
    const direction = state[this.#last] as number;
    const offsetBytes = state[this.#last + OFFSET] as number;
    const latencyNs = state[this.#last + LATENCY] as number;
    if (nowNs >= (state[INTERVAL_END] as number)) {
      recorder.rotate(nowNs);
      state[INTERVAL_END] = recorder.intervalEndNs;
    }
    if (this.#lastResult === this.#blockSizeBytes) {
      recorder.record(direction, latencyNs);
      if (this.#touched !== null && this.#touches(this.#touched, offsetBytes)) recorder.record(firstTouch, latencyNs);
      numbers[IOS] = (numbers[IOS] as number) + 1;
    } else {
      this.#errors.count(numbers, this.#lastResult, offsetBytes, direction);
    }
    this.#carried = 0;
    this.#freeCount = 1;
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
            if (touched !== null && this.#touches(touched, offsets[slot] as number))
              recorder.record(firstTouch, latencyNs);
            numbers[IOS] = (numbers[IOS] as number) + 1;
          } else {
            const result = completedResults[index] as number;
            this.#errors.count(numbers, result, offsets[slot] as number, directions[slot] as number);
          }
        }
      }

      // A plain read: the order does not matter here, and Atomics.load is a call where this is an instruction.
      if (control[STOP_WORD] !== GO_ON) state[REMAINING] = 0;
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
        const direction = blocks.nextIsRead() ? read : write;
        const offset = blocks.nextBlock() * blockSizeBytes;
        directions[slot] = direction;
        offsets[slot] = offset;
        if (direction === write) {
          this.#writer.write(slot);
          if (flushEvery > 0) {
            this.#writesSinceFlush += 1;
            mayIssue = this.#writesSinceFlush < flushEvery;
          }
        } else {
          this.#writer.overwrite(slot);
        }
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
      numbers[OUTSTANDING] = queueDepth - freeCount;
      completed = backend.reap(full ? 1 : 0);
      const nowNs = clock.now();
      const tookNs = nowNs - (state[LAST] as number);
      // What the system has refused for now is not in flight.
      const outstanding = queueDepth - freeCount - (backend.deferred ?? 0);
      state[INTEGRAL] = (state[INTEGRAL] as number) + outstanding * tookNs;
      if (!full) state[SUBMITTING] = (state[SUBMITTING] as number) + tookNs;
      state[LAST] = nowNs;
      state[NOW] = nowNs;
      numbers[HEARTBEAT] = nowNs;
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

  /** Whether an I/O at `offsetBytes` is the first one on its unit of the file. */
  #touches(touched: Uint8Array, offsetBytes: number): boolean {
    const unit = Math.floor(offsetBytes / this.#touchUnitBytes);
    const bits = touched[unit >>> 3] as number;
    const bit = 1 << (unit & 7);
    if ((bits & bit) !== 0) return false;
    touched[unit >>> 3] = bits | bit;
    return true;
  }
}

/** One I/O from handing it over to its completion, where the system queues. */
function transferQueued(backend: Backend, direction: DirectionCode, offsetBytes: number): number {
  backend.prepare(0, direction, offsetBytes);
  backend.submit();
  // A wait that a signal ends brings nothing.
  while (backend.reap(1) === 0);
  return backend.completedResults[0] as number;
}
