// Rounds, one after the other -> workers for each: those that have run rounds of its kind before, else new ones.

import { RoundWorker } from "./round-worker.ts";
import type { MemberSpec, WorkerTask } from "./round-spec.ts";
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
  readonly spec: MemberSpec;
  /** Within its member. */
  readonly thread: number;
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
  async assign(members: readonly MemberSpec[]): Promise<readonly Assigned[]> {
    const asked = members.flatMap((spec) => spec.ranges.map(({ thread }) => ({ spec, thread })));
    const threads = asked.length;
    const alive = this.#idle.filter(({ worker }) => !worker.isGone);
    const fitting = fittingWorkers(alive, members);
    const others = alive.filter((kept) => !fitting.includes(kept));
    const leaving = others.slice(0, Math.max(0, others.length + threads - Math.max(threads, this.#mostWorkers)));
    this.#idle = others.slice(leaving.length);
    await Promise.all(leaving.map(({ worker }) => worker.end()));
    const assigned: Assigned[] = [];
    try {
      for (const [place, { spec, thread }] of asked.entries()) {
        const kept = fitting[place] ?? null;
        const isKnown = kept?.lastCase === workerCase(spec);
        const jitWarmup = !spec.jitWarmup || isKnown ? "none" : kept === null ? "whole" : "short";
        assigned.push({ worker: kept?.worker ?? this.#start(), spec, thread, jitWarmup });
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
  keep(worker: PoolWorker, spec: MemberSpec): void {
    this.#idle.push({ worker, kind: workerKind(spec), lastCase: workerCase(spec) });
  }
}

/** For each thread of `members` the worker that last ran a round of its kind; null: there is none left. */
function fittingWorkers(alive: readonly Kept[], members: readonly MemberSpec[]): readonly (Kept | null)[] {
  const left = [...alive];
  return members.flatMap((spec) => {
    const kind = workerKind(spec);
    const threads = spec.ranges.length;
    const found = left.filter((kept) => kept.kind === kind).slice(-threads);
    for (const kept of found) left.splice(left.indexOf(kept), 1);
    return Array.from({ length: threads }, (_, thread) => found[thread] ?? null);
  });
}
