// Two profiles -> one profile that measures both, and in what they differ.

import { nonEmpty } from "../shared/lists.ts";
import type { Job } from "../job/job.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { expandProfile } from "./load.ts";
import type { Profile, ResolvedProfile } from "./profile.ts";

/** In what two sides differ; `same`: in nothing. */
export type PairKind = "targets" | "jobs" | "same";

/** What a job of each side is called beside its own name, where both sides have jobs of the same name. */
export const SIDE_SUFFIXES = [" (A)", " (B)"] as const;

export interface PairedProfile {
  readonly profile: Profile;
  readonly kind: PairKind;
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function refuse(what: string, next: string): never {
  throw new DiskbenchError({ code: "BAD_USAGE", what, next });
}

const renamed = (jobs: readonly Job[], side: 0 | 1): readonly Job[] =>
  jobs.map((job) => ({ ...job, name: job.name + SIDE_SUFFIXES[side] }));

/**
 * One profile with the cases of both: two targets, or the jobs of either side. Seed, rounds and name are the first
 * one's. Gates are left out: they are about a run, not about a difference. Throws BAD_USAGE when targets and jobs differ
 * at once, as nobody could tell which of them made the difference.
 */
export function pairProfiles(baseline: ResolvedProfile, candidate: ResolvedProfile): PairedProfile {
  const plain: ResolvedProfile = { ...baseline, gates: [], tolerances: [] };
  const blame = { code: "BAD_USAGE", where: "both sides together" } as const;
  if (baseline.targets.length + candidate.targets.length > 2) {
    refuse("One side has several targets", "Compare two targets, or two sets of jobs on one target");
  }
  const sameTargets = isEqual(baseline.targets, candidate.targets);
  const sameJobs = isEqual(baseline.jobs, candidate.jobs);
  if (!sameTargets && !sameJobs) {
    refuse(
      "The two sides differ in their targets and in their jobs",
      "Compare two targets with the same jobs, or two sets of jobs on the same target (size and fill included)",
    );
  }
  if (!sameTargets) {
    return {
      kind: "targets",
      profile: expandProfile({ ...plain, targets: [baseline.targets[0], candidate.targets[0]] }, blame),
    };
  }
  const jobs = nonEmpty([...renamed(baseline.jobs, 0), ...renamed(candidate.jobs, 1)]);
  return { kind: sameJobs ? "same" : "jobs", profile: expandProfile({ ...plain, jobs }, blame) };
}
