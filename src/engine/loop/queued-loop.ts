// A queue depth above 1, one back end and a source of I/Os -> timed I/Os: what there is room for is issued, what has come is settled.

import type { OperationCode } from "../../platform/platform.ts";
import { TRANSFER_BITS } from "../../shared/operations.ts";
import { ROW, ROW_LENGTH } from "../../workload/rows.ts";
import type { Source } from "../../workload/source.ts";
import { LOOP_STATE, LOOP_STATE_LENGTH, MeasuredLoop, type LoopOptions, type LoopParts } from "./measured-loop.ts";
import type { Recorder } from "./recorder.ts";
import { KIND } from "./memory-layout.ts";
import { CONTROL, STOP, THREAD_NUMBER } from "./round-memory.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const { writes: WRITES, content: CONTENT, filled: FILLED } = TRANSFER_BITS;
const ROW_STEP = ROW_LENGTH;
const ROW_SHIFT = Math.log2(ROW_LENGTH);
const { operation: OPERATION_PLACE, offset: OFFSET, length: LENGTH, file: FILE, flags: FLAGS, start: START } = ROW;
const { firstTouch } = KIND;
const { stop: STOP_WORD } = CONTROL;
const { none: GO_ON } = STOP;
const { NOW, LAST, INTEGRAL, UNTIL, REMAINING, INTERVAL_END, SUBMITTING } = LOOP_STATE;
const {
  ios: IOS,
  bytes: BYTES,
  heartbeatNs: HEARTBEAT,
  outstanding: OUTSTANDING,
  queueIntegralNs: QUEUE_INTEGRAL,
  submittingNs: SUBMITTING_TOTAL,
} = THREAD_NUMBER;

/** I/Os that are drawn ahead. */
const DRAWN_IOS = 64;

/** As many I/Os in flight as there are slots. The code between two of them allocates nothing and calls nothing it need not. */
export class QueuedLoop extends MeasuredLoop {
  readonly #queueDepth: number;
  readonly #freeSlots: Int32Array;
  readonly #issuedSlots: Int32Array;
  /** A row for each slot, and behind them those that are drawn ahead: one array spares loads of others. */
  readonly #rows: Float64Array;

  constructor(parts: LoopParts, options: LoopOptions) {
    super(parts, options, LOOP_STATE_LENGTH);
    const { queueDepth } = options;
    this.#queueDepth = queueDepth;
    this.#freeSlots = Int32Array.from({ length: queueDepth }, (_, index) => queueDepth - 1 - index);
    this.#issuedSlots = new Int32Array(queueDepth);
    this.#rows = new Float64Array((queueDepth + DRAWN_IOS) * ROW_LENGTH);
  }

