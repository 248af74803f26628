// What the supervisor and the engine process say to each other: one round to run, and what came of it. Plain data.

import type { JobSettings } from "../job/job.ts";
import type { BlockContent } from "../workload/block-content.ts";
import type { ThreadRange } from "../workload/source.ts";
import type { Eviction, FileIdentity } from "../platform/platform.ts";
import type { PauseSamples } from "../samples/samples.ts";
import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS, type BackendName } from "../shared/methods.ts";
import { OPERATION, reads, TRANSFERS, transfersOf, writes } from "../shared/operations.ts";
import type { Absence } from "./absences.ts";
import { KIND, type Kind } from "./loop/memory-layout.ts";

/** What all threads of a round share. */
export interface RoundFrame {
  readonly roundIndex: number;
  readonly seed: number;
  readonly warmupSeconds: number;
  /** Infinity is not JSON: a round that only its I/O count ends has null. */
  readonly durationSeconds: number | null;
  readonly intervalSeconds: number;
  /** Whether the loop first runs on a device that stores nothing, so that the compiler is done before the window. */
  readonly jitWarmup: boolean;
}

/** A group of threads that do the same to one target. */
export interface Member extends Omit<JobSettings, keyof RoundFrame> {
  /** Its own, or that of the case whose only member it is: what is random grows from it. */
  readonly caseId: string;
  readonly backend: BackendName;
  readonly path: string;
  /** What must stand at `path`: names can be given to other files at any moment. Absent: whatever does. */
  readonly identity?: FileIdentity;
  readonly fileSizeBytes: number;
  /** One for each of its threads. */
  readonly ranges: readonly ThreadRange[];
  readonly blockContent: BlockContent;
}

/** A member that says itself what it shares with others. */
export type LoneMember = Member & RoundFrame;

/** One round, completely: the engine asks nothing back. */
export interface RoundSpec extends RoundFrame {
  readonly members: readonly [Member, ...Member[]];
}

/** A member, and of the round what each of its threads has to know. */
export interface MemberSpec extends RoundFrame, Member {
  /** Threads of all members. */
  readonly roundThreads: number;
  /** Whether all threads of the round wait for each other, with nothing outstanding, before the window opens. */
  readonly opensTogether: boolean;
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
  | { readonly kind: "round"; readonly round: RoundSpec; readonly shared: SharedPlace; readonly workers: Workers }
  /** The supervisor is done with what would disturb the window of the round that it asked for. */
  | { readonly kind: "prepared" }
  | { readonly kind: "quiesce"; readonly request: QuiesceRequest };

export type FromEngine =
  | { readonly kind: "ready" }
  /** All threads have ended, member by member; what they measured is in the shared memory. */
  | { readonly kind: "finished"; readonly threads: readonly ThreadOutcome[]; readonly absences: readonly Absence[] }
  /** `eviction`: what is left of the file in the cache; null: nothing was to be dropped. */
  | { readonly kind: "quiesced"; readonly eviction: Eviction | null }
  | { readonly kind: "failed"; readonly failures: readonly Failure[] };

export interface WorkerTask {
  readonly spec: MemberSpec;
  /** Within its member. */
  readonly thread: number;
  readonly shared: SharedPlace;
  /** What the round's counters are of, ... */
  readonly kinds: readonly Kind[];
  /** ... and which thread of the whole round it is: its place among them. */
  readonly place: number;
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

/** The members of a round, each with what its threads have to know of the whole. */
export function memberSpecs({ members, ...frame }: RoundSpec): readonly [MemberSpec, ...MemberSpec[]] {
  const roundThreads = members.reduce((sum, { ranges }) => sum + ranges.length, 0);
  // A limit counts the window's own I/Os only, and an opening flush must have nothing in flight around it.
  const opensTogether = members.some(
    (member) => member.ranges.some((range) => range.ios !== null) || flushesAtEnd(member),
  );
  const specOf = (member: Member): MemberSpec => ({ ...member, ...frame, roundThreads, opensTogether });
  const [first, ...others] = members;
  return [specOf(first), ...others.map(specOf)];
}

/** The round of these members, of which the first says what all share. */
export function roundOf(members: readonly [LoneMember, ...Member[]]): RoundSpec {
  const [{ roundIndex, seed, warmupSeconds, durationSeconds, intervalSeconds, jitWarmup }] = members;
  return { roundIndex, seed, warmupSeconds, durationSeconds, intervalSeconds, jitWarmup, members };
}

/** By what a person finds the members of a round again. */
export function placeOf(members: readonly Pick<Member, "caseId" | "path">[]): Pick<Member, "caseId" | "path"> {
  const namesOf = (of: (member: Pick<Member, "caseId" | "path">) => string): string =>
    [...new Set(members.map(of))].join(" and ");
  return { caseId: namesOf(({ caseId }) => caseId), path: namesOf(({ path }) => path) };
}

export function flushesAtEnd(spec: Member): boolean {
  return spec.flush === "end" && writesOf(spec);
}

/** Writes between two flushes, per thread; 0: none while the round runs. */
export function flushInterval(spec: Member): number {
  if (!writesOf(spec) || spec.flush === "never" || spec.flush === "end") return 0;
  return spec.flush === "each" ? 1 : Number(spec.flush.slice("every ".length));
}

export function writesOf(spec: Member): boolean {
  return transfersOf(spec).some(writes);
}

export function readsOf(spec: Member): boolean {
  return transfersOf(spec).some(reads);
}

/** The kinds of samples that the threads of `members` make. */
export function kindsOf(members: readonly Member[]): readonly Kind[] {
  const transfers = new Set(members.flatMap(transfersOf));
  const kinds: Kind[] = [];
  for (const name of TRANSFERS) if (transfers.has(name)) kinds.push(OPERATION[name]);
  if (members.some(({ backend }) => BACKEND_TRAITS[backend].mapped)) kinds.push(KIND.firstTouch);
  if (members.some((member) => flushesAtEnd(member) || flushInterval(member) > 0)) kinds.push(KIND.flush);
  return kinds;
}
