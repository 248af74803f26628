// Jobs, and targets as a profile describes them -> the points of their sweeps: every combination.

import type { Fill, Preallocate } from "../shared/vocabulary.ts";
import { countPoints, type Job, type JobPoint, pointsOf } from "./job.ts";
import { idParts } from "./tell.ts";

export interface TargetSpec {
  readonly path: string;
  /** Null: the size of the file that is there, else 1 GiB. */
  readonly sizeBytes: number | null;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
}

/** One point of a job's sweep on one target: what a case is made of before the machine is known. */
export interface Point extends JobPoint {
  /** Name of the job. */
  readonly job: string;
  readonly jobIndex: number;
  readonly target: TargetSpec;
  readonly targetIndex: number;
  /** What it says as a point of its job alone, which does not know of targets. */
  readonly values: JobPoint;
}

interface Sweeps {
  readonly jobs: readonly Job[];
  readonly targets: readonly TargetSpec[];
}

/** How many points there are, without making them. */
export const countAllPoints = ({ jobs, targets }: Sweeps): number =>
  jobs.reduce((sum, job) => sum + countPoints(job) * targets.length, 0);

/** Every point in document order: jobs, within each its targets, and on each the points of its lists. */
export function expandPoints({ jobs, targets }: Sweeps): readonly Point[] {
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
