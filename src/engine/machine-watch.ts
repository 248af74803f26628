// Looks at the machine's counters while a round runs -> how many of its cores were busy in the window.

import { cpus } from "node:os";
import type { Platform } from "../platform/platform.ts";
import { countedInWindow, type Look } from "./look.ts";

/** The system counts in ticks of 10 ms, of each CPU by itself (proc_stat(5)): of less time than this they say nothing. */
const LEAST_BETWEEN_NS = 0.1e9;

/** How many cores the whole machine kept busy while the window was open. */
export class MachineWatch {
  readonly #platform: Pick<Platform, "clock" | "machineBusySeconds">;
  readonly #cpuCount: number;
  #first: Look | null = null;
  #last: Look | null = null;
  #over = false;

  constructor(platform: Pick<Platform, "clock" | "machineBusySeconds">, cpuCount = cpus().length) {
    this.#platform = platform;
    this.#cpuCount = cpuCount;
  }

  /** Looks at the counters when the window has opened, and when it has closed. */
  look(measuring: boolean): void {
    if (this.#over || measuring === (this.#first !== null)) return;
    const beforeNs = this.#platform.clock.now();
    const counted = this.#platform.machineBusySeconds();
    if (counted === null) return;
    // This process may have been kept from the CPU meanwhile: what was counted lies between the outer moments.
    if (this.#first === null) this.#first = { counted, atNs: beforeNs };
    else this.#last = { counted, atNs: this.#platform.clock.now() };
    this.#over = !measuring;
  }

  /** Null: the system does not tell, or the window was too short for its ticks. */
  get busyCores(): number | null {
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null || last.atNs - first.atNs < LEAST_BETWEEN_NS) return null;
    // Ticks that were begun before the first look may be counted after it.
    return Math.min(countedInWindow(first, last, 1e9), this.#cpuCount);
  }
}
