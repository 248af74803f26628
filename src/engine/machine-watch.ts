// Looks at the machine's counters while a round runs -> how many of its cores were busy in the window.

import type { Platform } from "../platform/platform.ts";
import { countedInWindow, type Look } from "./look.ts";

/** How many cores the whole machine kept busy while the window was open. */
export class MachineWatch {
  readonly #platform: Platform;
  #first: Look | null = null;
  #last: Look | null = null;
  #over = false;

  constructor(platform: Platform) {
    this.#platform = platform;
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

  get busyCores(): number | null {
    return this.#first === null || this.#last === null ? null : countedInWindow(this.#first, this.#last, 1e9);
  }
}
