// Messages to the engine process -> its answers, or word that it was lost, or hung and was ended from outside.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Platform } from "../platform/platform.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { EngineAhead, type EngineExit, START_PATIENCE_MS } from "./engine-ahead.ts";
import type { StuckProcess } from "./engine-failures.ts";
import type { FromEngine, ToEngine } from "./round-spec.ts";
import type { Stall } from "./stall-watch.ts";

/** Each look wakes a process, which costs CPU time beside the I/Os. An interval may pass between two looks, not four. */
export const WATCH_MS = 250;
/** A signal ends a process that has just been started (execve(2)). Nothing is lost then, and it is started again. */
const MOST_STARTS = 5;
/** How long a round that was told to stop may take to drain before the engine is ended from outside. */
const STOP_PATIENCE_MS = 2000;
/** How long an idle engine may take to leave when its supervisor lets go of it. */
const EXIT_PATIENCE_MS = 1000;
/** How long a killed process may take to disappear; one in an uninterruptible system call does not. */
const KILL_PATIENCE_MS = 1000;

export type Answer = Exclude<FromEngine, { kind: "ready" }>;

/** What came of a message to the engine: its answer, or nothing because it was lost or ended, when it hung by a stall. */
export interface Conversation {
  readonly answer: Answer | null;
  readonly stall: Stall | null;
}

/** What is done while an answer is awaited. */
export interface ConversationWatch {
  /** Aborted: the engine is asked to stop, and ended when it does not. */
  readonly stop: AbortSignal;
  readonly askToStop: () => void;
  /** Called again and again; what it returns tells that the engine hangs. */
  readonly look: () => Stall | null;
}

/** One engine process; a lost one is not revived. */
export class EngineChild {
  readonly #platform: Platform;
  readonly #ahead: EngineAhead;
  readonly #child: ChildProcess;
  /** Killed, and not waited for any longer: it is in a system call that the kernel does not break off. */
  #abandoned = false;

  private constructor(platform: Platform, ahead: EngineAhead) {
    this.#platform = platform;
    this.#ahead = ahead;
    this.#child = ahead.take();
  }

  /** Resolves when it is ready. `ahead`: one that is on its way already. */
  static async start(platform: Platform, ahead: EngineAhead = new EngineAhead()): Promise<EngineChild> {
    let starting = ahead;
    for (let attempt = 1; ; attempt += 1) {
      const engine = new EngineChild(platform, starting);
      if (await starting.isReady) return engine;
      if (starting.exit?.signal !== "SIGUSR1" || attempt === MOST_STARTS) throw startFailure(starting.isLate);
      starting = new EngineAhead();
    }
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** How it ended; null: it has not. */
  get exit(): EngineExit | null {
    return this.#ahead.exit;
  }

  /** Whether it was killed and is still there: what it waits for would keep others waiting, too. */
  get isStuck(): boolean {
    return this.#abandoned && this.exit === null;
  }

  /** The process, if it was killed and is still there. */
  stuck(): StuckProcess | null {
    const { pid } = this.#child;
    if (this.exit !== null || pid === undefined) return null;
    return { processId: pid, threads: this.#platform.lingeringThreads?.(pid) ?? [] };
  }

  /** Sends a message that has no answer. */
  tell(message: ToEngine): void {
    if (this.exit === null && this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Sends `message` and waits for the answer. Ends an engine that does not stop, or that `look` finds hanging. */
  async converse(message: ToEngine, watch: ConversationWatch): Promise<Conversation> {
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
    if (this.exit !== null || this.#abandoned) return null;
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
    if (this.exit !== null) return null;
    const exit = once(this.#child, "exit").then(() => true);
    const gone = (patienceMs: number): Promise<boolean> =>
      Promise.race([exit, new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false).unref())]);
    if (this.#child.connected) this.#child.disconnect();
    // Idle, it leaves by itself at once.
    if (!this.#abandoned && (await gone(EXIT_PATIENCE_MS))) return null;
    this.#child.kill("SIGKILL");
    if (await gone(this.#abandoned ? 0 : KILL_PATIENCE_MS)) return null;
    this.#child.unref();
    return this.stuck();
  }
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
