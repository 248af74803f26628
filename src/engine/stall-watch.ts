// A round's counters as they go by -> whether anything still moves, and what is outstanding once nothing does.

import { LONGEST_GAP_MS } from "./absences.ts";
import {
  CONTROL,
  ofAllOperations,
  PHASE,
  THREAD_NUMBER,
  THREAD_WORD,
  type RoundMemory,
  type ThreadMemory,
} from "./loop/round-memory.ts";

/** Threads are started and led, and their code is made ready, by CPUs, which take their time on a busy machine. */
const LEAST_STARTING_SECONDS = 10;

export interface Outstanding {
  readonly ios: number;
  readonly flushes: number;
  /**
   * Nothing but the opening, or the closing, of the target. `leading`: all threads wait for the engine's word to go on;
   * `ending`: the target is closed, and the threads are still there.
   */
  readonly besides: "opening" | "leading" | "closing" | "ending" | null;
}

export interface Stall {
  readonly outstanding: Outstanding;
  readonly seconds: number;
  /** When something last moved. */
  readonly since: Date;
}

/** Time that passes without any movement. */
export class Silence {
  #movement = Number.NaN;
  #silentMs = 0;
  #lookMs = 0;
  since = new Date();

  get isOver(): boolean {
    return this.#silentMs === 0;
  }

  /** It begins anew: what was silent so far had another reason. */
  forgive(): void {
    this.#silentMs = 0;
    this.since = new Date();
  }

  /** Seconds since `movement` was last another number than before; `nowMs` on any clock that goes on. */
  seconds(movement: number, nowMs: number): number {
    if (movement !== this.#movement) {
      this.#movement = movement;
      this.#silentMs = 0;
      this.since = new Date();
    } else {
      // The machine slept, or the command was stopped: that is no silence.
      this.#silentMs += Math.min(nowMs - this.#lookMs, LONGEST_GAP_MS);
    }
    this.#lookMs = nowMs;
    return this.#silentMs / 1000;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What a thread counts in several places, inside the window and outside. */
function counted({ numbers, outsideNumbers }: ThreadMemory, ...places: readonly number[]): number {
  return sum(places.map((place) => (numbers[place] as number) + (outsideNumbers[place] as number)));
}

/** Whole I/Os, likewise. */
const completed = ({ numbers, outsideNumbers }: ThreadMemory): number =>
  ofAllOperations(numbers, THREAD_NUMBER.ios) + ofAllOperations(outsideNumbers, THREAD_NUMBER.ios);

const phaseOf = ({ words }: ThreadMemory): number => Atomics.load(words, THREAD_WORD.phase);

const closedOf = ({ words }: ThreadMemory): number => Atomics.load(words, THREAD_WORD.closed);

/** A number that grows with whatever completes, in whatever phase. Not the heartbeat: a loop that polls has one always. */
function movementOf({ threads, control }: RoundMemory): number {
  const { failed, short, flushSteps } = THREAD_NUMBER;
  const steps = threads.map(
    (thread) => phaseOf(thread) + closedOf(thread) + completed(thread) + counted(thread, failed, short, flushSteps),
  );
  return sum(steps) + Atomics.load(control, CONTROL.ended);
}

/** Null: the threads wait for nothing but each other. */
function outstandingIn({ threads }: RoundMemory): Outstanding | null {
  const flushing = threads.filter((thread) => counted(thread, THREAD_NUMBER.flushSteps) % 2 === 1);
  // Nothing is in flight around a flush, whatever was before it.
  const transferring = threads.filter((thread) => !flushing.includes(thread));
  const ios = sum(transferring.map((thread) => counted(thread, THREAD_NUMBER.outstanding)));
  const flushes = flushing.length;
  if (ios + flushes > 0) return { ios, flushes, besides: null };
  const phases = threads.map(phaseOf);
  if (phases.includes(PHASE.starting)) return { ios, flushes, besides: "opening" };
  if (phases.every((phase) => phase === PHASE.ready || phase === PHASE.primed)) {
    return { ios, flushes, besides: "leading" };
  }
  if (!phases.every((phase) => phase === PHASE.done)) return null;
  return { ios, flushes, besides: threads.every((thread) => closedOf(thread) === 1) ? "ending" : "closing" };
}

export class StallWatch {
  readonly #memory: RoundMemory;
  readonly #timeoutSeconds: number;
  readonly #isEngineStopped: () => boolean;
  readonly #silence = new Silence();
  #seconds = 0;
  /** Whether the last look found anything moved since the one before. */
  isMoving = true;

  /** `isEngineStopped` is asked only once nothing has moved: then it is no device that is silent. */
  constructor(memory: RoundMemory, timeoutSeconds: number, isEngineStopped: () => boolean = () => false) {
    this.#memory = memory;
    this.#timeoutSeconds = timeoutSeconds;
    this.#isEngineStopped = isEngineStopped;
  }

  /** For how long I/Os have been outstanding of which none has completed. A flush may take its time. */
  get unansweredSeconds(): number {
    return this.#seconds > 0 && (outstandingIn(this.#memory)?.ios ?? 0) > 0 ? this.#seconds : 0;
  }

  /** What the round waits for, once nothing has moved for the timeout; else null. Call it several times a second. */
  look(nowMs: number): Stall | null {
    const seconds = this.#silence.seconds(movementOf(this.#memory), nowMs);
    this.#seconds = seconds;
    this.isMoving = this.#silence.isOver;
    if (seconds > 0 && this.#isEngineStopped()) {
      this.#silence.forgive();
      this.#seconds = 0;
      return null;
    }
    if (seconds < this.#timeoutSeconds) return null;
    const outstanding = outstandingIn(this.#memory);
    if (outstanding === null) return null;
    const isStarting = outstanding.besides === "opening" || outstanding.besides === "leading";
    if (isStarting && seconds < LEAST_STARTING_SECONDS) return null;
    return { outstanding, seconds, since: this.#silence.since };
  }
}
