// What a rule is asked about, and what it answers: a point with all that is known of where it would run, and an objection.

import type { Point } from "../job/points.ts";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import type { FailureCode } from "../shared/errors.ts";
import type { BackendName } from "../shared/methods.ts";
import type { Fill, Preallocate } from "../shared/vocabulary.ts";

/** Why a point cannot be, and what is allowed instead. */
export interface Objection {
  /** The field of the job that is to be changed; null: none, it is the target's place. */
  readonly field: string | null;
  /** Of the failure, where it is not that of its kind of rule. */
  readonly code?: FailureCode;
  readonly what: string;
  readonly cause?: string;
  readonly next: string;
}

export interface PlannedTarget {
  readonly index: number;
  readonly facts: TargetFacts;
  /** `file`: diskbench's own. `existing-file`: somebody else's, used as it is. */
  readonly kind: "file" | "existing-file" | "device";
  readonly sizeBytes: number;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
  /** Whether any case writes to it; if not, it is opened read-only. */
  readonly written: boolean;
  /** Bytes that making it ready writes; 0 when it is used as it is. */
  readonly fillBytes: number;
}

/** A point and what is known of where it would run; a document alone leaves machine and target open. */
export interface Judged {
  readonly point: Point;
  /** What may carry it out: one on each system that has its method, or the one of this machine. */
  readonly backends: readonly BackendName[];
  readonly machine: Machine | null;
}

/** The same on this machine. */
export interface JudgedHere {
  readonly point: Point;
  readonly backend: BackendName;
  readonly machine: Machine;
}

export interface JudgedOnTarget extends JudgedHere {
  readonly target: PlannedTarget;
}
