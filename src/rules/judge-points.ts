// Points, then the machine and the targets -> the failures of those that cannot be, and the back ends of the others.

import { type Point, pointId } from "../job/points.ts";
import type { Machine } from "../machine/machine.ts";
import { type Failure, withoutRepeats } from "../shared/errors.ts";
import { type BackendName, backendFor } from "../shared/methods.ts";
import type { JudgedOnTarget, Objection } from "./judged.ts";
import { needObjections } from "./needs.ts";
import { documentObjections, machineObjections, targetObjections } from "./point-rules.ts";

/** A point and what carries it out on this machine. */
export interface NativePoint {
  readonly point: Point;
  readonly backend: BackendName;
}

/** PROFILE_INVALID for each thing that is impossible about each of `points` on every machine; the document decides. */
export function impossiblePoints(points: readonly Point[]): readonly Failure[] {
  const failures = points.flatMap((point) =>
    documentObjections(point).map(({ field, ...told }): Failure => ({
      code: "PROFILE_INVALID",
      where: `jobs[${point.jobIndex}].${field}: ${pointId(point)}`,
      ...told,
    })),
  );
  return withoutRepeats(failures);
}

/** `jobs[0].method (rand-write)`: for what concerns every point of a job alike. */
const whereJob = (point: Point, field: string): string => `jobs[${point.jobIndex}].${field} (${point.job})`;

const unsupported = (point: Point, { field, ...told }: Objection): Failure => ({
  code: "UNSUPPORTED",
  where: whereJob(point, field ?? "target"),
  ...told,
});

/** Each point with its back end, and an UNSUPPORTED failure for each that has none or cannot use it now. */
export function nativePoints(
  points: readonly Point[],
  machine: Machine,
): { readonly natives: readonly NativePoint[]; readonly failures: readonly Failure[] } {
  const natives: NativePoint[] = [];
  const failures: Failure[] = [];
  for (const point of points) {
    const backend = backendFor(machine.system, point.method, point.queueDepth, point.completion);
    const objections = machineObjections(point, backend, machine);
    failures.push(...objections.map((objection) => unsupported(point, objection)));
    if (backend !== null && objections.length === 0) natives.push({ point, backend });
  }
  return { natives, failures };
}

/** Everything that its target, and what both take of the machine, have against one point. */
export function caseFailures(judged: JudgedOnTarget): readonly Failure[] {
  const { point, target } = judged;
  const path = target.facts.resolvedPath;
  return [
    ...targetObjections(judged).map(({ field, ...told }): Failure => ({
      code: "TARGET_UNUSABLE",
      where: field === null ? path : `${path}: ${whereJob(point, field)}`,
      ...told,
    })),
    ...needObjections(judged).map((objection) => unsupported(point, objection)),
  ];
}
