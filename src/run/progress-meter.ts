// The engine's counters as they go by -> progress events with the rate of the last moments.

import type { RoundProgress } from "../engine/supervisor.ts";
import type { RoundPhase, RunEvent } from "./events.ts";

const EVENT_SPACING_MS = 250;

export class ProgressMeter {
  readonly #onEvent: (event: RunEvent) => void;
  #phase: RoundPhase | null = null;
  #phaseStartMs = 0;
  #lastMs = 0;
  #lastIos = 0;
  #lastBytes = 0;

  constructor(onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
  }

  update(progress: RoundProgress): void {
    if (progress.phase === "starting") return;
    const nowMs = performance.now();
    const changed = progress.phase !== this.#phase;
    if (changed) {
      this.#phase = progress.phase;
      this.#phaseStartMs = nowMs;
    } else if (nowMs - this.#lastMs < EVENT_SPACING_MS) {
      return;
    }
    const seconds = (nowMs - this.#lastMs) / 1000;
    const rate = (now: number, last: number): number => (changed || seconds <= 0 ? 0 : (now - last) / seconds);
    this.#onEvent({
      kind: "round-progress",
      phase: progress.phase,
      elapsedSeconds: (nowMs - this.#phaseStartMs) / 1000,
      ios: progress.ios,
      bytes: progress.bytes,
      iops: rate(progress.ios, this.#lastIos),
      bytesPerSecond: rate(progress.bytes, this.#lastBytes),
      p99Ns: progress.phase === "measure" ? progress.p99Ns : null,
    });
    this.#lastMs = nowMs;
    this.#lastIos = progress.ios;
    this.#lastBytes = progress.bytes;
  }
}
