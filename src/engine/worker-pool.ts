// Rounds, one after the other -> workers for each: those that have run rounds of its kind before, else new ones.

import { RoundWorker } from "./round-worker.ts";
import type { RoundSpec, WorkerTask } from "./round-spec.ts";
import { workerCase, workerKind } from "./worker-kind.ts";

/**
 * Workers that are kept, busy ones included: 20 MB each. A round of more threads has as many as it needs, as one that
 * starts all of them anew.
 */
const MOST_WORKERS = 16;

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

  constructor(newWorker: () => PoolWorker = () => new RoundWorker()) {
    this.#newWorker = newWorker;
  }

  /** Starts one worker ahead of the round that will need it. */
  startAhead(): void {
    this.#blank ??= this.#newWorker();
  }

  /** Workers for all threads of a round. `ended`: those that have to make room have gone. */
  assign(spec: RoundSpec): { readonly assigned: readonly Assigned[]; readonly ended: Promise<unknown> } {
    const kind = workerKind(spec);
    const threads = spec.ranges.length;
    const alive = this.#idle.filter(({ worker }) => !worker.isGone);
    const fitting = alive.filter((kept) => kept.kind === kind).slice(-threads);
    const others = alive.filter((kept) => !fitting.includes(kept));
    const mostOthers = Math.max(0, MOST_WORKERS - threads);
    const leaving = others.slice(0, Math.max(0, others.length - mostOthers));
    this.#idle = others.slice(leaving.length);
    const thisCase = workerCase(spec);
    const assigned = spec.ranges.map((_, thread): Assigned => {
      const kept = fitting[thread];
      const isKnown = kept?.lastCase === thisCase;
      const jitWarmup = !spec.jitWarmup || isKnown ? "none" : kept === undefined ? "whole" : "short";
      return { worker: kept?.worker ?? this.#start(), jitWarmup };
    });
    return { assigned, ended: Promise.all(leaving.map(({ worker }) => worker.end())) };
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
