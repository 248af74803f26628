// I/Os of a round that do not complete -> a notice after about a second, once for each silence.

import type { EngineSupervisor } from "../engine/supervisor.ts";
import type { Platform } from "../platform/platform.ts";
import type { RunEvent } from "./events.ts";

/** A device that works answers sooner. */
const PATIENCE_SECONDS = 1;
const MOST_PATIENCE_SECONDS = 10;

/** Tells whether the engine is stopped: then nothing completes, whatever the device does. */
export function stopsOf(platform: Platform, engine: EngineSupervisor): () => boolean {
  return () => platform.isStopped?.(engine.processId ?? 0) ?? false;
}

/** The notices of one run. A device that answered late is slow, and is named again only for a longer silence. */
export class UnansweredNotices {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #isEngineStopped: () => boolean;
  #patienceSeconds = PATIENCE_SECONDS;
  #isTold = false;
  /** How long the silence had lasted when the engine was last seen stopped. The device is not to blame until then. */
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
