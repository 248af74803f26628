// The profile as the rest of the program sees it: validated, every default filled in, units in the names.

import type { Gate, Tolerance } from "./gates.ts";
import type { Job } from "../job/job.ts";
import type { Point, TargetSpec } from "../job/points.ts";

/** What a document, and flags, come to. */
export interface ResolvedProfile {
  readonly name: string;
  readonly description: string | null;
  readonly seed: number;
  readonly rounds: number;
  readonly targets: readonly [TargetSpec, ...TargetSpec[]];
  readonly jobs: readonly [Job, ...Job[]];
  readonly gates: readonly Gate[];
  readonly tolerances: readonly Tolerance[];
}

/** One that some machine could carry out, with the points of its sweeps. */
export interface Profile extends ResolvedProfile {
  readonly points: readonly Point[];
}
