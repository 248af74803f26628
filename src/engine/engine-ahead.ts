// The flags of this process -> an engine process on its way, started before it is known what it will measure.

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { discardingDevice } from "../platform/index.ts";
import { engineEnvironment, engineFlags } from "./engine-flags.ts";
import { engineProcessFlags } from "./jit/v8-flags.ts";

/** Node can wait for ever for threads of its own that the system does not give it; a busy machine takes seconds. */
export const START_PATIENCE_MS = 30_000;

export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** It imports little: an engine takes as long to be loaded as what reads a profile and makes a plan of it. */
export class EngineAhead {
  readonly #child = forkEngine();
  readonly #patience: NodeJS.Timeout;
  /** False: it has ended instead. Rejects where the system could not start it. */
  readonly isReady: Promise<boolean>;
  #isLate = false;
  #exit: EngineExit | null = null;
  #isTaken = false;

  constructor() {
    const child = this.#child;
    child.once("exit", (code, signal) => {
      this.#exit = { code, signal };
    });
    this.#patience = setTimeout(() => {
      this.#isLate = true;
      child.kill("SIGKILL");
    }, START_PATIENCE_MS);
    // The first thing that it says is that it is ready.
    const ready = once(child, "message").then(() => true);
    const ended = once(child, "exit").then(() => false);
    this.isReady = Promise.race([ready, ended]).finally(() => clearTimeout(this.#patience));
    // Whoever takes it hears of it.
    for (const promise of [ready, ended, this.isReady]) promise.catch(() => undefined);
  }

  /** Whether it was not ready in time, and has been ended. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** How it ended; null: it has not. */
  get exit(): EngineExit | null {
    return this.#exit;
  }

  /** For whoever has work for it. */
  take(): ChildProcess {
    this.#isTaken = true;
    return this.#child;
  }

  /** Ends it, and waits for nothing, unless it was taken: nothing has come of what it was started for. */
  letGo(): void {
    if (this.#isTaken) return;
    clearTimeout(this.#patience);
    if (this.#child.connected) this.#child.disconnect();
    this.#child.kill("SIGKILL");
    this.#child.unref();
  }
}

function forkEngine(): ChildProcess {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fork(new URL(`./engine-start.${ending}`, import.meta.url), {
    // Whatever the engine prints (node's --trace-gc, say) goes to stderr: stdout belongs to the report.
    stdio: ["ignore", 2, 2, "ipc"],
    execArgv: [...engineFlags(process.execArgv), ...engineProcessFlags(discardingDevice() !== null)],
    env: engineEnvironment(process.env),
  });
}
