// Target specs + what stands in their places -> what will be done to each target.

import { touchesTarget } from "../shared/methods.ts";
import type { TargetFacts } from "../machine/machine.ts";
import { DEFAULT_FILE_SIZE_BYTES } from "../profile/defaults.ts";
import type { TargetSpec } from "../profile/profile.ts";
import { reads, writes } from "./case-settings.ts";
import { type NativePoint } from "./native-points.ts";
import type { PlannedTarget } from "./plan.ts";

/** What the cases of a run do to one target. */
export interface TargetUse {
  readonly reads: boolean;
  readonly writes: boolean;
}

/** What `points`, all of one target, do to it; back ends that do no I/O do nothing to it. */
export function useOf(points: readonly NativePoint[]): TargetUse {
  const operations = points.filter(({ backend }) => touchesTarget(backend)).map(({ point }) => point.operation);
  return { reads: operations.some(reads), writes: operations.some(writes) };
}

function kindOf({ existing, ours }: TargetFacts): PlannedTarget["kind"] {
  if (existing?.kind === "block-device") return "device";
  return existing === null || ours ? "file" : "existing-file";
}

/** Whether what is there is used at its size and with its contents, or only overwritten within them. */
export function keepsItsSize(kind: PlannedTarget["kind"], spec: TargetSpec, facts: TargetFacts): boolean {
  return kind !== "file" || (spec.preallocate === "none" && facts.existing !== null);
}

/** How the target's space is really come by: only files of diskbench's own are made or resized. */
function preparation(
  kind: PlannedTarget["kind"],
  spec: TargetSpec,
  use: TargetUse,
): Pick<PlannedTarget, "fill" | "preallocate"> {
  const asItIs = { preallocate: "none", fill: "none" } as const;
  if (!use.reads && !use.writes) return asItIs;
  const { preallocate } = spec;
  // Somebody else's file is filled only where the run overwrites it anyway; a device never, it would take hours.
  const isFilled = preallocate === "fill" && (kind === "file" || (kind === "existing-file" && use.writes));
  if (isFilled) return { preallocate, fill: spec.fill };
  return kind === "file" ? { preallocate, fill: "none" } : asItIs;
}

/** The plan for one target. It is complete even where `target-failures.ts` will object to it. */
export function planTarget(spec: TargetSpec, facts: TargetFacts, index: number, use: TargetUse): PlannedTarget {
  const kind = kindOf(facts);
  const foundBytes = keepsItsSize(kind, spec, facts) ? facts.existing?.sizeBytes : undefined;
  const sizeBytes = spec.sizeBytes ?? foundBytes ?? DEFAULT_FILE_SIZE_BYTES;
  const prepared = preparation(kind, spec, use);
  return {
    index,
    facts,
    kind,
    sizeBytes,
    ...prepared,
    written: use.writes,
    fillBytes: prepared.preallocate === "fill" ? sizeBytes : 0,
  };
}