  protected override turn(source: Source, recorder: Recorder, numbers: Float64Array): void {
    const backend = this.backend;
    const clock = this.clock;
    const control = this.control;
    const state = this.state;
    const freeSlots = this.#freeSlots;
    const issuedSlots = this.#issuedSlots;
    const rows = this.#rows;
    const completedSlots = backend.completedSlots;
    const completedResults = backend.completedResults;
    const completedNs = backend.completedNs ?? null;
    const mostBatch = backend.submitBatch;
    const firstBatch = backend.firstBatch ?? mostBatch;
    const touches = this.touches;
    const queueDepth = this.#queueDepth;
    const flushEvery = this.flushEvery;
    const firstDrawn = queueDepth << ROW_SHIFT;
    let next = firstDrawn;
    let drawnEnd = firstDrawn;
    source.begin(rows, firstDrawn, firstDrawn + (DRAWN_IOS << ROW_SHIFT));
    let freeCount = queueDepth - this.inFlight;
    let completed = this.carried;
    let waited = true;
    state[INTERVAL_END] = recorder.intervalEndNs;
    if (completed === 0) state[NOW] = clock.now();

    for (;;) {
      if (completed > 0) {
        if (state[NOW] >= state[INTERVAL_END]) {
          recorder.rotate(state[NOW]);
          state[INTERVAL_END] = recorder.intervalEndNs;
        }
        for (let index = 0; index < completed; index += 1) {
          const slot = completedSlots[index];
          freeSlots[freeCount] = slot;
          freeCount += 1;
          const row = slot << ROW_SHIFT;
          const operation = rows[row + OPERATION_PLACE] | 0;
          const lengthBytes = rows[row + LENGTH];
          if (completedResults[index] === lengthBytes) {
            const endNs = completedNs === null ? state[NOW] : completedNs[index];
            const latencyNs = endNs - rows[row + START];
            recorder.record(operation, latencyNs);
            if (touches !== null && touches.isFirst(rows[row + OFFSET])) recorder.record(firstTouch, latencyNs);
            const ios = (IOS + operation) | 0;
            numbers[ios] += 1;
            const bytes = (BYTES + operation) | 0;
            numbers[bytes] += lengthBytes;
          } else {
            const result = completedResults[index];
            this.errors.count(numbers, result, rows[row + OFFSET], operation);
          }
        }
      }

      // A plain read: the order does not matter here, and Atomics.load is a call where this is an instruction.
      if (control[STOP_WORD] !== GO_ON) state[REMAINING] = 0;
      let mayIssue = true;
      if (flushEvery > 0 && this.writesSinceFlush >= flushEvery) {
        // A flush covers the writes before it: they complete first, and none begins meanwhile.
        if (freeCount === queueDepth) this.flush(recorder, numbers);
        else mayIssue = false;
      }

      // A device that answers before the call returns never idles: it gets whole batches.
      const inFlight = queueDepth - freeCount;
      const batch = waited || inFlight > 0 ? Math.min(Math.max(inFlight, firstBatch), mostBatch) : mostBatch;
      let issued = 0;
      while (mayIssue && issued < batch && freeCount > 0 && state[REMAINING] > 0) {
        if (next === drawnEnd) {
          next = firstDrawn;
          drawnEnd = firstDrawn + (Math.min(DRAWN_IOS, state[REMAINING]) << ROW_SHIFT);
          source.draw(rows, next, drawnEnd);
        }
        state[REMAINING] -= 1;
        freeCount -= 1;
        const slot = freeSlots[freeCount];
        const row = slot << ROW_SHIFT;
        const operation: OperationCode = rows[next + OPERATION_PLACE] | 0;
        const offsetBytes = rows[next + OFFSET];
        const lengthBytes = rows[next + LENGTH] | 0;
        rows[row + OPERATION_PLACE] = operation;
        rows[row + OFFSET] = offsetBytes;
        rows[row + LENGTH] = lengthBytes;
        if (((CONTENT >>> operation) & 1) === 1) this.writer.write(slot, offsetBytes, lengthBytes);
        if (((FILLED >>> operation) & 1) === 1) this.writer.overwrite(slot, lengthBytes);
        if (flushEvery > 0) {
          this.writesSinceFlush += (WRITES >>> operation) & 1;
          mayIssue = this.writesSinceFlush < flushEvery;
        }
        backend.prepare(slot, operation, rows[next + FILE] | 0, offsetBytes, lengthBytes, rows[next + FLAGS] | 0);
        next += ROW_STEP;
        issuedSlots[issued] = slot;
        issued += 1;
      }

      if (issued > 0) {
        const startNs = clock.now();
        for (let index = 0; index < issued; index += 1) {
          rows[(issuedSlots[index] << ROW_SHIFT) + START] = startNs;
        }
        state[NOW] = startNs;
        this.integrate(queueDepth - freeCount - issued);
        backend.submit();
      } else if (freeCount === queueDepth) {
        completed = 0;
        break;
      }

      waited = freeCount === 0 || !mayIssue || state[REMAINING] <= 0;
      numbers[OUTSTANDING] = queueDepth - freeCount;
      completed = backend.reap(waited ? 1 : 0);
      const nowNs = clock.now();
      state[NOW] = nowNs;
      const countedNs = state[LAST];
      // What the system has refused for now is not in flight.
      this.integrate(queueDepth - freeCount - (backend.deferred ?? 0));
      if (!waited) state[SUBMITTING] += state[LAST] - countedNs;
      numbers[QUEUE_INTEGRAL] = state[INTEGRAL];
      numbers[SUBMITTING_TOTAL] = state[SUBMITTING];
      numbers[HEARTBEAT] = nowNs;
      if (nowNs >= state[UNTIL]) break;
    }
    this.inFlight = queueDepth - freeCount;
    this.carried = completed;
  }
}
