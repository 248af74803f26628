// A worker thread of the engine process: its task in, its outcome out.

import { parentPort, workerData } from "node:worker_threads";
import { loadPlatform } from "../platform/index.ts";
import { failuresOf } from "../shared/errors.ts";
import { PauseWatch } from "./pause-watch.ts";
import { THREAD_WORD, viewOwnMemory } from "./loop/round-memory.ts";
import { layoutOf, type FromWorker, type WorkerTask } from "./round-spec.ts";
import { runThreadRound } from "./thread-round.ts";

async function work(task: WorkerTask): Promise<FromWorker> {
  try {
    const platform = await loadPlatform();
    const shared = platform.openSharedMemory(task.shared.path, task.shared.sizeBytes);
    const memory = viewOwnMemory(shared, layoutOf(task.spec), task.thread);
    const pauses = new PauseWatch(platform);
    const outcome = runThreadRound(platform, task.spec, memory, task.thread, pauses);
    Atomics.store(memory.own.words, THREAD_WORD.closed, 1);
    shared.close();
    return { kind: "done", outcome: { ...outcome, pauses: await pauses.finish() } };
  } catch (error) {
    return { kind: "failed", failures: failuresOf(error) };
  }
}

parentPort?.postMessage(await work(workerData as WorkerTask));
