// Round specifications -> samples, through an engine process that is watched, stopped and survived from here.

import type { Eviction, Platform } from "../platform/platform.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { DiskbenchError, type Failure } from "../shared/errors.ts";
import { AbsenceWatch, stoppedInWindow } from "./absences.ts";
import { Collector } from "./collector.ts";
import type { EngineAhead } from "./engine-ahead.ts";
import { EngineChild, WATCH_MS, type Answer } from "./engine-child.ts";
import { countersFailure, flushFailures, lostFailure, stalledFailure, type StuckProcess } from "./engine-failures.ts";
import { warmUpAccumulator } from "./jit/accumulator-warmup.ts";
import { collectGarbage } from "./jit/gc.ts";
import { allowCompiling } from "./jit/v8-flags.ts";
import { memoryLayout, MOST_COUNTER_BYTES, roundMemoryBytes } from "./loop/memory-layout.ts";
import { CONTROL, PHASE, STOP, viewRoundMemory } from "./loop/round-memory.ts";
import { MachineWatch } from "./machine-watch.ts";
import { SETTLE_MS } from "./quiesce.ts";
import {
  kindsOf,
  memberSpecs,
  placeOf,
  type Member,
  type QuiesceRequest,
  type RoundSpec,
  type ToEngine,
  type Workers,
} from "./round-spec.ts";
import { Silence, StallWatch, type Stall } from "./stall-watch.ts";

/** How long a device may stay silent while something is outstanding on it. */
export const DEFAULT_STALL_TIMEOUT_SECONDS = 30;

export interface RoundProgress {
  readonly phase: "starting" | "warmup" | "measure" | "drain";
  readonly ios: number;
  readonly bytes: number;
  /** Of the last interval of the window that is over; null: none is, or too few I/Os were in it. */
  readonly p99Ns: number | null;
  /** Whether anything has completed, or begun, since the progress before. */
  readonly isMoving: boolean;
  /** For how long I/Os have been outstanding of which none has completed. */
  readonly unansweredSeconds: number;
}

/** `samples` are null only when nothing was measured and nothing failed; with failures they are what could be saved. */
export interface RoundOutcome {
  readonly samples: RoundSamples | null;
  readonly failures: readonly Failure[];
  /** Why errors that were to be endured have ended the round all the same; null: they have not. */
  readonly givenUp: GivenUp | null;
}

const NOTHING_MEASURED = { samples: null, givenUp: null } as const;

export type GivenUp = "too-many-errors" | "only-errors";

/** By the word with which a thread ends the round. */
const GIVEN_UP: Readonly<Record<number, GivenUp>> = {
  [STOP.tooManyErrors]: "too-many-errors",
  [STOP.onlyErrors]: "only-errors",
};

const PHASE_NAMES: readonly (readonly [number, RoundProgress["phase"]])[] = [
  [PHASE.drain, "drain"],
  [PHASE.measure, "measure"],
  [PHASE.warmup, "warmup"],
  [PHASE.starting, "starting"],
];

/** One engine process. Start it once per run; a lost one is not revived. */
export class EngineSupervisor {
  readonly #platform: Platform;
  readonly #child: EngineChild;
  readonly #stallTimeoutSeconds: number;
  readonly #workers: Workers;
  /** Whether this process's own part of a round is compiled. */
  #isWarm = false;

  private constructor(platform: Platform, child: EngineChild, stallTimeoutSeconds: number, workers: Workers) {
    this.#platform = platform;
    this.#child = child;
    this.#stallTimeoutSeconds = stallTimeoutSeconds;
    this.#workers = workers;
  }

  /**
   * `stallTimeoutSeconds`: how long nothing may move on a target before the engine is ended from outside. `workers`:
   * whether those of earlier rounds are used again; tests compare the two. `ahead`: an engine that is on its way.
   */
  static async start(
    platform: Platform,
    stallTimeoutSeconds = DEFAULT_STALL_TIMEOUT_SECONDS,
    workers: Workers = "kept",
    ahead?: EngineAhead,
  ): Promise<EngineSupervisor> {
    const child = await EngineChild.start(platform, ahead);
    return new EngineSupervisor(platform, child, stallTimeoutSeconds, workers);
  }

  get processId(): number | undefined {
    return this.#child.processId;
  }

  /** Whether it was killed and is still there: what it waits for would keep others waiting, too. */
  get isStuck(): boolean {
    return this.#child.isStuck;
  }

  /** Ends the engine. Resolves to what is left of it when the kernel will not let go of it. */
  close(): Promise<StuckProcess | null> {
    return this.#child.close();
  }

