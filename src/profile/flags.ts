// A Profile + the command line's flags -> the Profile that is run; flags beat the profile.

import type { Failure } from "../shared/errors.ts";
import { formatDuration, formatSize } from "../shared/units.ts";
import { describeLimits, isWithin, LIMITS } from "./limits.ts";
import { nonEmpty, throwFailures } from "./lists.ts";
import { sweepFailures } from "./points.ts";
import type { Profile } from "./profile.ts";

/** What `run` can override; undefined leaves the profile's word. */
export interface ProfileFlags {
  /** Replaces all targets; size, fill and preallocate stay those of the profile's first one. */
  readonly targetPaths?: readonly string[] | undefined;
  readonly sizeBytes?: number | undefined;
  readonly durationSeconds?: number | undefined;
  readonly warmupSeconds?: number | undefined;
  readonly rounds?: number | undefined;
  readonly seed?: number | undefined;
}

/** What each numeric flag allows. */
const NUMERIC_FLAGS = [
  { field: "sizeBytes", flag: "--size", limits: LIMITS.targetSizeBytes, whole: true, format: formatSize },
  {
    field: "durationSeconds",
    flag: "--duration",
    limits: LIMITS.durationSeconds,
    whole: false,
    format: formatDuration,
  },
  { field: "warmupSeconds", flag: "--warmup", limits: LIMITS.warmupSeconds, whole: false, format: formatDuration },
  { field: "rounds", flag: "--rounds", limits: LIMITS.rounds, whole: true, format: String },
  { field: "seed", flag: "--seed", limits: LIMITS.seed, whole: true, format: String },
] as const;

function numericFailures(flags: ProfileFlags): readonly Failure[] {
  return NUMERIC_FLAGS.flatMap(({ field, flag, limits, whole, format }): readonly Failure[] => {
    const value = flags[field];
    if (value === undefined || (isWithin(limits, value) && (!whole || Number.isInteger(value)))) return [];
    const allowed = `a ${whole ? "whole number" : "duration"} ${describeLimits(limits, format)}`;
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

/**
 * `profile` with `flags` applied: targets replaced, sizes set on every target, times on every job.
 * Throws BAD_USAGE naming every flag that is out of its limits.
 */
export function applyFlags(profile: Profile, flags: ProfileFlags): Profile {
  const paths = flags.targetPaths ?? [];
  throwFailures([...numericFailures(flags), ...targetFailures(paths)]);
  const [first] = profile.targets;
  const targets = paths.length === 0 ? profile.targets : paths.map((path) => ({ ...first, path }));
  const changed: Profile = {
    ...profile,
    seed: flags.seed ?? profile.seed,
    rounds: flags.rounds ?? profile.rounds,
    targets: nonEmpty(targets.map((target) => ({ ...target, sizeBytes: flags.sizeBytes ?? target.sizeBytes }))),
    jobs: nonEmpty(
      profile.jobs.map((job) => ({
        ...job,
        durationSeconds: flags.durationSeconds ?? job.durationSeconds,
        warmupSeconds: flags.warmupSeconds ?? job.warmupSeconds,
      })),
    ),
  };
  throwFailures(sweepFailures(changed, { code: "BAD_USAGE", where: "--rounds, --target" }));
  return changed;
}
