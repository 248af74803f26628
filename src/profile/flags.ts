// A Profile + the command line's flags -> the Profile that is run; flags beat the profile.

import { type Failure, throwFailures } from "../shared/errors.ts";
import { nonEmpty } from "../shared/lists.ts";
import { flagName, type JobField, JOB_FIELD_LIST } from "../job/fields.ts";
import type { StatedJob } from "../job/job.ts";
import { type Kind, writeValue } from "../job/kinds.ts";
import { describeLimits, isWithin, type Limits, LIMITS } from "../job/limits.ts";
import type { ResolvedProfile } from "./profile.ts";

/** What `run` can override; undefined leaves the profile's word. Fields of a job replace those of all jobs. */
export interface ProfileFlags extends StatedJob {
  /** Replaces all targets; size, fill and preallocate stay those of the profile's first one. */
  readonly targetPaths?: readonly string[] | undefined;
  readonly sizeBytes?: number | undefined;
  readonly rounds?: number | undefined;
  readonly seed?: number | undefined;
}

interface NumericFlag {
  readonly name: "sizeBytes" | "rounds" | "seed" | JobField;
  readonly flag: string;
  readonly kind: Extract<Kind, { readonly limits: Limits }>;
}

const NUMERIC_FLAGS: readonly NumericFlag[] = [
  { name: "sizeBytes", flag: "--size", kind: { type: "bytes", limits: LIMITS.targetSizeBytes } },
  { name: "rounds", flag: "--rounds", kind: { type: "count", limits: LIMITS.rounds } },
  { name: "seed", flag: "--seed", kind: { type: "count", limits: LIMITS.seed } },
  ...JOB_FIELD_LIST.flatMap(({ name, kind, flag, documentName }) =>
    flag !== null && "limits" in kind ? [{ name, flag: flagName(documentName), kind }] : [],
  ),
];

function numericFailures(flags: ProfileFlags): readonly Failure[] {
  return NUMERIC_FLAGS.flatMap(({ name, flag, kind }): readonly Failure[] => {
    const value = flags[name];
    const isWhole = kind.type !== "seconds";
    if (typeof value !== "number" || (isWithin(kind.limits, value) && (!isWhole || Number.isInteger(value)))) return [];
    const format = (limit: number): string => String(writeValue(kind, limit));
    const allowed = `a ${isWhole ? "whole number" : "duration"} ${describeLimits(kind.limits, format)}`;
    return [{ code: "BAD_USAGE", where: flag, what: `found ${value}; allowed: ${allowed}` }];
  });
}

function targetFailures(paths: readonly string[]): readonly Failure[] {
  return paths.flatMap((path, index): readonly Failure[] => {
    if (path === "") return [{ code: "BAD_USAGE", where: "--target", what: "found an empty path" }];
    const isKnown = paths.indexOf(path) < index;
    return isKnown ? [{ code: "BAD_USAGE", where: "--target", what: `${path} is named twice` }] : [];
  });
}

/** The flags replace targets, their sizes and the times of jobs. Throws BAD_USAGE with each flag beyond its limits. */
export function applyFlags(profile: ResolvedProfile, flags: ProfileFlags): ResolvedProfile {
  const { targetPaths: paths = [], sizeBytes, rounds, seed, ...ofJobs } = flags;
  throwFailures([...numericFailures(flags), ...targetFailures(paths)]);
  const [first] = profile.targets;
  const targets = paths.length === 0 ? profile.targets : paths.map((path) => ({ ...first, path }));
  return {
    ...profile,
    seed: seed ?? profile.seed,
    rounds: rounds ?? profile.rounds,
    targets: nonEmpty(targets.map((target) => ({ ...target, sizeBytes: sizeBytes ?? target.sizeBytes }))),
    jobs: nonEmpty(profile.jobs.map((job) => ({ ...job, ...ofJobs }))),
  };
}
