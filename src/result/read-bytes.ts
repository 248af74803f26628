// An open file, pipe or terminal -> its bytes, one read after the other.

import { readSync } from "node:fs";
import { systemErrorOf } from "../shared/errors.ts";
import type { ReadBytes } from "../shared/utf8-source.ts";

const PAUSE_MS = 10;

/** Reads from `handle`, and waits where there is nothing yet. Throws what the system says. */
export function bytesOf(handle: number): ReadBytes {
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  return (into) => {
    for (;;) {
      try {
        return readSync(handle, into, 0, into.length, null);
      } catch (thrown) {
        const name = systemErrorOf(thrown)?.name;
        // On Windows the end of a pipe can be an error.
        if (name === "EOF") return 0;
        // Standard input is shared with other programs, any of which may have made it non-blocking (fcntl(2)).
        if (name !== "EAGAIN") throw thrown;
        Atomics.wait(nobodyWakes, 0, 0, PAUSE_MS);
      }
    }
  };
}
