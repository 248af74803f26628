// Samples that nobody measured -> compiled code: what adds up distributions, run until V8 has compiled it.

import { BUCKET_COUNT } from "../../samples/histogram.ts";
import { Accumulator } from "../accumulator.ts";
import { KIND } from "../loop/memory-layout.ts";
import { scratchThreadMemory } from "../loop/round-memory.ts";
import { SETTLED_OBJECTS } from "./shapes.ts";

/**
 * Few buckets at first, so that what stands around the loops is known when they are compiled, ... They lie on both sides
 * of the first microsecond: code that has seen one branch only is thrown away at the other.
 */
const SHORT_TURNS = 24;
const FEW_BUCKETS_NS = [1000.5, 1512.5] as const;
/** ... then all of them. */
const ALL_BUCKETS_NS = [0.5, Number.MAX_VALUE] as const;
const LONG_TURNS = 5;
/** The engine takes longer to make itself ready for its first round than all pauses together. */
const PAUSE_MS = 2;

/** So many that a hundredth of them lies in hundreds of buckets, as that of a round may. */
const ENOUGH_IOS = 2048;
/** Each in every turn: a second compiler that comes after the first (Node 22 and later) wants to see much more. */
const ADDITIONS = 8;
/** What came of looks at the percentile, so that V8 does not leave them out. */
let looked = 0;

/** Compiled code is thrown away with the shape of the objects that it was made for, when no such object is left. */
const kept: [Accumulator?, number?] = [];

/** Compiles the code that adds up distributions, so that the compiler does not work while a window is open. */
export function warmUpAccumulator(): void {
  // What V8 compiled before a shape was settled it throws away.
  const memories = [scratchThreadMemory(), scratchThreadMemory()];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let accumulator = new Accumulator();
  for (let turn = 0; turn < SHORT_TURNS + LONG_TURNS; turn += 1) {
    // No more of them: they are a quarter of a megabyte each outside the heap, which counts towards the next collection.
    if (turn < SETTLED_OBJECTS) accumulator = new Accumulator();
    for (const memory of memories) {
      for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 16) memory.counts[bucket] = 1;
      for (let adding = 0; adding < ADDITIONS; adding += 1) {
        // No whole numbers, which V8 keeps differently in a field. In turns too few I/Os for a percentile, and enough.
        const count = adding % 2 === 0 ? 1 : ENOUGH_IOS;
        memory.sums.set([count, 1.5, 1.5, ...(turn < SHORT_TURNS ? FEW_BUCKETS_NS : ALL_BUCKETS_NS)]);
        accumulator.add(memory, 0, KIND.read);
        looked += accumulator.p99Ns ?? 0;
        accumulator.condense();
        accumulator.clear();
      }
    }
    // What is not compiled yet makes garbage: were it to go on meanwhile, V8 would collect, and again eight seconds later.
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
  kept[0] = accumulator;
  kept[1] = looked;
}
