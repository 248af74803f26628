// Rounds, one after the other -> workers for each: those that have run rounds of its kind before, else new ones.

import { RoundWorker } from "./round-worker.ts";
import type { RoundSpec, WorkerTask } from "./round-spec.ts";
import { workerCase, workerKind } from "./worker-kind.ts";

/** Workers that are kept, busy ones included, where there is room for them: 20 to 27 MB each. */
export const MOST_WORKERS = 16;

export type PoolWorker = Pick<RoundWorker, "isGone" | "run" | "end">;

/** A worker, and the round that its code was last used for. */
interface Kept {
  readonly worker: PoolWorker;
  readonly kind: string;
  readonly lastCase: string;
}

/** A worker for one thread of a round, and what its loop has to be warmed up by. */
export interface Assigned {
  readonly worker: PoolWorker;
  readonly jitWarmup: WorkerTask["jitWarmup"];
}

export class WorkerPool {
  /** The one that was used longest ago comes first. */
  #idle: Kept[] = [];
  /** Has its modules loaded, and has compiled nothing yet. */
  #blank: PoolWorker | null = null;

  readonly #newWorker: () => PoolWorker;
  #mostWorkers = MOST_WORKERS;

  constructor(newWorker: () => PoolWorker = () => new RoundWorker()) {
    this.#newWorker = newWorker;
  }

  /** Starts one worker ahead of the round that will need it. */
  startAhead(): void {
    try {
      this.#blank ??= this.#newWorker();
    } catch {
      // No thread is left now; the round that needs it says so.
    }
  }

  /** Keeps no more than this, busy ones included. A round of more threads has as many as it needs all the same. */
  limit(mostWorkers: number): void {
    this.#mostWorkers = Math.min(MOST_WORKERS, mostWorkers);
  }

  /**
   * Workers for all threads of a round. Those that have to make room for them have gone before the first is started: the
   * rules on memory, mappings and threads reckon with one round's.
   */
  async assign(spec: RoundSpec): Promise<readonly Assigned[]> {
    const kind = workerKind(spec);
    const threads = spec.ranges.length;
    const alive = this.#idle.filter(({ worker }) => !worker.isGone);
    const fitting = alive.filter((kept) => kept.kind === kind).slice(-threads);
    const others = alive.filter((kept) => !fitting.includes(kept));
    const leaving = others.slice(0, Math.max(0, others.length + threads - Math.max(threads, this.#mostWorkers)));
    this.#idle = others.slice(leaving.length);
    await Promise.all(leaving.map(({ worker }) => worker.end()));
    const thisCase = workerCase(spec);
    const assigned: Assigned[] = [];
    try {
      for (const { thread } of spec.ranges) {
        const kept = fitting[thread];
        const isKnown = kept?.lastCase === thisCase;
        const jitWarmup = !spec.jitWarmup || isKnown ? "none" : kept === undefined ? "whole" : "short";
        assigned.push({ worker: kept?.worker ?? this.#start(), jitWarmup });
      }
    } catch (thrown) {
      // The system has no thread left for one of them.
      await Promise.all(assigned.map(({ worker }) => worker.end()));
      throw thrown;
    }
    return assigned;
  }

  #start(): PoolWorker {
    const blank = this.#blank;
    this.#blank = null;
    return blank === null || blank.isGone ? this.#newWorker() : blank;
  }

  /** Takes back a worker that may run another round like that of `spec`. */
  keep(worker: PoolWorker, spec: RoundSpec): void {
    this.#idle.push({ worker, kind: workerKind(spec), lastCase: workerCase(spec) });
  }
}
