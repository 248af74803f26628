// What the loops of all depths have in common: stretches, the in-flight integral, flushes, and the state that they keep.

import type { Backend, Clock } from "../../platform/platform.ts";
import type { Source } from "../../workload/source.ts";
import type { BlockWriter } from "../../workload/block-content.ts";
import { ErrorCount } from "./error-count.ts";
import { FirstTouches } from "./first-touches.ts";
import type { Recorder } from "./recorder.ts";
import { KIND } from "./memory-layout.ts";
import { CONTROL, STOP, THREAD_NUMBER } from "./round-memory.ts";

/**
 * Numbers that change from turn to turn live in a Float64Array: as variables of a loop they would be boxed (Node 20).
 * Times are in nanoseconds. Behind these places a loop may keep its own.
 */
export const LOOP_STATE = {
  NOW: 0,
  /** Up to when the integrals over the window are counted: its opening at first, its close at most. */
  LAST: 1,
  INTEGRAL: 2,
  UNTIL: 3,
  REMAINING: 4,
  INTERVAL_END: 5,
  SUBMITTING: 6,
  /** When the window closes. 0: it has not been opened, and nothing is counted. */
  CLOSE: 7,
  FLUSHING: 8,
  /** How long the flush took that outlasted the stretch; below 0: none did. */
  CARRIED_FLUSH: 9,
} as const;
export const LOOP_STATE_LENGTH = Object.keys(LOOP_STATE).length;

// V8 makes a constant of the module that uses it part of the compiled code; an imported one it loads and checks at each use.
const { NOW, LAST, INTEGRAL, UNTIL, REMAINING, SUBMITTING, CLOSE, FLUSHING, CARRIED_FLUSH } = LOOP_STATE;

export interface LoopOptions {
  readonly queueDepth: number;
  /** Writes between two flushes, per thread; 0: the loop never flushes. */
  readonly flushEvery: number;
  /** Errors of the round, all threads together, that are endured; 0: the first one ends it. */
  readonly maxErrors: number;
  /** Mapped methods: the unit in bytes in which first touches are told from later ones, else null. */
  readonly touchUnitBytes: number | null;
  readonly fileSizeBytes: number;
}

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
    this.flushEvery = options.flushEvery;
    this.touches = touchUnitBytes === null ? null : new FirstTouches(fileSizeBytes, touchUnitBytes);
    this.state = new Float64Array(stateLength);
    this.state[CARRIED_FLUSH] = -1;
  }

  /** Issues and settles I/Os of `source` until the clock or the I/Os that remain, both in the state, end it. */
  protected abstract turn(source: Source, recorder: Recorder, numbers: Float64Array): void;

  get lastNs(): number {
    return this.state[NOW];
  }

  /**
   * The integrals are made of what lies between `openNs` and `closeNs`; Infinity: until the loop ends. Told before the
   * stretch in which the window opens: what begins before it and goes on inside counts from the opening.
   */
  setWindow(openNs: number, closeNs: number): void {
    const state = this.state;
    state[LAST] = openNs;
    state[CLOSE] = closeNs;
    state[INTEGRAL] = 0;
    state[SUBMITTING] = 0;
    state[FLUSHING] = 0;
  }

  /** Time of the window inside calls that did not wait because there were still slots to fill, in nanoseconds. */
  get submittingNs(): number {
    return this.state[SUBMITTING];
  }

  /** Outstanding I/Os integrated over the window, in nanoseconds. */
  get integralNs(): number {
    return this.state[INTEGRAL];
  }

  get flushingNs(): number {
    return this.state[FLUSHING];
  }

  /** So many I/Os were outstanding since the last call until the moment in the state; counted is what lies in the window. */
  protected integrate(outstanding: number): void {
    const state = this.state;
    const lastNs = state[LAST];
    const toNs = Math.max(lastNs, Math.min(state[NOW], state[CLOSE]));
    state[INTEGRAL] += outstanding * (toNs - lastNs);
    state[LAST] = toNs;
  }

  /**
   * A stretch of I/Os: issues those of `source` and settles them until the clock reaches `untilNs`, or until `ios` of
   * them are issued and none is outstanding. Their samples go to `recorder`, and they count in `numbers`: the round's own
   * inside the window, scratch ones outside. Numbers and objects of classes only, as parameters: compiled code is thrown
   * away at the first object whose properties came in another order.
   */
  run(source: Source, recorder: Recorder, numbers: Float64Array, untilNs: number, ios: number): void {
    const state = this.state;
    state[UNTIL] = untilNs;
    state[REMAINING] = ios;
    this.turn(source, recorder, numbers);
    numbers[THREAD_NUMBER.outstanding] = 0;
  }

  /** Records, in the stretch that comes, the flush that outlasted the one before: like an I/O it counts where it completed. */
  takeOverFlush(recorder: Recorder): void {
    const tookNs = this.state[CARRIED_FLUSH];
    if (tookNs >= 0) recorder.record(KIND.flush, tookNs);
    this.state[CARRIED_FLUSH] = -1;
  }

  /** Makes what was written durable, its time recorded by itself; `numbers` say so meanwhile. Nothing may be outstanding. */
  flush(recorder: Recorder, numbers: Float64Array): void {
    const state = this.state;
    const startNs = this.clock.now();
    state[NOW] = startNs;
    this.integrate(0);
    const countedNs = state[LAST];
    numbers[THREAD_NUMBER.flushSteps] += 1;
    const result = this.backend.flush();
    const endNs = this.clock.now();
    numbers[THREAD_NUMBER.flushSteps] += 1;
    this.writesSinceFlush = 0;
    state[NOW] = endNs;
    this.integrate(0);
    state[FLUSHING] += state[LAST] - countedNs;
    numbers[THREAD_NUMBER.flushNs] = state[FLUSHING];
    if (result === 0) {
      if (endNs < state[UNTIL]) recorder.record(KIND.flush, endNs - startNs);
      else state[CARRIED_FLUSH] = endNs - startNs;
    } else {
      this.flushError = result;
      Atomics.store(this.control, CONTROL.stop, STOP.error);
    }
  }
}
