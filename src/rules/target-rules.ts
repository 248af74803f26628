// Planned targets -> why they cannot be what the profile asks for, before anything is touched.

import type { TargetSpec } from "../job/points.ts";
import { groupBy } from "../shared/lists.ts";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import type { Failure } from "../shared/errors.ts";
import { formatSize, humanBytes } from "../shared/units.ts";
import type { PlannedTarget } from "./judged.ts";

/** What the person allows beyond the usual. */
export interface PlanOptions {
  /** Overwriting a file that diskbench did not make. */
  readonly force: boolean;
  /** Taking the last 5 % of free space. */
  readonly allowFull: boolean;
}

/** What the cases of a run do to one target. */
export interface TargetUse {
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Whether what is there is used at its size and with its contents, or only overwritten within them. */
export function keepsItsSize(kind: PlannedTarget["kind"], spec: TargetSpec, facts: TargetFacts): boolean {
  return kind !== "file" || (spec.preallocate === "none" && facts.existing !== null);
}

/** A target with all that decides about it. */
export interface TargetCase {
  readonly spec: TargetSpec;
  readonly planned: PlannedTarget;
  readonly use: TargetUse;
}

type Rule = (target: TargetCase, machine: Machine, options: PlanOptions) => Failure | null;

function unusable(planned: PlannedTarget, what: string, next: string): Failure {
  return { code: "TARGET_UNUSABLE", where: planned.facts.resolvedPath, what, next };
}

const kindRule: Rule = ({ planned }) => {
  const { existing } = planned.facts;
  if (existing === null || existing.kind === "file" || existing.kind === "block-device") return null;
  return unusable(planned, `this is ${existing.kindText}`, "Name a regular file, a directory or a block device");
};

const ownerRule: Rule = ({ planned, use }, _machine, { force }) => {
  if (planned.kind !== "existing-file" || planned.facts.existing?.kind !== "file" || !use.writes || force) return null;
  const { objection } = planned.facts;
  return {
    ...unusable(
      planned,
      "this file exists and is not diskbench's own; its contents would be overwritten",
      "Name another path, or give --force to overwrite it (it is never resized or removed)",
    ),
    ...(objection === undefined ? {} : { cause: `It carries diskbench's mark, but ${objection}` }),
  };
};

const validDataRule: Rule = ({ spec, planned }, machine) => {
  if (spec.preallocate !== "valid-data" || machine.system === "windows") return null;
  return {
    code: "UNSUPPORTED",
    where: planned.facts.resolvedPath,
    what: `preallocate valid-data exists on Windows only, not on ${machine.system}`,
    next: 'Use "preallocate": "fill"',
  };
};

const sizeRule: Rule = ({ spec, planned }) => {
  const { facts, kind, sizeBytes } = planned;
  if (facts.existing === null || !keepsItsSize(kind, spec, facts) || sizeBytes <= facts.existing.sizeBytes) return null;
  const found = formatSize(facts.existing.sizeBytes);
  return unusable(
    planned,
    `a size of ${formatSize(sizeBytes)} is asked for, but this ${kind === "device" ? "device" : "file"} has ${found}`,
    kind === "file" ? 'Use a smaller size, or "preallocate": "fill"' : "Leave size out, or use a smaller one",
  );
};

const contentsRule: Rule = ({ spec, planned, use }) => {
  const { existing } = planned.facts;
  if (!use.reads || planned.kind !== "file" || (spec.preallocate !== "extend" && spec.preallocate !== "none"))
    return null;
  if (existing !== null && existing.sizeBytes >= planned.sizeBytes) return null;
  return unusable(
    planned,
    `there is nothing to read: ${existing === null ? "the file does not exist" : "the file is shorter"}, and preallocate ${spec.preallocate} writes nothing into it`,
    'Use "preallocate": "fill", or write only',
  );
};

const RULES: readonly Rule[] = [kindRule, ownerRule, validDataRule, sizeRule, contentsRule];

function identityOf({ facts }: PlannedTarget): string | null {
  const identity = facts.existing?.identity;
  return identity === undefined ? null : `${identity.device}:${identity.inode}`;
}

function isSamePlace(one: PlannedTarget, other: PlannedTarget): boolean {
  const identity = identityOf(one);
  return one.facts.resolvedPath === other.facts.resolvedPath || (identity !== null && identity === identityOf(other));
}

function sharedPlaces(targets: readonly TargetCase[]): readonly Failure[] {
  return targets.flatMap(({ planned }, index) => {
    const earlier = targets.slice(0, index).find((other) => isSamePlace(other.planned, planned));
    if (earlier === undefined) return [];
    const what = `the targets ${earlier.planned.facts.path} and ${planned.facts.path} are the same file`;
    return [unusable(planned, what, "Name each target once")];
  });
}

const KEPT_FREE_SHARE = 0.05;

/** Space on its file system that a target still has to take. */
function neededBytes({ planned, use }: TargetCase): number {
  if (planned.kind !== "file" || (!use.reads && !use.writes)) return 0;
  return Math.max(0, planned.sizeBytes - (planned.facts.existing?.allocatedBytes ?? 0));
}

function spaceFailure(targets: readonly [TargetCase, ...TargetCase[]], { allowFull }: PlanOptions): Failure | null {
  const { freeBytes, totalBytes } = targets[0].planned.facts;
  const needed = targets.reduce((sum, target) => sum + neededBytes(target), 0);
  if (freeBytes === null || needed === 0) return null;
  const keptFree = allowFull ? 0 : Math.ceil((totalBytes ?? 0) * KEPT_FREE_SHARE);
  if (needed <= freeBytes - keptFree) return null;
  const kept = keptFree === 0 ? "" : `, of which the last 5 % of the file system (${humanBytes(keptFree)}) stay free`;
  const helps = needed <= freeBytes;
  return {
    code: "NO_SPACE",
    where: targets.map(({ planned }) => planned.facts.resolvedPath).join(", "),
    what: `${humanBytes(needed)} are needed, ${humanBytes(freeBytes)} are free${kept}`,
    next: `Use a smaller size or another target${helps ? ", or give --allow-full to take the last 5 % as well" : ""}`,
  };
}

/** Targets on one file system share its free space. */
function spaceFailures(targets: readonly TargetCase[], options: PlanOptions): readonly Failure[] {
  const groups = groupBy(targets, ({ planned }) => planned.facts.mountPoint ?? planned.facts.resolvedPath);
  return [...groups.values()].map((group) => spaceFailure(group, options)).filter((failure) => failure !== null);
}

/** Everything that `machine` and what stands in the targets' places have against them. */
export function targetFailures(
  targets: readonly TargetCase[],
  machine: Machine,
  options: PlanOptions,
): readonly Failure[] {
  const single = targets.flatMap((target) => RULES.map((rule) => rule(target, machine, options)));
  return [
    ...single.filter((failure) => failure !== null),
    ...sharedPlaces(targets),
    ...spaceFailures(targets, options),
  ];
}
