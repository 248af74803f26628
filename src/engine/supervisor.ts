// Round specifications -> samples, through an engine process that is watched, stopped and survived from here.

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Platform } from "../platform/platform.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { DiskbenchError, type Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS } from "../shared/methods.ts";
import { Collector } from "./collector.ts";
import { CONTROL, PHASE, roundMemoryBytes, STOP, viewRoundMemory } from "./round-memory.ts";
import type { FromEngine, RoundSpec, ThreadOutcome, ToEngine } from "./round-spec.ts";

const WATCH_MS = 100;
/** How long a round that was told to stop may take to drain before the engine is ended from outside. */
const STOP_PATIENCE_MS = 2000;
/** How long an idle engine may take to leave when its supervisor lets go of it. */
const EXIT_PATIENCE_MS = 1000;
/** How long a killed process may take to disappear; one in an uninterruptible system call does not. */
const KILL_PATIENCE_MS = 1000;

export interface RoundProgress {
  readonly phase: "starting" | "warmup" | "measure" | "drain";
  readonly ios: number;
  readonly bytes: number;
}

/** `samples` are null only when nothing was measured and nothing failed; with failures they are what could be saved. */
export interface RoundOutcome {
  readonly samples: RoundSamples | null;
  readonly failures: readonly Failure[];
}

const PHASE_NAMES: readonly (readonly [number, RoundProgress["phase"]])[] = [
  [PHASE.drain, "drain"],
  [PHASE.measure, "measure"],
  [PHASE.warmup, "warmup"],
  [PHASE.starting, "starting"],
];

const PAGE_LOST = "A page of a mapped file could not be had: the file was truncated, or the device failed";

/** Signals, and on Windows the NTSTATUS of the exception that ended the process (ntstatus.h). */
const ENDINGS: Readonly<Record<string, { readonly name?: string; readonly cause?: string; readonly mapped?: string }>> =
  {
    SIGBUS: { cause: PAGE_LOST },
    SIGKILL: { cause: "It was killed from outside, or by the kernel for want of memory" },
    // Wine raises it where Windows raises the one after it; without a mapping it is a crash like any other.
    0xc0000005: { name: "STATUS_ACCESS_VIOLATION", mapped: PAGE_LOST },
    0xc0000006: { name: "STATUS_IN_PAGE_ERROR", cause: PAGE_LOST },
    0xc0000017: { name: "STATUS_NO_MEMORY", cause: "The system had no memory left for it" },
  };

/** The engine process is gone: how it ended, for a person. */
function lostFailure(spec: RoundSpec, code: number | null, signal: string | null): Failure {
  const { name, cause, mapped } = ENDINGS[signal ?? String(code)] ?? {};
  const likely = cause ?? (BACKEND_TRAITS[spec.backend].mapped ? mapped : undefined);
  const how = signal === null ? `with code ${code}${name === undefined ? "" : ` (${name})`}` : `by ${signal}`;
  return {
    code: "ENGINE_LOST",
    where: spec.caseId,
    what: `The engine process ended ${how} in the middle of a round`,
    ...(likely === undefined ? {} : { cause: likely }),
    next: "Finished rounds are kept; look at the target and at the system's log",
  };
}

/** One engine process. Start it once per run; a lost one is not revived. */
export class EngineSupervisor {
  readonly #platform: Platform;
  readonly #child: ChildProcess;
  #exit: { readonly code: number | null; readonly signal: string | null } | null = null;
  /** Killed, and not waited for any longer: it is in a system call that the kernel does not break off. */
  #abandoned = false;

  private constructor(platform: Platform, child: ChildProcess) {
    this.#platform = platform;
    this.#child = child;
    child.once("exit", (code, signal) => {
      this.#exit = { code, signal };
    });
  }

