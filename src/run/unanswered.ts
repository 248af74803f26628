// I/Os of a round that do not complete -> a notice after about a second, once for each silence.

import type { RunEvent } from "./events.ts";

/** A device that works answers sooner. */
const PATIENCE_SECONDS = 1;
const MOST_PATIENCE_SECONDS = 10;

/** The notices of one run. A device that answered late is slow, and is named again only for a longer silence. */
export class UnansweredNotices {
  readonly #onEvent: (event: RunEvent) => void;
  #patienceSeconds = PATIENCE_SECONDS;
  #isTold = false;

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Call it several times a second, with how long I/Os have been outstanding of which none has completed. */
  look(path: string, unansweredSeconds: number): void {
    if (unansweredSeconds === 0) {
      this.#isTold = false;
      return;
    }
    if (this.#isTold || unansweredSeconds < this.#patienceSeconds) return;
    this.#isTold = true;
    this.#patienceSeconds = Math.min(2 * this.#patienceSeconds, MOST_PATIENCE_SECONDS);
    this.#onEvent({ kind: "notice", text: `Waiting for ${path} to answer` });
  }
}
