// Rules such as "5 %, but 10 % for latencyNs.p99 of rand-write" -> the tolerance of one metric of one case.

import type { Tolerance } from "../profile/gates.ts";
import { matchesCase } from "../shared/case-pattern.ts";
import type { Metric } from "../shared/metrics.ts";

export const DEFAULT_TOLERANCE = 0.05;

const exactness = (rule: Tolerance): number => (rule.case === null ? 0 : 2) + (rule.metric === null ? 0 : 1);

/** The first list with a rule that fits wins; in it the most exact rule, of equals the last. 5 % where none fits. */
export function toleranceFor(
  rankings: readonly (readonly Tolerance[])[],
  each: { readonly id: string; readonly job: string },
  metric: Metric,
): number {
  for (const rules of rankings) {
    const fitting = rules.filter((rule) => (rule.metric ?? metric) === metric && matchesCase(rule.case, each));
    const best = Math.max(...fitting.map(exactness));
    const rule = fitting.findLast((candidate) => exactness(candidate) === best);
    if (rule !== undefined) return rule.tolerance;
  }
  return DEFAULT_TOLERANCE;
}
