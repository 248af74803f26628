// A round's specification -> what diskbench itself costs per I/O of that kind, measured over the null method.

import { roundOf, type LoneMember } from "../engine/round-spec.ts";
import type { EngineSupervisor } from "../engine/supervisor.ts";
import type { Clock } from "../platform/platform.ts";
import type { OwnCost } from "../result/checks/index.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { iosOf } from "../samples/sum-members.ts";
import { writes } from "../shared/operations.ts";

/** Enough for the compiler to be done, also on a busy machine. */
const WARM_UP_SECONDS = 0.1;
const WINDOW_SECONDS = 0.05;
const LEAST_IOS = 1000;
const TRIES = 5;
/** So small a share of a core needs no second look: whatever disturbs the measurement only makes it larger. */
const NEGLIGIBLE_SHARE = 0.02;
/** Reading costs the same whatever the block; of a written one each sector is stamped. */
const READ_BLOCK_BYTES = 4096;
const MOST_BLOCK_BYTES = 1024 * 1024;
/** A deeper queue costs no more per I/O. */
const QUEUED_DEPTH = 8;

/** A batch is long beside the steps of any good clock, 100 ns on Windows. */
const CALLS_PER_BATCH = 1000;
/** The compiler needs 10 ms, several times that on a busy machine, and what it has not got at costs twice as much. */
const CLOCK_NS = 50e6;

/** A function of its own, which is compiled by itself: of a loop that V8 replaces while it runs, calls remain calls. */
function batchNs(clock: Clock): number {
  const startNs = clock.now();
  for (let call = 1; call < CALLS_PER_BATCH; call += 1) clock.now();
  return clock.now() - startNs;
}

/** Nanoseconds that one look at the clock takes, which is a native call that does next to nothing; the best of many. */
export function clockCostNs(clock: Clock): number {
  const endNs = clock.now() + CLOCK_NS;
  let best = Infinity;
  do best = Math.min(best, batchNs(clock) / CALLS_PER_BATCH);
  while (clock.now() < endNs);
  return best;
}

function nullSpec(spec: LoneMember): LoneMember {
  const blockSizeBytes = !writes(spec.operation) ? READ_BLOCK_BYTES : Math.min(spec.blockSizeBytes, MOST_BLOCK_BYTES);
  const queueDepth = spec.queueDepth === 1 ? 1 : QUEUED_DEPTH;
  return {
    ...spec,
    caseId: "the tool's own cost",
    backend: "null",
    blockSizeBytes,
    queueDepth,
    fileSizeBytes: blockSizeBytes * queueDepth,
    ranges: [{ thread: 0, firstBlock: 0, blockCount: queueDepth, ios: null }],
    flush: "never",
    warmupSeconds: WARM_UP_SECONDS,
    durationSeconds: WINDOW_SECONDS,
    batch: null,
    jitWarmup: false,
  };
}

/**
 * CPU time per I/O of a round over the null method, in nanoseconds. Not the length of the window: on a busy machine the
 * loop has no CPU for parts of it, which is nobody's cost. Null when it had so little that nothing can be said.
 */
function loopCostNs(samples: RoundSamples | null): number | null {
  if (samples === null) return null;
  const ios = iosOf(samples);
  if (ios < LEAST_IOS) return null;
  const { userSeconds, systemSeconds } = samples.cpu;
  return (Math.min(userSeconds + systemSeconds, samples.measuredSeconds) * 1e9) / ios;
}

interface Known {
  readonly loopNs: number;
  readonly tries: number;
}

/** Costs of the kinds of I/O in a run, each measured until it is known well enough for the rate in question. */
export class OwnCosts {
  readonly #engine: Pick<EngineSupervisor, "runRound">;
  readonly #callNs: () => number;
  readonly #known = new Map<string, Known>();

  /** `callNs`: what a native call takes that does next to nothing. */
  constructor(engine: Pick<EngineSupervisor, "runRound">, callNs: () => number) {
    this.#engine = engine;
    this.#callNs = callNs;
  }

  /**
   * The cost of I/Os like those of `spec`, of which a worker did `iopsPerWorker`. It takes a fifth of a second, and
   * again as long when the first figure seems to matter: on a busy machine the compiler may have had no CPU, and slow
   * code was measured. The least of all tries counts. Null when the engine could not tell.
   */
  async of(spec: LoneMember, iopsPerWorker: number, stop: AbortSignal): Promise<OwnCost | null> {
    const measured = nullSpec(spec);
    const key = [
      measured.blockSizeBytes,
      measured.queueDepth,
      measured.operation,
      measured.readPercent,
      measured.pattern,
    ].join("/");
    let { loopNs, tries } = this.#known.get(key) ?? { loopNs: Infinity, tries: 0 };
    while ((loopNs * iopsPerWorker) / 1e9 > NEGLIGIBLE_SHARE && tries < TRIES && !stop.aborted) {
      const { samples } = await this.#engine.runRound(roundOf([measured]), () => undefined, stop);
      loopNs = Math.min(loopNs, loopCostNs(samples) ?? Infinity);
      tries = samples === null ? TRIES : tries + 1;
    }
    this.#known.set(key, { loopNs, tries });
    return loopNs === Infinity ? null : { loopNs, callNs: this.#callNs() };
  }
}
