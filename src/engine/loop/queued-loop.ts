// A queue depth above 1, one back end and a stream of blocks -> timed I/Os: what there is room for is issued, what has come is settled.

import { OPERATION } from "../../platform/platform.ts";
import type { BlockStream } from "../../workload/offsets.ts";
import {
  LOOP_STATE,
  LOOP_STATE_LENGTH,
  MeasuredLoop,
  NO_FLAGS,
  ONLY_FILE,
  type LoopOptions,
  type LoopParts,
} from "./measured-loop.ts";
import type { Recorder } from "./recorder.ts";
import { KIND } from "./memory-layout.ts";
import { CONTROL, STOP, THREAD_NUMBER } from "./round-memory.ts";

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const { read, write } = OPERATION;
const file = ONLY_FILE;
const flags = NO_FLAGS;
const { firstTouch } = KIND;
const { stop: STOP_WORD } = CONTROL;
const { none: GO_ON } = STOP;
const { NOW, LAST, INTEGRAL, UNTIL, REMAINING, INTERVAL_END, SUBMITTING } = LOOP_STATE;
const {
  readIos: READ_IOS,
  readBytes: READ_BYTES,
  heartbeatNs: HEARTBEAT,
  outstanding: OUTSTANDING,
  queueIntegralNs: QUEUE_INTEGRAL,
  submittingNs: SUBMITTING_TOTAL,
} = THREAD_NUMBER;

/** What each slot does, where, how much, and since when: in one array, because the fewer there are the fewer have to be at hand. */
const ROW_SHIFT = 2;
const OFFSET = 1;
const LENGTH = 2;
const START = 3;

/** As many I/Os in flight as there are slots. The code between two of them allocates nothing and calls nothing it need not. */
export class QueuedLoop extends MeasuredLoop {
  readonly #queueDepth: number;
  readonly #freeSlots: Int32Array;
  readonly #issuedSlots: Int32Array;
  readonly #rows: Float64Array;

  constructor(parts: LoopParts, options: LoopOptions) {
    super(parts, options, LOOP_STATE_LENGTH);
    const { queueDepth } = options;
    this.#queueDepth = queueDepth;
    this.#freeSlots = Int32Array.from({ length: queueDepth }, (_, index) => queueDepth - 1 - index);
    this.#issuedSlots = new Int32Array(queueDepth);
    this.#rows = new Float64Array(queueDepth << ROW_SHIFT);
  }

  protected override turn(blocks: BlockStream, recorder: Recorder, numbers: Float64Array): void {
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
    const blockSizeBytes = this.blockSizeBytes;
    const queueDepth = this.#queueDepth;
    const flushEvery = this.flushEvery;
    let freeCount = queueDepth - this.inFlight;
    let completed = this.carried;
    let waited = true;
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
          const row = slot << ROW_SHIFT;
          const operation = (rows[row] as number) | 0;
          const lengthBytes = rows[row + LENGTH] as number;
          if (completedResults[index] === lengthBytes) {
            const endNs = (completedNs === null ? state[NOW] : completedNs[index]) as number;
            const latencyNs = endNs - (rows[row + START] as number);
            recorder.record(operation, latencyNs);
            if (touches !== null && touches.isFirst(rows[row + OFFSET] as number))
              recorder.record(firstTouch, latencyNs);
            const ios = (READ_IOS + operation) | 0;
            numbers[ios] = (numbers[ios] as number) + 1;
            const bytes = (READ_BYTES + operation) | 0;
            numbers[bytes] = (numbers[bytes] as number) + lengthBytes;
          } else {
            const result = completedResults[index] as number;
            this.errors.count(numbers, result, rows[row + OFFSET] as number, operation);
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
      while (mayIssue && issued < batch && freeCount > 0 && (state[REMAINING] as number) > 0) {
        state[REMAINING] = (state[REMAINING] as number) - 1;
        freeCount -= 1;
        const slot = freeSlots[freeCount] as number;
        const operation = blocks.nextIsRead() ? read : write;
        const offset = blocks.nextBlock() * blockSizeBytes;
        const row = slot << ROW_SHIFT;
        rows[row] = operation;
        rows[row + OFFSET] = offset;
        rows[row + LENGTH] = blockSizeBytes;
        if (operation === write) {
          this.writer.write(slot);
          if (flushEvery > 0) {
            this.writesSinceFlush += 1;
            mayIssue = this.writesSinceFlush < flushEvery;
          }
        } else {
          this.writer.overwrite(slot);
        }
        backend.prepare(slot, operation, file, offset, blockSizeBytes, flags);
        issuedSlots[issued] = slot;
        issued += 1;
      }

      if (issued > 0) {
        const startNs = clock.now();
        for (let index = 0; index < issued; index += 1) {
          rows[((issuedSlots[index] as number) << ROW_SHIFT) + START] = startNs;
        }
        state[NOW] = startNs;
        this.integrate(queueDepth - freeCount - issued);
        backend.submit();
      } else if (freeCount === queueDepth) {
        completed = 0;
        break;
      }

      waited = freeCount === 0 || !mayIssue || (state[REMAINING] as number) <= 0;
      numbers[OUTSTANDING] = queueDepth - freeCount;
      completed = backend.reap(waited ? 1 : 0);
      const nowNs = clock.now();
      state[NOW] = nowNs;
      const countedNs = state[LAST] as number;
      // What the system has refused for now is not in flight.
      this.integrate(queueDepth - freeCount - (backend.deferred ?? 0));
      if (!waited) state[SUBMITTING] = (state[SUBMITTING] as number) + ((state[LAST] as number) - countedNs);
      numbers[QUEUE_INTEGRAL] = state[INTEGRAL] as number;
      numbers[SUBMITTING_TOTAL] = state[SUBMITTING] as number;
      numbers[HEARTBEAT] = nowNs;
      if (nowNs >= (state[UNTIL] as number)) break;
    }
    this.inFlight = queueDepth - freeCount;
    this.carried = completed;
  }
}
