// Profile + machine + what stands in the targets' places -> the Plan; pure, nothing is touched.

import { type PlanOptions, type TargetCase, targetFailures } from "../rules/target-rules.ts";
import { throwFailures, withoutRepeats } from "../shared/errors.ts";
import { groupBy } from "../shared/lists.ts";
import { type NativePoint, caseFailures, nativePoints } from "../rules/judge-points.ts";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import type { Profile, ResolvedProfile } from "../profile/profile.ts";
import { caseId, targetLabels } from "./case-id.ts";
import { settingsOf } from "./case-settings.ts";
import { gateFailures } from "./gate-failures.ts";
import { type MergedCase, planNotes } from "./plan-notes.ts";
import { planOrder } from "./order.ts";
import type { Case, CaseSettings, Plan, PlannedTarget } from "./plan.ts";
import { planTarget, useOf } from "./planned-targets.ts";
import { iosLimit, threadRanges } from "./ranges.ts";
import { describeWear, estimateSeconds, planWear } from "./wear.ts";

interface Candidate {
  readonly native: NativePoint;
  readonly target: PlannedTarget;
  readonly settings: CaseSettings;
}

function planTargets(
  profile: ResolvedProfile,
  facts: readonly TargetFacts[],
  natives: readonly NativePoint[],
): readonly TargetCase[] {
  return profile.targets.map((spec, index) => {
    const place = facts[index];
    if (place === undefined) throw new Error(`no facts for target ${index}`);
    const use = useOf(natives.filter(({ point }) => point.targetIndex === index));
    return { spec, use, planned: planTarget(spec, place, index, use) };
  });
}

function candidatesOf(natives: readonly NativePoint[], targets: readonly TargetCase[]): readonly Candidate[] {
  return natives.flatMap((native) => {
    const target = targets[native.point.targetIndex];
    if (target === undefined) return [];
    return [{ native, target: target.planned, settings: settingsOf(native, target.planned) }];
  });
}

function planCase({ native, target, settings }: Candidate, id: string, index: number): Case {
  const { point } = native;
  const ios = iosLimit(point);
  return {
    index,
    id,
    job: point.job,
    targetIndex: point.targetIndex,
    settings,
    ios,
    ranges: threadRanges(point, target.sizeBytes, ios),
  };
}

/** Points that come to the same settings have the same id and become one case. */
function planCases(
  candidates: readonly Candidate[],
  targets: readonly PlannedTarget[],
): { cases: readonly Case[]; merged: readonly MergedCase[] } {
  const labels = targetLabels(targets.map(({ facts }) => facts.resolvedPath));
  const groups = groupBy(candidates, ({ native, target, settings }) =>
    caseId(native.point.job, settings, labels[target.index] ?? null),
  );
  const entries = [...groups];
  return {
    cases: entries.map(([id, [first]], index) => planCase(first, id, index)),
    merged: entries.map(([id, group]) => ({ id, points: group.length })).filter(({ points }) => points > 1),
  };
}

/**
 * What a run of `profile` on `machine` will do; `facts` stand in the order of `profile.targets`.
 * Throws one DiskbenchError with everything that is in the way: PROFILE_INVALID for what the document alone decides,
 * UNSUPPORTED, TARGET_UNUSABLE and NO_SPACE for what the machine decides.
 */
export function buildPlan(
  { points, ...profile }: Profile,
  machine: Machine,
  facts: readonly TargetFacts[],
  options: PlanOptions,
): Plan {
  const { natives, failures } = nativePoints(points, machine);
  const targetCases = planTargets(profile, facts, natives);
  const candidates = candidatesOf(natives, targetCases);
  throwFailures(
    withoutRepeats([
      ...failures,
      ...targetFailures(targetCases, machine, options),
      ...candidates.flatMap(({ native, target }) => caseFailures({ ...native, target, machine })),
    ]),
  );

  const { seed, rounds } = profile;
  const targets = targetCases.map(({ planned }) => planned);
  const { cases, merged } = planCases(candidates, targets);
  throwFailures(gateFailures(profile, cases));
  const wear = planWear(cases, targets, rounds);
  return {
    profile,
    machine,
    seed,
    rounds,
    targets,
    cases,
    order: planOrder(cases.length, rounds, seed),
    wear,
    estimatedSeconds: estimateSeconds(cases, wear.fillBytes, rounds),
    notes: [describeWear(wear, cases, rounds), ...planNotes({ machine, targets, cases, merged })],
  };
}
