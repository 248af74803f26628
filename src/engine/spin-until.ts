// A time on the clock -> the moment at which it has come.

import type { Clock } from "../platform/platform.ts";

export function spinUntil(clock: Clock, timeNs: number): void {
  while (clock.now() < timeNs) {
    // A few milliseconds at most; a sleep would overshoot.
  }
}
