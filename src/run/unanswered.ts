// I/Os of a round that are not answered -> a notice within a second or so, once for each silence.

import type { RunEvent } from "./events.ts";

/** What works answers before. */
const PATIENCE_SECONDS = 1;
const MOST_PATIENCE_SECONDS = 10;

/** A run's notices of this kind. A device that has answered late is slow: only a longer silence is worth the next one. */
export class UnansweredNotices {
  readonly #onEvent: (event: RunEvent) => void;
  #patienceSeconds = PATIENCE_SECONDS;
  #isTold = false;

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** To be called several times a second, with how long nothing has completed although I/Os are outstanding. */
  look(path: string, unansweredSeconds: number): void {
    this.#isTold &&= unansweredSeconds > 0;
    if (this.#isTold || unansweredSeconds < this.#patienceSeconds) return;
    this.#isTold = true;
    this.#patienceSeconds = Math.min(2 * this.#patienceSeconds, MOST_PATIENCE_SECONDS);
    this.#onEvent({ kind: "notice", text: `Waiting for ${path} to answer` });
  }
}
