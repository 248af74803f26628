// Looks at the machine's counters while a round runs -> how many of its cores were busy in the window.

import { cpus } from "node:os";
import type { MachineTimes, Platform } from "../platform/platform.ts";
import { countedInWindow } from "./look.ts";

/** The system counts in ticks of 10 ms, of each CPU by itself (proc_stat(5)): of less time than this they say nothing. */
const LEAST_BETWEEN_NS = 0.1e9;

/** Cores that were at work on average. */
export interface MachineCores {
  /** On anything at all. */
  readonly busy: number;
  /** On programs. */
  readonly user: number;
}

interface TimesLook {
  readonly atNs: number;
  readonly times: MachineTimes;
}

/** How many cores the whole machine kept busy while the window was open. */
export class MachineWatch {
  readonly #platform: Pick<Platform, "clock" | "machineTimes">;
  readonly #cpuCount: number;
  #first: TimesLook | null = null;
  #last: TimesLook | null = null;
  #over = false;

  constructor(platform: Pick<Platform, "clock" | "machineTimes">, cpuCount = cpus().length) {
    this.#platform = platform;
    this.#cpuCount = cpuCount;
  }

  /** Looks at the counters when the window has opened, and when it has closed. */
  look(measuring: boolean): void {
    if (this.#over || measuring === (this.#first !== null)) return;
    const beforeNs = this.#platform.clock.now();
    const times = this.#platform.machineTimes();
    if (times === null) return;
    // This process may have been kept from the CPU meanwhile: what was counted lies between the outer moments.
    if (this.#first === null) this.#first = { times, atNs: beforeNs };
    else this.#last = { times, atNs: this.#platform.clock.now() };
    this.#over = !measuring;
  }

  /** Null: the system does not tell, or the window was too short for its ticks. */
  get cores(): MachineCores | null {
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null || last.atNs - first.atNs < LEAST_BETWEEN_NS) return null;
    const perSecond = (counted: (times: MachineTimes) => number): number =>
      countedInWindow(
        { atNs: first.atNs, counted: counted(first.times) },
        { atNs: last.atNs, counted: counted(last.times) },
        1e9,
      );
    // Ticks that were begun before the first look may be counted after it.
    const busy = Math.min(
      perSecond((times) => times.busySeconds),
      this.#cpuCount,
    );
    return {
      busy,
      user: Math.min(
        perSecond((times) => times.userSeconds),
        busy,
      ),
    };
  }
}
