// One thread's phase, told to the others; the word to go on, awaited from them.

import { CONTROL, STOP, THREAD_WORD, type OwnMemory } from "./loop/round-memory.ts";

/** A thread's meeting points with the others, by words that all of them map. */
export class PhaseGate {
  readonly #memory: OwnMemory;
  readonly #say: (phase: number) => void;
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));

  /** `say` tells those who wait for a phase without looking at the words all the time. */
  constructor(memory: OwnMemory, say: (phase: number) => void) {
    this.#memory = memory;
    this.#say = say;
  }

  enter(phase: number): void {
    Atomics.store(this.#memory.own.words, THREAD_WORD.phase, phase);
  }

  /** Enters a phase that the leader waits for. */
  meet(phase: number): void {
    this.enter(phase);
    this.#say(phase);
  }

  get stopped(): boolean {
    return Atomics.load(this.#memory.control, CONTROL.stop) !== STOP.none;
  }

  /** Waits until `go` has reached `stage`; false when the round was stopped first. */
  waitForGo(stage: number): boolean {
    while (Atomics.load(this.#memory.control, CONTROL.go) < stage) {
      if (this.stopped) return false;
      Atomics.wait(this.#pause, 0, 0, 1);
    }
    return true;
  }
}
