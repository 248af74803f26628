// Target specs + what stands in their places -> what will be done to each target.

import type { NativePoint } from "../rules/judge-points.ts";
import type { TargetSpec } from "../job/points.ts";
import { touchesTarget } from "../shared/methods.ts";
import type { TargetFacts } from "../machine/machine.ts";
import { DEFAULT_FILE_SIZE_BYTES } from "../profile/defaults.ts";
import type { PlannedTarget } from "../rules/judged.ts";
import { keepsItsSize, type TargetUse } from "../rules/target-rules.ts";
import { reads, writes } from "../shared/operations.ts";

/** What `points`, all of one target, do to it; back ends that do no I/O do nothing to it. */
export function useOf(points: readonly NativePoint[]): TargetUse {
  const operations = points.filter(({ backend }) => touchesTarget(backend)).map(({ point }) => point.operation);
  return { reads: operations.some(reads), writes: operations.some(writes) };
}

function kindOf({ existing, ours }: TargetFacts): PlannedTarget["kind"] {
  if (existing?.kind === "block-device") return "device";
  return existing === null || ours ? "file" : "existing-file";
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

/** The plan for one target. It is complete even where a rule will object to it. */
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