  /** Runs one round. `stop` asks it to end early: it drains, or is ended from outside when it does not. */
  async runRound(
    round: RoundSpec,
    onProgress: (progress: RoundProgress) => void,
    stop: AbortSignal,
  ): Promise<RoundOutcome> {
    const members = memberSpecs(round);
    const [{ roundThreads }] = members;
    const layout = memoryLayout(kindsOf(members));
    const sizeBytes = roundMemoryBytes(layout, roundThreads);
    if (sizeBytes > MOST_COUNTER_BYTES) {
      return { ...NOTHING_MEASURED, failures: [countersFailure(members, roundThreads, sizeBytes)] };
    }
    const shared = this.#platform.createSharedMemory(sizeBytes);
    try {
      const memory = viewRoundMemory(shared, layout, roundThreads);
      const collector = new Collector(memory, round);
      const machine = new MachineWatch(this.#platform);
      const stalls = new StallWatch(memory, this.#stallTimeoutSeconds, () => this.#isStopped());
      const absences = new AbsenceWatch(this.#platform.clock, null, WATCH_MS);
      const look = (): Stall | null => {
        absences.look();
        collector.drain();
        machine.look(collector.isOpen(this.#platform.clock.now()));
        const stall = stalls.look(performance.now());
        const { isMoving, unansweredSeconds } = stalls;
        // What ends the round speaks for itself.
        onProgress({
          ...progressOf(collector, round),
          isMoving,
          unansweredSeconds: stall === null ? unansweredSeconds : 0,
        });
        absences.resume();
        return stall;
      };
      const askToStop = (): void => {
        Atomics.compareExchange(memory.control, CONTROL.stop, STOP.none, STOP.asked);
      };
      const message: ToEngine = {
        kind: "round",
        round,
        shared: { path: shared.path, sizeBytes },
        workers: this.#workers,
      };
      const conversation = this.#child.converse(message, { stop, askToStop, look });
      const { answer, stall } = await this.#prepareFor(conversation);
      machine.look(false);
      absences.look();
      const failures =
        stall === null ? this.#failuresIn(answer, members, stop) : [this.#stalled(placeOf(members), stall)];
      const outcomes = answer?.kind === "finished" ? answer.threads : [];
      const aborted = stop.aborted || failures.length > 0;
      const inOwnTime = answer?.kind === "finished" && outcomes.every(({ pauses }) => pauses !== null);
      const stopped = stoppedInWindow(memory, inOwnTime ? answer.absences : null, absences.absences);
      const machineCores = machine.cores;
      const samples = collector.finish(this.#platform, { outcomes, aborted, machineCores, stopped });
      return {
        samples: isAnything(samples) ? samples : null,
        failures: [...failures, ...flushFailures(this.#platform, members, outcomes)].map((failure) => ({
          where: placeOf(members).caseId,
          ...failure,
        })),
        givenUp: GIVEN_UP[Atomics.load(memory.control, CONTROL.stop)] ?? null,
      };
    } finally {
      shared.close();
    }
  }

  /**
   * Makes this process ready while the engine does the same, which takes longest in the first round; from then on until
   * the round is over it does nothing that would disturb it.
   */
  async #prepareFor<Ending>(conversation: Promise<Ending>): Promise<Ending> {
    if (!this.#isWarm) warmUpAccumulator();
    this.#isWarm = true;
    // What this was done with, or earlier rounds were added up with, is of no use any more.
    collectGarbage();
    allowCompiling(false);
    try {
      this.#child.tell({ kind: "prepared" });
      return await conversation;
    } finally {
      allowCompiling(true);
    }
  }

  /**
   * Makes a file quiet between rounds: writes back what is dirty, drops what is cached, as `request` asks. Returns
   * what is left of it in the cache. Null: nobody asked for that, or the engine was told to stop. Throws when it fails,
   * and when the device does not answer.
   */
  async quiesce(request: QuiesceRequest, stop: AbortSignal): Promise<Eviction | null> {
    const silence = new Silence();
    const look = (): Stall | null => {
      const seconds = silence.seconds(0, performance.now());
      if (seconds > 0 && this.#isStopped()) {
        silence.forgive();
        return null;
      }
      const outstanding = { ios: 0, flushes: 1, besides: null };
      return seconds < this.#stallTimeoutSeconds + SETTLE_MS / 1000
        ? null
        : { outstanding, seconds, since: silence.since };
    };
    const { answer, stall } = await this.#child.converse(
      { kind: "quiesce", request },
      { stop, askToStop: () => undefined, look },
    );
    if (stall !== null) throw new DiskbenchError(this.#stalled(request, stall));
    if (answer?.kind === "failed" && answer.failures[0] !== undefined) throw new DiskbenchError(answer.failures[0]);
    // Without an answer the engine is gone, which the round that follows will tell.
    return answer?.kind === "quiesced" ? answer.eviction : null;
  }

  #stalled({ caseId, path }: Pick<Member, "caseId" | "path">, stall: Stall): Failure {
    return stalledFailure(caseId, path, stall, this.#child.stuck() ?? this.#child.processId ?? 0);
  }

  /** By SIGSTOP or a debugger: then nothing moves, whatever the device does. */
  #isStopped(): boolean {
    return this.#platform.isStopped?.(this.processId ?? 0) ?? false;
  }

  /** An engine that had to be ended because it was told to stop is no failure of its own. */
  #failuresIn(answer: Answer | null, members: readonly Member[], stop: AbortSignal): readonly Failure[] {
    if (answer !== null) return answer.kind === "failed" ? answer.failures : [];
    return stop.aborted ? [] : [lostFailure(members, this.#child.exit?.code ?? null, this.#child.exit?.signal ?? null)];
  }
}

/** Errors of the warm-up count even where the window never opened for them. */
function isAnything({ measuredSeconds, errors }: RoundSamples): boolean {
  return measuredSeconds > 0 || errors.failed + errors.short > 0;
}

function progressOf(collector: Collector, round: RoundSpec): Omit<RoundProgress, "isMoving" | "unansweredSeconds"> {
  const { phase, ios, bytes, p99Ns } = collector;
  const name = PHASE_NAMES.find(([from]) => phase >= from)?.[1] ?? "starting";
  // Threads pass through it all the same.
  const unnamed = name === "warmup" && round.warmupSeconds === 0;
  return { phase: unnamed ? "starting" : name, ios, bytes, p99Ns };
}
