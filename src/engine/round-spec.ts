// What the supervisor and the engine process say to each other: one round to run, and what came of it. Plain data.

import type { JobSettings } from "../job/job.ts";
import type { ThreadRange } from "../workload/source.ts";
import type { Eviction, FileIdentity } from "../platform/platform.ts";
import type { PauseSamples } from "../samples/samples.ts";
import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS, type BackendName } from "../shared/methods.ts";
import type { Absence } from "./absences.ts";
import { KIND, memoryLayout, type Kind, type MemoryLayout } from "./loop/memory-layout.ts";

/**
 * What writes carry. `stamped`: each slot's own random buffer with a counter written into every 4 KiB (512 bytes of smaller blocks) before each
 * submission. `random` and `zero`: the whole block made anew, as a fill wants it.
 */
export type BlockContent = "stamped" | "random" | "zero";

/** One round, completely: the engine asks nothing back. */
export interface RoundSpec extends Omit<JobSettings, "readPercent" | "durationSeconds"> {
  readonly caseId: string;
  readonly roundIndex: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly path: string;
  /** What must stand at `path`: names can be given to other files at any moment. Absent: whatever does. */
  readonly identity?: FileIdentity;
  readonly fileSizeBytes: number;
  readonly readPercent: number;
  /** Infinity is not JSON: a round that only its I/O count ends has null. */
  readonly durationSeconds: number | null;
  readonly ranges: readonly ThreadRange[];
  readonly blockContent: BlockContent;
  readonly intervalSeconds: number;
  /** Whether the loop first runs on a device that stores nothing, so that the compiler is done before the window. */
  readonly jitWarmup: boolean;
}

export interface SharedPlace {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What is to happen to a file while nothing is measured. */
export interface QuiesceRequest {
  readonly caseId: string;
  readonly path: string;
  /** Whether dirty pages are written back first, and the device is left alone for a moment then. */
  readonly writeBack: boolean;
  /** Pages of so many bytes from the start are dropped from the cache; null: they stay. */
  readonly evictBytes: number | null;
}

/** Whether workers of earlier rounds are used again, or each round has new ones (so that tests can compare the two). */
export type Workers = "kept" | "new";

export type ToEngine =
  | { readonly kind: "round"; readonly spec: RoundSpec; readonly shared: SharedPlace; readonly workers: Workers }
  /** The supervisor is done with what would disturb the window of the round that it asked for. */
  | { readonly kind: "prepared" }
  | { readonly kind: "quiesce"; readonly request: QuiesceRequest };

export type FromEngine =
  | { readonly kind: "ready" }
  /** All threads have ended; what they measured is in the shared memory. */
  | { readonly kind: "finished"; readonly threads: readonly ThreadOutcome[]; readonly absences: readonly Absence[] }
  /** `eviction`: what is left of the file in the cache; null: nothing was to be dropped. */
  | { readonly kind: "quiesced"; readonly eviction: Eviction | null }
  | { readonly kind: "failed"; readonly failures: readonly Failure[] };

export interface WorkerTask {
  readonly spec: RoundSpec;
  readonly shared: SharedPlace;
  readonly thread: number;
  /** By what the loop is warmed up: `short` where it is compiled already, and the case is a new one. */
  readonly jitWarmup: "whole" | "short" | "none";
}

/** What is known of a thread beside its counters in the shared memory. */
export interface ThreadOutcome {
  readonly nativeOperations: readonly string[];
  readonly backPressure: number;
  /** Inside the window; null: the back end does not tell. */
  readonly completedSynchronously: number | null;
  /** Waits for completions inside the window, where one wait runs several of them; null elsewhere. */
  readonly waits: number | null;
  /** I/Os that the system would not give back. */
  readonly stuck: number;
  /** The system's error code of a flush that failed, else 0. */
  readonly flushErrorCode: number;
  /** Null where the window did not open, or was open in a time that is not the machine's. */
  readonly pauses: PauseSamples | null;
}

export type WorkerAnswer =
  | { readonly kind: "done"; readonly outcome: ThreadOutcome }
  | { readonly kind: "failed"; readonly failures: readonly Failure[] };

export type FromWorker = WorkerAnswer | { readonly kind: "reached"; readonly phase: number };

/** Whether a worker may run another round: not after a failure, nor with memory that the kernel may still write to. */
export function leavesNothingBehind(answer: WorkerAnswer): boolean {
  return answer.kind === "done" && answer.outcome.stuck === 0;
}

/** Whether all threads wait for each other, with nothing outstanding, before the window opens. */
export function opensTogether(spec: RoundSpec): boolean {
  // A limit counts the window's own I/Os only, and an opening flush must have nothing in flight around it.
  return spec.ranges.some((range) => range.ios !== null) || flushesAtEnd(spec);
}

export function flushesAtEnd(spec: RoundSpec): boolean {
  return spec.flush === "end" && writesOf(spec);
}

/** Writes between two flushes, per thread; 0: none while the round runs. */
export function flushInterval(spec: RoundSpec): number {
  if (!writesOf(spec) || spec.flush === "never" || spec.flush === "end") return 0;
  return spec.flush === "each" ? 1 : Number(spec.flush.slice("every ".length));
}

export function writesOf(spec: RoundSpec): boolean {
  return spec.readPercent < 100;
}

export function readsOf(spec: RoundSpec): boolean {
  return spec.readPercent > 0;
}

/** Where the counters of its threads are: those of the kinds of samples that it makes, and no others. */
export function layoutOf(spec: RoundSpec): MemoryLayout {
  const kinds: Kind[] = [];
  if (readsOf(spec)) kinds.push(KIND.read);
  if (writesOf(spec)) kinds.push(KIND.write);
  if (BACKEND_TRAITS[spec.backend].mapped) kinds.push(KIND.firstTouch);
  if (flushesAtEnd(spec) || flushInterval(spec) > 0) kinds.push(KIND.flush);
  return memoryLayout(kinds);
}