  static async start(platform: Platform): Promise<EngineSupervisor> {
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    // Whatever the engine prints (node's --trace-gc, say) goes to stderr: stdout belongs to the report.
    const child = fork(new URL(`./engine-process.${ending}`, import.meta.url), {
      stdio: ["ignore", 2, 2, "ipc"],
      // V8's memory reducer would collect garbage in the middle of a window for want of anything better to do.
      execArgv: [...process.execArgv, "--no-memory-reducer"],
    });
    const supervisor = new EngineSupervisor(platform, child);
    const [message] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [
      FromEngine | number | null,
    ];
    if (message !== null && typeof message === "object" && message.kind === "ready") return supervisor;
    throw new DiskbenchError({
      code: "ENGINE_LOST",
      what: "The engine process ended while it was starting",
      next: "Its own words stand above",
    });
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** Runs one round. `stop` asks it to end early: it drains, or is ended from outside when it does not. */
  async runRound(
    spec: RoundSpec,
    onProgress: (progress: RoundProgress) => void,
    stop: AbortSignal,
  ): Promise<RoundOutcome> {
    const sizeBytes = roundMemoryBytes(spec.ranges.length);
    const shared = this.#platform.createSharedMemory(sizeBytes);
    try {
      const memory = viewRoundMemory(shared.bytes, spec.ranges.length);
      const collector = new Collector(memory, spec);
      const machine = new MachineWatch(this.#platform);
      const watch = setInterval(() => {
        collector.drain();
        machine.look(collector.phase === PHASE.measure);
        onProgress(progressOf(collector, spec));
      }, WATCH_MS);
      const abandon = new AbortController();
      let impatience: NodeJS.Timeout | undefined;
      const askToStop = (): void => {
        Atomics.compareExchange(memory.control, CONTROL.stop, STOP.none, STOP.asked);
        impatience = setTimeout(() => {
          this.#child.kill("SIGKILL");
          impatience = setTimeout(() => abandon.abort(), KILL_PATIENCE_MS);
        }, STOP_PATIENCE_MS);
      };
      if (stop.aborted) askToStop();
      stop.addEventListener("abort", askToStop);
      try {
        const answer = await this.#ask(
          { kind: "round", spec, shared: { path: shared.path, sizeBytes } },
          abandon.signal,
        );
        machine.look(false);
        const failures = answer === null ? this.#lost(spec, stop) : answer.kind === "failed" ? answer.failures : [];
        const outcomes = answer?.kind === "finished" ? answer.threads : [];
        const aborted = stop.aborted || failures.length > 0;
        const samples = collector.finish(this.#platform, { outcomes, aborted, machineCores: machine.busyCores });
        const { failed, short } = samples.errors;
        return {
          // Errors of the warm-up count even where the window never opened for them.
          samples: samples.measuredSeconds > 0 || failed + short > 0 ? samples : null,
          failures: [...failures, ...flushFailures(this.#platform, spec, outcomes)].map((failure) => ({
            where: spec.caseId,
            ...failure,
          })),
        };
      } finally {
        clearInterval(watch);
        clearTimeout(impatience);
        stop.removeEventListener("abort", askToStop);
      }
    } finally {
      shared.close();
    }
  }

  /** An engine that had to be ended because it was told to stop is no failure of its own. */
  #lost(spec: RoundSpec, stop: AbortSignal): readonly Failure[] {
    return stop.aborted ? [] : [lostFailure(spec, this.#exit?.code ?? null, this.#exit?.signal ?? null)];
  }

  /** The answer to a message; null when the process ended instead, or when `abandon` says that neither will come. */
  async #ask(message: ToEngine, abandon: AbortSignal): Promise<Exclude<FromEngine, { kind: "ready" }> | null> {
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

  /** Ends the process. Resolves to its id when the kernel will not let go of it. */
  async close(): Promise<number | null> {
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
    return this.#child.pid ?? null;
  }
}

/** How many cores the whole machine kept busy while the window was open. */
class MachineWatch {
  readonly #platform: Platform;
  #first: { readonly busySeconds: number; readonly atNs: number } | null = null;
  #last: { readonly busySeconds: number; readonly atNs: number } | null = null;
  #over = false;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Looks at the counters when the window has opened, and when it has closed. */
  look(measuring: boolean): void {
    if (this.#over || measuring === (this.#first !== null)) return;
    const busySeconds = this.#platform.machineBusySeconds();
    if (busySeconds === null) return;
    this.#last = { busySeconds, atNs: this.#platform.clock.now() };
    this.#first ??= this.#last;
    this.#over = !measuring;
  }

  get busyCores(): number | null {
    if (this.#first === null || this.#last === null || this.#last.atNs <= this.#first.atNs) return null;
    return (this.#last.busySeconds - this.#first.busySeconds) / ((this.#last.atNs - this.#first.atNs) / 1e9);
  }
}

function progressOf(collector: Collector, spec: RoundSpec): RoundProgress {
  const { phase, ios } = collector;
  const name = PHASE_NAMES.find(([from]) => phase >= from)?.[1] ?? "starting";
  // Threads pass through it all the same.
  const unnamed = name === "warmup" && spec.warmupSeconds === 0;
  return { phase: unnamed ? "starting" : name, ios, bytes: ios * spec.blockSizeBytes };
}

function flushFailures(platform: Platform, spec: RoundSpec, outcomes: readonly ThreadOutcome[]): Failure[] {
  const code = outcomes.find((outcome) => outcome.flushErrorCode !== 0)?.flushErrorCode;
  if (code === undefined) return [];
  return [
    {
      code: "IO_FAILED",
      where: spec.caseId,
      what: "Written data could not be made durable",
      system: platform.describeError("flush", code),
      next: "Look at the device and at the system's log",
    },
  ];
}
