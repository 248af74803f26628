// One worker thread -> round after round that it carries out, and what came of each.

import { Worker } from "node:worker_threads";
import { failuresOf } from "../shared/errors.ts";
import { WORKER_LIMITS } from "./jit/v8-flags.ts";
import { leavesNothingBehind, type FromWorker, type WorkerAnswer, type WorkerTask } from "./round-spec.ts";

export class RoundWorker {
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  #answer: ((answer: WorkerAnswer) => void) | null = null;
  /** What it has said last, for when it has gone. */
  #said: WorkerAnswer | null = null;
  #isGone = false;
  #onReached: (phase: number) => void = () => undefined;

  constructor() {
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./worker.${ending}`, import.meta.url), { resourceLimits: WORKER_LIMITS });
    this.#worker.on("message", (said: FromWorker) => {
      if (said.kind === "reached") {
        this.#onReached(said.phase);
        return;
      }
      this.#said = said;
      // One that leaves is answered for once it has gone: freeing its memory takes time, which must not fall into the next round.
      if (leavesNothingBehind(said)) this.#settle(said);
    });
    this.#worker.on("error", (error: Error) => (this.#said = { kind: "failed", failures: failuresOf(error) }));
    this.#exit = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        const what = `A worker thread ended with code ${code} before it had a result`;
        this.#isGone = true;
        this.#settle(this.#said ?? { kind: "failed", failures: [{ code: "ENGINE_LOST", what }] });
        resolve();
      });
    });
    // It waits; that alone is no reason for the engine to stay.
    this.#worker.unref();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Runs its thread of a round; `onReached` is called as it comes to where it waits for others. A worker that can run no
   * other has ended when this resolves.
   */
  run(task: WorkerTask, onReached: (phase: number) => void): Promise<WorkerAnswer> {
    this.#said = null;
    this.#onReached = onReached;
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage(task);
    });
  }

  #settle(answer: WorkerAnswer): void {
    this.#worker.unref();
    this.#answer?.(answer);
    this.#answer = null;
  }

  /** Ends it. Resolves when it has gone, its memory with it. */
  async end(): Promise<void> {
    if (this.#isGone) return;
    this.#worker.ref();
    void this.#worker.terminate();
    await this.#exit;
  }
}
