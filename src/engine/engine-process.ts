// The engine process: a round's specification in, worker threads started, led through its phases, their outcomes out.

import { Worker } from "node:worker_threads";
import { loadPlatform } from "../platform/index.ts";
import type { Platform } from "../platform/platform.ts";
import { type Failure, failuresOf, withoutRepeats } from "../shared/errors.ts";
import {
  CONTROL,
  CONTROL_TIME,
  PHASE,
  STOP,
  THREAD_WORD,
  viewLeaderMemory,
  type LeaderMemory,
} from "./loop/round-memory.ts";
import { setLoopFlags, WORKER_LIMITS } from "./jit/v8-flags.ts";
import { watchAbsences } from "./absences.ts";
import { quiesce } from "./quiesce.ts";
import {
  layoutOf,
  opensTogether,
  type FromEngine,
  type FromWorker,
  type RoundSpec,
  type SharedPlace,
  type ThreadOutcome,
  type ToEngine,
  type WorkerTask,
} from "./round-spec.ts";

const POLL_MS = 2;
/** Between `go` and the moment it names: time for every thread to wake up. */
const START_DELAY_NS = 5e6;

/** Answers once the worker has gone: freeing its memory takes time, which must not fall into the next round. */
function startWorker(task: WorkerTask): Promise<FromWorker> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./worker.${ending}`, import.meta.url), {
    workerData: task,
    resourceLimits: WORKER_LIMITS,
  });
  return new Promise((resolve) => {
    let said: FromWorker | null = null;
    worker.once("message", (message: FromWorker) => (said = message));
    worker.once("error", (error: Error) => (said = { kind: "failed", failures: failuresOf(error) }));
    worker.once("exit", (code) => {
      const what = `A worker thread ended with code ${code} before it had a result`;
      resolve(said ?? { kind: "failed", failures: [{ code: "ENGINE_LOST", what }] });
    });
  });
}

/** Says `go` once every thread has come to `phase`; false when one failed or the round was stopped before. */
async function leadTo(memory: LeaderMemory, phase: number, isOver: () => boolean): Promise<boolean> {
  while (!memory.threads.every((thread) => Atomics.load(thread.words, THREAD_WORD.phase) >= phase)) {
    if (isOver() || Atomics.load(memory.control, CONTROL.stop) !== STOP.none) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

async function lead(platform: Platform, spec: RoundSpec, memory: LeaderMemory, isOver: () => boolean): Promise<void> {
  if (!(await leadTo(memory, PHASE.ready, isOver))) return;
  memory.times[CONTROL_TIME.startNs] = platform.clock.now() + START_DELAY_NS;
  Atomics.store(memory.control, CONTROL.go, 1);
  if (!opensTogether(spec)) return;
  if (!(await leadTo(memory, PHASE.primed, isOver))) return;
  memory.times[CONTROL_TIME.windowOpenNs] = platform.clock.now() + START_DELAY_NS;
  Atomics.store(memory.control, CONTROL.go, 2);
}

async function runRound(platform: Platform, spec: RoundSpec, shared: SharedPlace): Promise<FromEngine> {
  const mapped = platform.openSharedMemory(shared.path, shared.sizeBytes);
  const memory = viewLeaderMemory(mapped, layoutOf(spec), spec.ranges.length);
  const failures: Failure[] = [];
  const outcomes: ThreadOutcome[] = [];
  const workers = spec.ranges.map(async (_, thread) => {
    const message = await startWorker({ spec, shared, thread });
    Atomics.add(memory.control, CONTROL.ended, 1);
    if (message.kind === "done") {
      outcomes.push(message.outcome);
    } else {
      failures.push(...message.failures);
      Atomics.store(memory.control, CONTROL.stop, STOP.error);
    }
  });
  const leading = lead(platform, spec, memory, () => failures.length > 0);
  const { absences } = await watchAbsences(platform.clock, schedulingDelay, Promise.all([...workers, leading]));
  mapped.close();
  // Threads of one round fail alike: say it once.
  const distinct = withoutRepeats(failures);
  return distinct.length > 0
    ? { kind: "failed", failures: distinct }
    : { kind: "finished", threads: outcomes, absences };
}

function say(message: FromEngine): void {
  process.send?.(message);
}

let isRunning = false;
// Without a supervisor nobody wants the result. Between rounds the channel is all that keeps this process, which ends with
// it; in the middle of a round an orderly end would first wait for workers to come back from their system calls.
process.on("disconnect", () => {
  if (isRunning) process.kill(process.pid, "SIGKILL");
});

setLoopFlags();

const platform = await loadPlatform();
/** Of this thread, which the workers leave nothing to do. */
const schedulingDelay = platform.evidence?.schedulingDelay() ?? null;
process.on("message", (message: ToEngine) => {
  isRunning = true;
  const work =
    message.kind === "quiesce" ? quiesce(platform, message.request) : runRound(platform, message.spec, message.shared);
  const answer = work.catch((error: unknown): FromEngine => ({ kind: "failed", failures: failuresOf(error) }));
  void answer.then((outcome) => {
    isRunning = false;
    say(outcome);
  });
});
say({ kind: "ready" });
