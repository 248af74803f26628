// Round specifications -> samples, through an engine process that is watched, stopped and survived from here.

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Eviction, Platform } from "../platform/platform.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { DiskbenchError, type Failure } from "../shared/errors.ts";
import { AbsenceWatch, stoppedInWindow } from "./absences.ts";
import { Collector } from "./collector.ts";
import { engineEnvironment, engineFlags } from "./engine-flags.ts";
import { countersFailure, flushFailures, lostFailure, stalledFailure, type StuckProcess } from "./engine-failures.ts";
import { warmUpAccumulator } from "./jit/accumulator-warmup.ts";
import { collectGarbage } from "./jit/gc.ts";
import { engineProcessFlags } from "./jit/v8-flags.ts";
import { MOST_COUNTER_BYTES, roundMemoryBytes } from "./loop/memory-layout.ts";
import { CONTROL, PHASE, STOP, viewRoundMemory } from "./loop/round-memory.ts";
import { countedInWindow, type Look } from "./look.ts";
import { SETTLE_MS } from "./quiesce.ts";
import { layoutOf, type FromEngine, type QuiesceRequest, type RoundSpec, type ToEngine } from "./round-spec.ts";
import { Silence, StallWatch, type Stall } from "./stall-watch.ts";

/** Each look wakes a process, which costs CPU time beside the I/Os. An interval may pass between two looks, not four. */
const WATCH_MS = 250;
/** A signal ends a process that has just been started (execve(2)). Nothing is lost then, and it is started again. */
const MOST_STARTS = 5;
/** Node can wait for ever for threads of its own that the system does not give it; a busy machine takes seconds. */
const START_PATIENCE_MS = 30_000;
/** How long a round that was told to stop may take to drain before the engine is ended from outside. */
const STOP_PATIENCE_MS = 2000;
/** How long an idle engine may take to leave when its supervisor lets go of it. */
const EXIT_PATIENCE_MS = 1000;
/** How long a killed process may take to disappear; one in an uninterruptible system call does not. */
const KILL_PATIENCE_MS = 1000;

/** How long a device may stay silent while something is outstanding on it. */
export const DEFAULT_STALL_TIMEOUT_SECONDS = 30;

export interface RoundProgress {
  readonly phase: "starting" | "warmup" | "measure" | "drain";
  readonly ios: number;
  readonly bytes: number;
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

type Answer = Exclude<FromEngine, { kind: "ready" }>;

/** What came of a message to the engine: its answer, or nothing because it was lost or ended, when it hung by a stall. */
interface Conversation {
  readonly answer: Answer | null;
  readonly stall: Stall | null;
}

const PHASE_NAMES: readonly (readonly [number, RoundProgress["phase"]])[] = [
  [PHASE.drain, "drain"],
  [PHASE.measure, "measure"],
  [PHASE.warmup, "warmup"],
  [PHASE.starting, "starting"],
];

/** One engine process. Start it once per run; a lost one is not revived. */
export class EngineSupervisor {
  readonly #platform: Platform;
  readonly #child: ChildProcess;
  readonly #stallTimeoutSeconds: number;
  #exit: { readonly code: number | null; readonly signal: string | null } | null = null;
  /** Killed, and not waited for any longer: it is in a system call that the kernel does not break off. */
  #abandoned = false;

  private constructor(platform: Platform, child: ChildProcess, stallTimeoutSeconds: number) {
    this.#platform = platform;
    this.#child = child;
    this.#stallTimeoutSeconds = stallTimeoutSeconds;
    child.once("exit", (code, signal) => {
      this.#exit = { code, signal };
    });
  }

