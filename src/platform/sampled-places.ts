// The size of a file -> the stretches of it to look at, so that looking takes the same time whatever the size; pure.

import { humanBytes } from "../shared/units.ts";

export interface Stretch {
  readonly startBytes: number;
  readonly lengthBytes: number;
}

export interface Places {
  /** In order, without overlaps. */
  readonly stretches: readonly Stretch[];
  /** What is looked at, in words. */
  readonly what: string;
}

const MOST_PLACES = 64;
const STRETCH_BYTES = 2 ** 24;
/** Multiples of the golden ratio, modulo 1, leave no large gap and hit no grid (Knuth 6.4). The same on every run. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * All of a file up to 1 GiB; of a larger one 64 stretches of 16 MiB, one in each 64th part, the first at the start of the
 * file. They find what is spread over the file, or covers more than a 64th of it; they may miss what lies together.
 */
export function placesToLookAt(sizeBytes: number, unitBytes: number): Places {
  if (sizeBytes <= MOST_PLACES * STRETCH_BYTES) {
    return { stretches: [{ startBytes: 0, lengthBytes: sizeBytes }], what: "all of it" };
  }
  const partBytes = sizeBytes / MOST_PLACES;
  const stretches = Array.from({ length: MOST_PLACES }, (_, part) => {
    const within = ((part * GOLDEN_RATIO) % 1) * (partBytes - STRETCH_BYTES);
    const start = part * partBytes + within;
    return { startBytes: start - (start % unitBytes), lengthBytes: STRETCH_BYTES };
  });
  const what = `${MOST_PLACES} places, ${humanBytes(MOST_PLACES * STRETCH_BYTES)} of ${humanBytes(sizeBytes)}; what lies between them was not looked at`;
  return { stretches, what };
}
