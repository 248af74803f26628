// The profile as the rest of the program sees it: validated, every default filled in, units in the names.

import type { Gate, Tolerance } from "./gates.ts";
import type { Method } from "../shared/methods.ts";
import type {
  Caching,
  Completion,
  Content,
  Fill,
  Flush,
  OnError,
  Operation,
  Pattern,
  Preallocate,
} from "../shared/vocabulary.ts";

export interface TargetSpec {
  readonly path: string;
  /** Null: the size of the file that is there, else 1 GiB. */
  readonly sizeBytes: number | null;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
}

/** One entry of `jobs`. Lists are the sweep's dimensions; a single value is a list of one. */
export interface Job {
  readonly name: string;
  readonly method: readonly Method[];
  readonly operation: readonly Operation[];
  /** Counts only where the operation is `mixed`. */
  readonly readPercent: readonly number[];
  readonly pattern: readonly Pattern[];
  readonly blockSizeBytes: readonly number[];
  readonly queueDepth: readonly number[];
  readonly threads: readonly number[];
  /** Null: what the method does by nature, `unbuffered` unless it is mapped. */
  readonly caching: readonly (Caching | null)[];
  readonly writeThrough: boolean;
  /** Null: `end` for buffered and mapped writes, else `never`. */
  readonly flush: readonly (Flush | null)[];
  /** Null: the system's usual way. */
  readonly completion: readonly (Completion | null)[];
  /** The most I/Os per call; null: what measured best for the method. */
  readonly batch: number | null;
  /** io_uring: completions are asked for (IOPOLL); I/Os are fetched by a thread of the kernel (SQPOLL). */
  readonly polling: boolean;
  readonly submitThread: boolean;
  readonly durationSeconds: number;
  readonly warmupSeconds: number;
  /** End a round after so many I/Os or bytes, summed over threads, warm-up not included. */
  readonly ios: number | null;
  readonly bytes: number | null;
  readonly content: Content;
  readonly onError: OnError;
  /** Failed I/Os of a round, summed over threads, that `continue` endures. */
  readonly maxErrors: number;
}

export interface Profile {
  readonly name: string;
  readonly description: string | null;
  readonly seed: number;
  readonly rounds: number;
  readonly targets: readonly [TargetSpec, ...TargetSpec[]];
  readonly jobs: readonly [Job, ...Job[]];
  /** Limits that a run must keep. */
  readonly gates: readonly Gate[];
  /** What comparisons with this profile's results allow. */
  readonly tolerances: readonly Tolerance[];
}

/** One point of a job's sweep: what a case is made of before the machine is known. */
export interface Point {
  readonly job: Job;
  readonly jobIndex: number;
  readonly target: TargetSpec;
  readonly targetIndex: number;
  readonly method: Method;
  readonly operation: Operation;
  /** Null unless `operation` is `mixed`. */
  readonly readPercent: number | null;
  readonly pattern: Pattern;
  readonly blockSizeBytes: number;
  readonly queueDepth: number;
  readonly threads: number;
  readonly caching: Caching | null;
  readonly flush: Flush | null;
  readonly completion: Completion | null;
}
