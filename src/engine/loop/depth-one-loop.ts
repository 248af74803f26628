// Queue depth 1, one back end and a source of I/Os -> timed I/Os, drawn ahead and recorded in batches.

import type { OperationCode } from "../../platform/platform.ts";
import { transferByVerbs } from "../../platform/transfer-by-verbs.ts";
import { TRANSFER_BITS, TRANSFER_COUNT } from "../../shared/operations.ts";
import { ROW, ROW_LENGTH } from "../../workload/rows.ts";
import type { Source } from "../../workload/source.ts";
import { LOOP_STATE, LOOP_STATE_LENGTH, MeasuredLoop, type LoopOptions, type LoopParts } from "./measured-loop.ts";
import type { Recorder } from "./recorder.ts";
import { KIND } from "./memory-layout.ts";
import { CONTROL, STOP, THREAD_NUMBER } from "./round-memory.ts";

/** Behind the state of all loops: when the next pause is due. One array spares loads of others. */
const PAUSE = LOOP_STATE_LENGTH;
/** I/Os that are drawn ahead and recorded together, ... */
const BATCH_IOS = 64;
/** ... each in a row from here on, in a cache line of its own. */
const FIRST_ROW = Math.ceil((LOOP_STATE_LENGTH + 1) / ROW_LENGTH) * ROW_LENGTH;
/** They are recorded sooner when they take longer than this. */
const BATCH_NS = 10e6;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const { writes: WRITES, content: CONTENT, filled: FILLED } = TRANSFER_BITS;
const OPERATIONS_END = TRANSFER_COUNT;
const ROW_STEP = ROW_LENGTH;
const { operation: OPERATION_PLACE, offset: OFFSET, length: LENGTH, file: FILE, flags: FLAGS, latency: LATENCY } = ROW;
const byVerbs = transferByVerbs;
const { firstTouch } = KIND;
const { stop: STOP_WORD } = CONTROL;
const { none: GO_ON } = STOP;
const { NOW, INTEGRAL, UNTIL, REMAINING, INTERVAL_END } = LOOP_STATE;
const {
  ios: IOS,
  bytes: BYTES,
  heartbeatNs: HEARTBEAT,
  outstanding: OUTSTANDING,
  queueIntegralNs: QUEUE_INTEGRAL,
} = THREAD_NUMBER;

/**
 * One I/O at a time, one look at the clock for each. After a system call little of the loop is left in the caches next
 * to the processor, so what can be done for many I/Os at once is: a batch of them is drawn ahead, its latencies are
 * filled in, and they are recorded together. A look at the clock before it goes on keeps that out of the latencies.
 */
export class DepthOneLoop extends MeasuredLoop {
  /** The row of the I/O that was carried out last, and what came of it. */
  #last = FIRST_ROW;
  #lastResult = 0;

  constructor(parts: LoopParts, options: LoopOptions) {
    super(parts, options, FIRST_ROW + BATCH_IOS * ROW_LENGTH);
  }

  protected override turn(source: Source, recorder: Recorder, numbers: Float64Array): void {
    const state = this.state;
    const control = this.control;
    const flushEvery = this.flushEvery;
    let next = FIRST_ROW;
    let drawnEnd = FIRST_ROW;
    numbers[OUTSTANDING] = 1;
    state[INTERVAL_END] = recorder.intervalEndNs;
    // Before its row is another source's.
    if (this.carried === 1) this.#recordLast(recorder, numbers);
    source.begin(state, FIRST_ROW, FIRST_ROW + BATCH_IOS * ROW_STEP);
    for (;;) {
      if (flushEvery > 0 && this.writesSinceFlush >= flushEvery) this.flush(recorder, numbers);
      if (control[STOP_WORD] !== GO_ON) break;
      if (next === drawnEnd) {
        const ios = Math.min(BATCH_IOS, state[REMAINING]);
        if (ios === 0) break;
        state[REMAINING] -= ios;
        next = FIRST_ROW;
        drawnEnd = FIRST_ROW + ios * ROW_STEP;
        source.draw(state, next, drawnEnd);
      }
      const filledEnd = this.#carryOut(next, drawnEnd);
      this.#recordBatch(next, filledEnd - ROW_STEP, recorder, numbers);
      next = filledEnd;
      if (state[NOW] >= state[UNTIL]) {
        this.carried = 1;
        this.inFlight = 1;
        break;
      }
      this.#recordLast(recorder, numbers);
    }
  }

