// A worker thread's garbage collections and waits for a CPU -> how much of them fell into its window.

import { PerformanceObserver, type PerformanceEntry } from "node:perf_hooks";
import type { SchedulingDelay } from "../platform/evidence.ts";
import type { Platform } from "../platform/platform.ts";
import type { PauseSamples } from "../samples/samples.ts";

/** Collections are reported by a task of the event loop, which hands them to observers in a second one. */
const TURNS_UNTIL_REPORTED = 2;

/** One thread's watch. The measured loop knows nothing of it: it looks at the window's edges and afterwards. */
export class PauseWatch {
  readonly #collections: PerformanceEntry[] = [];
  readonly #observer = new PerformanceObserver((list) => this.#collections.push(...list.getEntries()));
  readonly #delay: SchedulingDelay | null;
  #openMs: number | null = null;
  #closeMs: number | null = null;
  #waitedAtOpen: number | null = null;
  #waitedAtClose: number | null = null;

  constructor(platform: Platform) {
    this.#delay = platform.evidence?.schedulingDelay() ?? null;
    // The first look takes far longer than those after it.
    this.#delay?.seconds();
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  open(): void {
    this.#waitedAtOpen = this.#delay?.seconds() ?? null;
    this.#openMs = performance.now();
  }

  close(): void {
    this.#closeMs = performance.now();
    this.#waitedAtClose = this.#delay?.seconds() ?? null;
  }

  /** What fell between `open` and `close`; null when one of them was never reached. */
  async finish(): Promise<PauseSamples | null> {
    for (let turn = 0; turn < TURNS_UNTIL_REPORTED; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    this.#observer.disconnect();
    this.#delay?.close();
    const [openMs, closeMs] = [this.#openMs, this.#closeMs];
    if (openMs === null || closeMs === null) return null;
    const seconds = this.#collections
      .filter(({ startTime, duration }) => startTime + duration > openMs && startTime < closeMs)
      .map(({ duration }) => duration / 1000);
    const [before, after] = [this.#waitedAtOpen, this.#waitedAtClose];
    return {
      collections: seconds.length,
      collectionSeconds: seconds.reduce((sum, each) => sum + each, 0),
      longestCollectionSeconds: Math.max(0, ...seconds),
      waitedForCpuSeconds: before === null || after === null ? null : Math.max(0, after - before),
    };
  }
}
