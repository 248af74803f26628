// What the loops of all depths have in common: stretches, the in-flight integral, flushes, and the state that they keep.

import type { Backend, Clock } from "../platform/platform.ts";
import type { BlockStream } from "../plan/offsets.ts";
import type { BlockWriter } from "./block-content.ts";
import { ErrorCount } from "./error-count.ts";
import { FirstTouches } from "./first-touches.ts";
import type { Recorder } from "./recorder.ts";
import { CONTROL, KIND, STOP, THREAD_NUMBER } from "./round-memory.ts";

/**
 * Numbers that change from turn to turn live in a Float64Array: as variables of a loop they would be boxed (Node 20).
 * Times are in nanoseconds. Behind these places a loop may keep its own.
 */
export const LOOP_STATE = {
  NOW: 0,
  /** Up to when the in-flight integral is counted. */
  LAST: 1,
  INTEGRAL: 2,
  UNTIL: 3,
  /** I/Os that may still be issued. */
  REMAINING: 4,
  INTERVAL_END: 5,
  SUBMITTING: 6,
} as const;
export const LOOP_STATE_LENGTH = Object.keys(LOOP_STATE).length;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const { NOW, LAST, INTEGRAL, UNTIL, REMAINING, SUBMITTING } = LOOP_STATE;

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

/** What a loop works with all its life. */
export interface LoopParts {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly writer: BlockWriter;
  readonly control: Int32Array;
}

/**
 * The closed loop over one back end. I/Os in flight at the end of a stretch go on into the next one and count there:
 * what completes inside the window counts, whenever it began. Service time runs from just before the call that hands
 * an I/O to the system to just after the call that brings its completion; at queue depth 1 one look at the clock serves
 * as the end of one I/O and the beginning of the next, so that service time includes the loop's own 50 ns.
 */
export abstract class MeasuredLoop {
  protected readonly backend: Backend;
  protected readonly clock: Clock;
  protected readonly writer: BlockWriter;
  protected readonly control: Int32Array;
  protected readonly errors: ErrorCount;
  // Fields of this class and not an object's: compiled code is bound to the shape of what it reads.
  protected readonly blockSizeBytes: number;
  protected readonly flushEvery: number;
  protected readonly touches: FirstTouches | null;
  protected readonly state: Float64Array;
  /** I/Os in flight at the last look at the clock, those included whose completion came with it. */
  protected inFlight = 0;
  /** Completions that came with the look at the clock that ended the last stretch; they belong to the next. */
  protected carried = 0;
  protected writesSinceFlush = 0;
  /** Minus the system's error code of a flush that failed, else 0. */
  flushError = 0;

  /** `stateLength`: numbers of state, `LOOP_STATE` and what the loop itself keeps. */
  protected constructor({ backend, clock, writer, control }: LoopParts, options: LoopOptions, stateLength: number) {
    const { touchUnitBytes, fileSizeBytes } = options;
    this.backend = backend;
    this.clock = clock;
    this.writer = writer;
    this.control = control;
    this.errors = new ErrorCount(control, options.maxErrors);
    this.blockSizeBytes = options.blockSizeBytes;
    this.flushEvery = options.flushEvery;
    this.touches = touchUnitBytes === null ? null : new FirstTouches(fileSizeBytes, touchUnitBytes);
    this.state = new Float64Array(stateLength);
  }

  /** Issues and settles I/Os of `blocks` until the clock or the I/Os that remain, both in the state, end it. */
  protected abstract turn(blocks: BlockStream, recorder: Recorder, numbers: Float64Array): void;

  /** The clock at the last completion, in nanoseconds. */
  get lastNs(): number {
    return this.state[NOW] as number;
  }

  /** From now on the in-flight integral counts from `openNs`. */
  openIntegral(openNs: number): void {
    const state = this.state;
    const nowNs = Math.max(state[NOW] as number, openNs);
    state[INTEGRAL] = this.inFlight * (nowNs - openNs);
    state[LAST] = nowNs;
    state[SUBMITTING] = 0;
  }

  /** Time since `openIntegral` inside calls that did not wait because there were still slots to fill, in nanoseconds. */
  get submittingNs(): number {
    return this.state[SUBMITTING] as number;
  }

  /** Outstanding I/Os integrated from `openIntegral` to `closeNs`, in nanoseconds. */
  closeIntegral(closeNs: number): number {
    const state = this.state;
    const beyond = (state[LAST] as number) - closeNs;
    return (state[INTEGRAL] as number) - Math.max(0, beyond) * this.inFlight;
  }

  /**
   * A stretch of I/Os: issues those of `blocks` and settles them until the clock reaches `untilNs`, or until `ios` of
   * them are issued and none is outstanding. Their samples go to `recorder`, and they count in `numbers`: the round's own
   * inside the window, scratch ones outside. Numbers and objects of classes only, as parameters: compiled code is thrown
   * away at the first object whose properties came in another order.
   */
  run(blocks: BlockStream, recorder: Recorder, numbers: Float64Array, untilNs: number, ios: number): void {
    const state = this.state;
    state[UNTIL] = untilNs;
    state[REMAINING] = ios;
    this.turn(blocks, recorder, numbers);
    numbers[THREAD_NUMBER.outstanding] = 0;
  }

  /** Makes what was written durable, its time recorded by itself; `numbers` say so meanwhile. Nothing may be outstanding. */
  flush(recorder: Recorder, numbers: Float64Array): void {
    const startNs = this.clock.now();
    numbers[THREAD_NUMBER.flushSteps] = (numbers[THREAD_NUMBER.flushSteps] as number) + 1;
    const result = this.backend.flush();
    const endNs = this.clock.now();
    numbers[THREAD_NUMBER.flushSteps] = (numbers[THREAD_NUMBER.flushSteps] as number) + 1;
    this.writesSinceFlush = 0;
    this.state[NOW] = endNs;
    this.state[LAST] = endNs;
    if (result === 0) {
      recorder.record(KIND.flush, endNs - startNs);
    } else {
      this.flushError = result;
      Atomics.store(this.control, CONTROL.stop, STOP.error);
    }
  }
}
