// The profile as the rest of the program sees it: validated, every default filled in, units in the names.

import type { Gate, Tolerance } from "./gates.ts";
import type { Job, JobPoint } from "../job/job.ts";
import type { Fill, Preallocate } from "../shared/vocabulary.ts";

export interface TargetSpec {
  readonly path: string;
  /** Null: the size of the file that is there, else 1 GiB. */
  readonly sizeBytes: number | null;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
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
