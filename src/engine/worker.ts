// A worker thread of the engine process: rounds in, one after the other, the outcome of each out.

import { parentPort } from "node:worker_threads";
import { loadPlatform } from "../platform/index.ts";
import type { Platform } from "../platform/platform.ts";
import { failuresOf } from "../shared/errors.ts";
import { streamSeed } from "../workload/source.ts";
import { collectGarbageBeyond } from "./jit/gc.ts";
import { warmUpEdges } from "./jit/edges-warmup.ts";
import { warmUpLoop } from "./jit/loop-warmup.ts";
import { memoryLayout } from "./loop/memory-layout.ts";
import { PauseWatch } from "./pause-watch.ts";
import { THREAD_WORD, viewOwnMemory } from "./loop/round-memory.ts";
import { leavesNothingBehind, type FromWorker, type WorkerAnswer, type WorkerTask } from "./round-spec.ts";
import { runThreadRound } from "./thread-round.ts";

const sayReached = (phase: number): void => parentPort?.postMessage({ kind: "reached", phase } satisfies FromWorker);

async function work(platform: Platform, task: WorkerTask): Promise<WorkerAnswer> {
  const { spec, thread, place, kinds, jitWarmup } = task;
  const seed = streamSeed(spec, thread, "measure");
  if (jitWarmup !== "none") warmUpLoop(platform, spec, seed, jitWarmup);
  const shared = platform.openSharedMemory(task.shared.path, task.shared.sizeBytes);
  try {
    const memory = viewOwnMemory(shared, memoryLayout(kinds), place);
    const pauses = new PauseWatch(platform);
    const outcome = runThreadRound(platform, spec, memory, thread, { pauses, say: sayReached });
    Atomics.store(memory.own.words, THREAD_WORD.closed, 1);
    return { kind: "done", outcome: { ...outcome, pauses: await pauses.finish() } };
  } finally {
    shared.close();
  }
}

/** What earlier rounds may have left of a young generation of 64 MiB. A new worker and its warm-up leave as much. */
const LEFT_BYTES = 8 * 2 ** 20;

const failed = (error: unknown): WorkerAnswer => ({ kind: "failed", failures: failuresOf(error) });

/** One for all rounds: the compiled loop calls its clock. */
const loaded = loadPlatform().then((platform) => {
  warmUpEdges(platform);
  return platform;
});
loaded.catch(() => undefined);

async function runRound(task: WorkerTask): Promise<void> {
  collectGarbageBeyond(LEFT_BYTES);
  const answer = await loaded.then((platform) => work(platform, task)).catch(failed);
  parentPort?.postMessage(answer);
  if (!leavesNothingBehind(answer)) parentPort?.close();
}

parentPort?.on("message", (task: WorkerTask) => void runRound(task));
