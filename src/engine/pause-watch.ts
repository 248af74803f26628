// A worker thread's garbage collections and waits for a CPU -> how much of them fell into its window.

import { PerformanceObserver, type PerformanceEntry } from "node:perf_hooks";
import type { CpuWaits, SchedulingDelay } from "../platform/evidence.ts";
import type { Clock, Platform } from "../platform/platform.ts";
import type { PauseSamples } from "../samples/samples.ts";
import { countedInWindow } from "./look.ts";

/** Collections are reported by a task of the event loop, which hands them to observers in a second one. */
const TURNS_UNTIL_REPORTED = 2;

/** An edge of the window, and what was found when it was looked at: a flush may have outlasted the window. */
interface Edge {
  /** As `performance.now()` tells time. */
  readonly atMs: number;
  readonly lookedAtMs: number;
  readonly waits: CpuWaits | null;
}

/** One thread's watch. The measured loop knows nothing of it: it looks at the window's edges and afterwards. */
export class PauseWatch {
  readonly #collections: PerformanceEntry[] = [];
  readonly #observer = new PerformanceObserver((list) => this.#collections.push(...list.getEntries()));
  readonly #delay: SchedulingDelay | null;
  readonly #clock: Clock;
  #open: Edge | null = null;
  #close: Edge | null = null;

  constructor(platform: Platform) {
    this.#clock = platform.clock;
    this.#delay = platform.evidence?.schedulingDelay() ?? null;
    // The first look takes far longer than those after it.
    this.#delay?.read();
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** `openNs`, on the platform's clock: when the window has opened. */
  open(openNs: number): void {
    const { atMs, lookedAtMs } = this.#moment(openNs);
    this.#open = { atMs, lookedAtMs, waits: this.#delay?.read() ?? null };
  }

  /** `closeNs`, on the platform's clock: when the window has closed. */
  close(closeNs: number): void {
    const waits = this.#delay?.read() ?? null;
    // Afterwards, as it was before at the opening: between the moments there is all that was counted.
    const { atMs, lookedAtMs } = this.#moment(closeNs);
    this.#close = { atMs, lookedAtMs, waits };
  }

  #moment(edgeNs: number): Omit<Edge, "waits"> {
    const lookedAtMs = performance.now();
    return { atMs: lookedAtMs - (this.#clock.now() - edgeNs) / 1e6, lookedAtMs };
  }

  /** What fell into the window; null when it was not opened, or not closed. */
  async finish(): Promise<PauseSamples | null> {
    for (let turn = 0; turn < TURNS_UNTIL_REPORTED; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    this.#observer.disconnect();
    this.#delay?.close();
    const [open, close] = [this.#open, this.#close];
    if (open === null || close === null) return null;
    // Of a collection that began before the window, or outlasted it, the part inside.
    const seconds = this.#collections
      .map(({ startTime, duration }) => Math.min(startTime + duration, close.atMs) - Math.max(startTime, open.atMs))
      .filter((ms) => ms > 0)
      .map((ms) => ms / 1000);
    const waits = waitsBetween(open, close);
    return {
      collections: seconds.length,
      collectionSeconds: seconds.reduce((sum, each) => sum + each, 0),
      longestCollectionSeconds: Math.max(0, ...seconds),
      waitedForCpuSeconds: waits?.seconds ?? null,
      waitsForCpu: waits?.count ?? null,
    };
  }
}

function waitsBetween(open: Edge, close: Edge): CpuWaits | null {
  const [from, to] = [open.waits, close.waits];
  if (from === null || to === null) return null;
  const within = (before: number, after: number): number =>
    countedInWindow(
      { atNs: open.lookedAtMs * 1e6, counted: before },
      { atNs: close.lookedAtMs * 1e6, counted: after },
      (close.atMs - open.atMs) * 1e6,
    );
  return { seconds: within(from.seconds, to.seconds), count: Math.round(within(from.count, to.count)) };
}
