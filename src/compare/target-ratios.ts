// A run on several targets -> every further target beside the first one: paired rounds, ratios, intervals; pure.

import type { Result } from "../result/result.ts";
import { DEFAULT_GATES } from "../shared/metrics.ts";
import type { Comparison } from "./comparison.ts";
import { comparePairs } from "./pairs.ts";

/** Cases of one target, in the order of the plan: the same points in the same order for each target. */
function casesOn(result: Result, path: string): readonly number[] {
  return result.cases.flatMap(({ settings }, index) => (settings.target === path ? [index] : []));
}

/**
 * One comparison for each target but the first. Rounds of equal index ran within the same sweep, so that they are
 * pairs. Empty: one target only, two sides of `ab`, or targets whose cases do not correspond.
 */
export function targetRatios(result: Result): readonly Comparison[] {
  const [first, ...others] = result.targets.map(({ resolvedPath }) => resolvedPath);
  if (first === undefined || result.pairing !== null) return [];
  const baseline = casesOn(result, first);
  return others.flatMap((path) => {
    const candidate = casesOn(result, path);
    if (candidate.length !== baseline.length || baseline.length === 0) return [];
    const cases = baseline.map((index, place): [number, number] => [index, candidate[place] ?? index]);
    const paired: Result = { ...result, pairing: { kind: "targets", labels: [first, path], cases, looks: 1 } };
    return comparePairs(paired, [], { gates: DEFAULT_GATES, tolerances: [], allowed: [] }) ?? [];
  });
}
