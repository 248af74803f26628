// What a round does once, around its window -> compiled code, so that it is not compiled in the window of a later round.

import { basename } from "node:path";
import type { Platform } from "../../platform/platform.ts";
import { loadAcquire, storeRelease } from "../../platform/ordered-words.ts";
import { fillRandom } from "../../workload/block-content.ts";
import { SECTOR_BYTES, stampIdentity, stampSectors } from "../../workload/sector-stamp.ts";
import { seedWords } from "../../workload/seeds.ts";
import { clearSums } from "../loop/recorder.ts";
import { scratchThreadMemory } from "../loop/round-memory.ts";
import { spinUntil } from "../spin-until.ts";

/** A worker that is kept comes to as many in a hundred rounds, and V8 compiles what it has seen so often. */
const REPETITIONS = 400;
const TURNS = 8;
/** Of what does so little that V8 wants to see it far more often. */
const SMALL_CALLS = 32_000;
const SPIN_NS = 200e3;
/** The compiler works meanwhile. */
const PAUSE_MS = 2;
/** Five sectors: the loops of a stamp take four at a time, and what is left. */
const WORDS = (5 * SECTOR_BYTES) / 4;
const SEED = "1|case/pwrite/read/random/4KiB/q1/t1|0|0|measure";

/** Node wraps what checks a parameter in a function of its own, the same for all of its calls. */
export function warmUpParameterChecks(): void {
  for (let call = 0; call < TURNS * REPETITIONS; call += 1) basename("name");
}

/** What a worker does for each round beside the loop, and what the loop's own warm-up does only once. */
export function warmUpEdges(platform: Platform): void {
  const memory = scratchThreadMemory();
  const words = new Int32Array(WORDS);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  warmUpParameterChecks();
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (let call = 0; call < REPETITIONS / TURNS; call += 1) {
      seedWords(SEED);
      fillRandom(words, 0, words.length, call);
      stampSectors(words, 0, words.length, call, 0, call, 0);
      stampIdentity(words, 0, words.length, call);
      clearSums(memory, 0);
    }
    for (let call = 0; call < SMALL_CALLS / TURNS; call += 1) storeRelease(words, 0, loadAcquire(words, 1));
    spinUntil(platform.clock, platform.clock.now() + SPIN_NS);
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
}
