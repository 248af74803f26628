// The plan: every case, round, byte range and seed of a run, decided before anything is touched. Plain data.

import type { Machine } from "../machine/machine.ts";
import type { PlannedTarget } from "../rules/judged.ts";
import type { ResolvedProfile } from "../profile/profile.ts";
import type { JobSettings } from "../job/job.ts";
import type { BackendName, NativeCall } from "../shared/methods.ts";
import type { Fill, Preallocate } from "../shared/vocabulary.ts";
import type { ThreadRange } from "../workload/source.ts";

export type { PlannedTarget };

/** What one case is, completely; stands in the result as `settings`. */
export interface CaseSettings extends JobSettings {
  readonly nativeCall: NativeCall;
  readonly backend: BackendName;
  readonly target: string;
  readonly preallocate: Preallocate;
  readonly fill: Fill;
}

/** A group of threads that do the same to one target. */
export interface CaseMember {
  /** Unique in the plan, e.g. `rand-write/writefile/write/random/4KiB/q8/t1`. */
  readonly id: string;
  readonly job: string;
  readonly targetIndex: number;
  readonly settings: CaseSettings;
  /** I/Os per round, summed over threads, from `ios` and `bytes`; null: the duration alone ends a round. */
  readonly ios: number | null;
  readonly ranges: readonly ThreadRange[];
}

export interface Case extends CaseMember {
  readonly index: number;
  /** Absent: the case itself is its only member. Else all that run side by side; what the case says beside is the first's. */
  readonly members?: readonly [CaseMember, CaseMember, ...CaseMember[]];
}

export const membersOf = (planned: Case): readonly [CaseMember, ...CaseMember[]] => planned.members ?? [planned];

/** One timed run in the order in which it is to happen. */
export interface PlannedRound {
  readonly caseIndex: number;
  /** 0 .. rounds-1 */
  readonly roundIndex: number;
}

export interface Pairing {
  /** In what they differ; `same`: in nothing, to see how far equal things seem to. */
  readonly kind: "targets" | "jobs" | "same";
  readonly labels: readonly [string, string];
  /** Indexes of the baseline's case and the candidate's. */
  readonly cases: readonly (readonly [number, number])[];
  /** Rounds of every case after which the run may end, if it is decided then; null: it runs to its end. */
  readonly lookAfterRounds: number | null;
}

export interface Plan {
  readonly profile: ResolvedProfile;
  readonly machine: Machine;
  readonly seed: number;
  readonly rounds: number;
  readonly targets: readonly PlannedTarget[];
  readonly cases: readonly Case[];
  readonly order: readonly PlannedRound[];
  /** Absent: cases that stand for themselves. */
  readonly pairing?: Pairing;
  /** Fill and, where `ios` or `bytes` limit the rounds, the timed writes. */
  readonly wear: {
    readonly fillBytes: number;
    /** Null: bounded by time only, so it depends on the device. */
    readonly writtenBytes: number | null;
  };
  readonly estimatedSeconds: number;
  /** Sentences that a person should read before the run starts. */
  readonly notes: readonly string[];
}
