// I/Os of a round that are not answered -> a notice within a second or so, once for each silence.

import type { EngineSupervisor } from "../engine/supervisor.ts";
import type { Platform } from "../platform/platform.ts";
import type { RunEvent } from "./events.ts";

/** What works answers before. */
const PATIENCE_SECONDS = 1;
const MOST_PATIENCE_SECONDS = 10;

/** Tells whether the engine is stopped at this moment: then its I/Os are not complete, whatever the device does. */
export function stopsOf(platform: Platform, engine: EngineSupervisor): () => boolean {
  return () => platform.isStopped?.(engine.processId ?? 0) ?? false;
}

/** A run's notices of this kind. A device that has answered late is slow: only a longer silence is worth the next one. */
export class UnansweredNotices {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #isEngineStopped: () => boolean;
  #patienceSeconds = PATIENCE_SECONDS;
  #isTold = false;
  /** So much of this silence had passed when the engine was last seen stopped. A device is not waited for until then. */
  #stoppedSeconds = 0;

  constructor(onEvent: (event: RunEvent) => void, isEngineStopped: () => boolean) {
    this.#onEvent = onEvent;
    this.#isEngineStopped = isEngineStopped;
  }

  /** Call it several times a second, with how long I/Os have been outstanding of which none has completed. */
  look(path: string, unansweredSeconds: number): void {
    if (unansweredSeconds === 0) {
      this.#isTold = false;
      this.#stoppedSeconds = 0;
      return;
    }
    if (this.#isTold) return;
    if (this.#isEngineStopped()) this.#stoppedSeconds = unansweredSeconds;
    if (unansweredSeconds - this.#stoppedSeconds < this.#patienceSeconds) return;
    this.#isTold = true;
    this.#patienceSeconds = Math.min(2 * this.#patienceSeconds, MOST_PATIENCE_SECONDS);
    this.#onEvent({ kind: "notice", text: `Waiting for ${path} to answer` });
  }
}