  /** `stallTimeoutSeconds`: how long nothing may move on a target before the engine is ended from outside. */
  static async start(
    platform: Platform,
    stallTimeoutSeconds = DEFAULT_STALL_TIMEOUT_SECONDS,
  ): Promise<EngineSupervisor> {
    for (let attempt = 1; ; attempt += 1) {
      const child = forkEngine(platform);
      const supervisor = new EngineSupervisor(platform, child, stallTimeoutSeconds);
      // The engine takes its time to start: enough to make this process's own part of a round ready.
      collectGarbage();
      warmUpAccumulator();
      let isLate = false;
      const patience = setTimeout(() => {
        isLate = true;
        child.kill("SIGKILL");
      }, START_PATIENCE_MS);
      const [message, signal] = (await Promise.race([once(child, "message"), once(child, "exit")]).finally(() =>
        clearTimeout(patience),
      )) as [FromEngine | number | null, unknown?];
      if (message !== null && typeof message === "object" && message.kind === "ready") return supervisor;
      if (signal !== "SIGUSR1" || attempt === MOST_STARTS) throw startFailure(isLate);
    }
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it was killed and is still there: what it waits for would keep others waiting, too. */
  get isStuck(): boolean {
    return this.#abandoned && this.#exit === null;
  }

  /** Runs one round. `stop` asks it to end early: it drains, or is ended from outside when it does not. */
  async runRound(
    spec: RoundSpec,
    onProgress: (progress: RoundProgress) => void,
    stop: AbortSignal,
  ): Promise<RoundOutcome> {
    const layout = layoutOf(spec);
    const sizeBytes = roundMemoryBytes(layout, spec.ranges.length);
    if (sizeBytes > MOST_COUNTER_BYTES) return { ...NOTHING_MEASURED, failures: [countersFailure(spec, sizeBytes)] };
    const shared = this.#platform.createSharedMemory(sizeBytes);
    try {
      const memory = viewRoundMemory(shared, layout, spec.ranges.length);
      const collector = new Collector(memory, spec);
      const machine = new MachineWatch(this.#platform);
      const stalls = new StallWatch(memory, this.#stallTimeoutSeconds);
      const absences = new AbsenceWatch(this.#platform.clock, null, WATCH_MS);
      const look = (): Stall | null => {
        absences.look();
        collector.drain();
        machine.look(collector.isOpen(this.#platform.clock.now()));
        const stall = stalls.look(performance.now());
        const { isMoving, unansweredSeconds } = stalls;
        // What ends the round speaks for itself.
        onProgress({
          ...progressOf(collector, spec),
          isMoving,
          unansweredSeconds: stall === null ? unansweredSeconds : 0,
        });
        absences.resume();
        return stall;
      };
      const askToStop = (): void => {
        Atomics.compareExchange(memory.control, CONTROL.stop, STOP.none, STOP.asked);
      };
      // Before the window opens: what earlier rounds were added up with is of no use any more.
      collectGarbage();
      const message: ToEngine = { kind: "round", spec, shared: { path: shared.path, sizeBytes } };
      const { answer, stall } = await this.#converse(message, { stop, askToStop, look });
      machine.look(false);
      absences.look();
      const failures = stall === null ? this.#failuresIn(answer, spec, stop) : [this.#stalled(spec, stall)];
      const outcomes = answer?.kind === "finished" ? answer.threads : [];
      const aborted = stop.aborted || failures.length > 0;
      const inOwnTime = answer?.kind === "finished" && outcomes.every(({ pauses }) => pauses !== null);
      const stopped = stoppedInWindow(memory, inOwnTime ? answer.absences : null, absences.absences);
      const machineCores = machine.busyCores;
      const samples = collector.finish(this.#platform, { outcomes, aborted, machineCores, stopped });
      const { failed, short } = samples.errors;
      return {
        // Errors of the warm-up count even where the window never opened for them.
        samples: samples.measuredSeconds > 0 || failed + short > 0 ? samples : null,
        failures: [...failures, ...flushFailures(this.#platform, spec, outcomes)].map((failure) => ({
          where: spec.caseId,
          ...failure,
        })),
        givenUp: GIVEN_UP[Atomics.load(memory.control, CONTROL.stop)] ?? null,
      };
    } finally {
      shared.close();
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
      const outstanding = { ios: 0, flushes: 1, besides: null };
      return seconds < this.#stallTimeoutSeconds + SETTLE_MS / 1000
        ? null
        : { outstanding, seconds, since: silence.since };
    };
    const { answer, stall } = await this.#converse(
      { kind: "quiesce", request },
      { stop, askToStop: () => undefined, look },
    );
    if (stall !== null) throw new DiskbenchError(this.#stalled(request, stall));
    if (answer?.kind === "failed" && answer.failures[0] !== undefined) throw new DiskbenchError(answer.failures[0]);
    // Without an answer the engine is gone, which the round that follows will tell.
    return answer?.kind === "quiesced" ? answer.eviction : null;
  }

  #stalled({ caseId, path }: Pick<RoundSpec, "caseId" | "path">, stall: Stall): Failure {
    return stalledFailure(caseId, path, stall, this.#stuck() ?? this.#child.pid ?? 0);
  }

  /** The process, if it was killed and is still there. */
  #stuck(): StuckProcess | null {
    const { pid } = this.#child;
    if (this.#exit !== null || pid === undefined) return null;
    return { processId: pid, threads: this.#platform.lingeringThreads?.(pid) ?? [] };
  }

  /** An engine that had to be ended because it was told to stop is no failure of its own. */
  #failuresIn(answer: Answer | null, spec: RoundSpec, stop: AbortSignal): readonly Failure[] {
    if (answer !== null) return answer.kind === "failed" ? answer.failures : [];
    return stop.aborted ? [] : [lostFailure(spec, this.#exit?.code ?? null, this.#exit?.signal ?? null)];
  }

  /** Sends `message` and waits for the answer. Ends an engine that does not stop, or that `look` finds hanging. */
  async #converse(
    message: ToEngine,
    watch: { readonly stop: AbortSignal; readonly askToStop: () => void; readonly look: () => Stall | null },
  ): Promise<Conversation> {
    const abandon = new AbortController();
    let patience: NodeJS.Timeout | undefined;
    let stall: Stall | null = null;
    const end = (): void => {
      clearTimeout(patience);
      this.#child.kill("SIGKILL");
      patience = setTimeout(() => abandon.abort(), KILL_PATIENCE_MS);
    };
    const askToStop = (): void => {
      watch.askToStop();
      if (stall === null) patience = setTimeout(end, STOP_PATIENCE_MS);
    };
    const looking = setInterval(() => {
      const found = watch.look();
      if (found === null || stall !== null) return;
      stall = found;
      end();
    }, WATCH_MS);
    if (watch.stop.aborted) askToStop();
    watch.stop.addEventListener("abort", askToStop);
    try {
      const answer = await this.#ask(message, abandon.signal);
      // An answer that came after all is worth more than the suspicion that there would be none.
      return { answer, stall: answer === null ? stall : null };
    } finally {
      clearInterval(looking);
      clearTimeout(patience);
      watch.stop.removeEventListener("abort", askToStop);
    }
  }

  /** The answer to a message; null when the process ended instead, or when `abandon` says that neither will come. */
  async #ask(message: ToEngine, abandon: AbortSignal): Promise<Answer | null> {
    if (this.#exit !== null || this.#abandoned) return null;
    const over = new AbortController();
    try {
      const { signal } = over;
      const answer = once(this.#child, "message", { signal });
      const exit = once(this.#child, "exit", { signal });
      const abandoned = once(abandon, "abort", { signal });
      // It cannot be told to a process that is just ending; then its exit is the answer.
      this.#child.send(message, () => undefined);
      const [first] = (await Promise.race([answer, exit, abandoned])) as [FromEngine | Event | number | null];
      this.#abandoned = abandon.aborted;
      return typeof first === "object" && first !== null && "kind" in first && first.kind !== "ready" ? first : null;
    } finally {
      over.abort();
    }
  }

  /** Ends the process. Resolves to what is left of it when the kernel will not let go of it. */
  async close(): Promise<StuckProcess | null> {
    if (this.#exit !== null) return null;
    const exit = once(this.#child, "exit").then(() => true);
    const gone = (patienceMs: number): Promise<boolean> =>
      Promise.race([exit, new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false).unref())]);
    if (this.#child.connected) this.#child.disconnect();
    // Idle, it leaves by itself at once.
    if (!this.#abandoned && (await gone(EXIT_PATIENCE_MS))) return null;
    this.#child.kill("SIGKILL");
    if (await gone(this.#abandoned ? 0 : KILL_PATIENCE_MS)) return null;
    this.#child.unref();
    return this.#stuck();
  }
}

/** How many cores the whole machine kept busy while the window was open. */
class MachineWatch {
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

function progressOf(collector: Collector, spec: RoundSpec): Omit<RoundProgress, "isMoving" | "unansweredSeconds"> {
  const { phase, ios, bytes } = collector;
  const name = PHASE_NAMES.find(([from]) => phase >= from)?.[1] ?? "starting";
  // Threads pass through it all the same.
  const unnamed = name === "warmup" && spec.warmupSeconds === 0;
  return { phase: unnamed ? "starting" : name, ios, bytes };
}

function forkEngine(platform: Platform): ChildProcess {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const warmsUp = platform.discardingDevice("null") !== null;
  return fork(new URL(`./engine-start.${ending}`, import.meta.url), {
    // Whatever the engine prints (node's --trace-gc, say) goes to stderr: stdout belongs to the report.
    stdio: ["ignore", 2, 2, "ipc"],
    execArgv: [...engineFlags(process.execArgv), ...engineProcessFlags(warmsUp)],
    env: engineEnvironment(process.env),
  });
}

function startFailure(isLate: boolean): DiskbenchError {
  return new DiskbenchError(
    isLate
      ? {
          code: "ENGINE_LOST",
          what: `The engine process was not ready after ${START_PATIENCE_MS / 1000} s and was ended`,
          cause: "The machine is overloaded, or no more threads can be started",
          next: "Raise the limit with `ulimit -u`, or try again",
        }
      : {
          code: "ENGINE_LOST",
          what: "The engine process ended while it was starting",
          next: "See the engine's output above",
        },
  );
}