  /**
   * Carries out the I/Os of rows `from` up to `to`, at least one: until a flush or a pause is due, or one has not come
   * back whole. Returns the row behind the last one. A function of its own, which V8 compiles with the constants of this
   * module; a loop that it replaces while it runs has to look them up.
   */
  #carryOut(from: number, to: number): number {
    const backend = this.backend;
    const { now } = this.clock;
    const writer = this.writer;
    const state = this.state;
    const flushEvery = this.flushEvery;
    const beginNs = now();
    state[NOW] = beginNs;
    this.integrate(0);
    state[PAUSE] = Math.min(beginNs + BATCH_NS, state[UNTIL], state[INTERVAL_END]);
    let row = from;
    let result = 0;
    for (;;) {
      const operation: OperationCode = state[row + OPERATION_PLACE] | 0;
      const file = state[row + FILE] | 0;
      const flags = state[row + FLAGS] | 0;
      const offsetBytes = state[row + OFFSET];
      // An integer of 32 bits to the compiler, which a call takes without making an object of it.
      const lengthBytes = state[row + LENGTH] | 0;
      if (((CONTENT >>> operation) & 1) === 1) writer.write(0, offsetBytes, lengthBytes);
      if (((FILLED >>> operation) & 1) === 1) writer.overwrite(0, lengthBytes);
      if (flushEvery > 0) this.writesSinceFlush += (WRITES >>> operation) & 1;
      result =
        backend.transfer === undefined
          ? byVerbs(backend, operation, file, offsetBytes, lengthBytes, flags)
          : backend.transfer(operation, file, offsetBytes, lengthBytes, flags);
      const nowNs = now();
      state[row + LATENCY] = nowNs - state[NOW];
      state[NOW] = nowNs;
      row += ROW_STEP;
      if (row === to || result !== lengthBytes || nowNs >= state[PAUSE]) break;
      if (flushEvery > 0 && this.writesSinceFlush >= flushEvery) break;
    }
    // One I/O was outstanding all the while.
    this.integrate(1);
    this.#last = row - ROW_STEP;
    this.#lastResult = result;
    return row;
  }

  /** Records the I/Os of rows `from` up to `to`: whole ones, of the interval that goes on. */
  #recordBatch(from: number, to: number, recorder: Recorder, numbers: Float64Array): void {
    const touches = this.touches;
    const state = this.state;
    for (let operation = 0; operation < OPERATIONS_END; operation += 1) {
      numbers[IOS + operation] += recorder.recordAll(operation, state, from, to);
    }
    if (touches !== null) {
      for (let row = from; row < to; row += ROW_STEP) {
        const first = touches.isFirst(state[row + OFFSET]);
        if (first) recorder.record(firstTouch, state[row + LATENCY]);
      }
    }
    numbers[QUEUE_INTEGRAL] = state[INTEGRAL];
    numbers[HEARTBEAT] = state[NOW];
  }

  /** Records the last I/O that was carried out, which may belong to the next interval or stretch, or have failed. */
  #recordLast(recorder: Recorder, numbers: Float64Array): void {
    const state = this.state;
    const nowNs = state[NOW];
    const operation = state[this.#last + OPERATION_PLACE];
    const offsetBytes = state[this.#last + OFFSET];
    const lengthBytes = state[this.#last + LENGTH];
    const latencyNs = state[this.#last + LATENCY];
    if (nowNs >= state[INTERVAL_END]) {
      recorder.rotate(nowNs);
      state[INTERVAL_END] = recorder.intervalEndNs;
    }
    if (this.#lastResult === lengthBytes) {
      recorder.record(operation, latencyNs);
      if (this.touches?.isFirst(offsetBytes) === true) recorder.record(firstTouch, latencyNs);
      numbers[IOS + operation] += 1;
      numbers[BYTES + operation] += lengthBytes;
    } else {
      this.errors.count(numbers, this.#lastResult, offsetBytes, operation);
    }
    this.carried = 0;
    this.inFlight = 0;
  }
}
