// A Profile -> the points of its sweeps: every combination of every job's lists with every target.

import type { Failure } from "../shared/errors.ts";
import { countPoints, pointsOf } from "../job/job.ts";
import { LIMITS } from "../job/limits.ts";
import { idParts } from "../job/tell.ts";
import type { Point, Profile } from "./profile.ts";

/** How many points `profile` has, without making them. */
const count = ({ jobs, targets }: Profile): number =>
  jobs.reduce((sum, job) => sum + countPoints(job) * targets.length, 0);

/** A failure when the sweeps multiply into more rounds than a plan can hold; `blame` says whose fault and where. */
export function sweepFailures(profile: Profile, blame: Pick<Failure, "code" | "where">): readonly Failure[] {
  const points = count(profile);
  const { maximum } = LIMITS.plannedRounds;
  if (points * profile.rounds <= maximum) return [];
  return [
    {
      ...blame,
      what: `${points} cases in ${profile.rounds} rounds each are too many; allowed: ${maximum} rounds of all cases together`,
      next: "Shorten the lists, lower rounds, or split the profile",
    },
  ];
}

/** Every point of `profile` in document order: jobs, within each its targets, and on each the points of its lists. */
export function expandPoints({ jobs, targets }: Profile): readonly Point[] {
  return jobs.flatMap((job, jobIndex) => {
    const points = pointsOf(job);
    return targets.flatMap((target, targetIndex) =>
      points.map((values): Point => ({ ...values, job: job.name, jobIndex, target, targetIndex, values })),
    );
  });
}

/** What begins a case's id: `rand-write/writefile/write/random/4KiB/q8/t1`. */
export function pointId(point: Point): string {
  return [point.job, ...idParts(point, () => true)].join("/");
}
