// A run on several targets -> tables of how each further target compares with the first.

import type { Comparison, MetricComparison } from "../compare/comparison.ts";
import { targetRatios } from "../compare/target-ratios.ts";
import type { Result } from "../result/result.ts";
import { intervalName, intervalText } from "./comparison-text.ts";
import { signedPercent } from "../shared/percent.ts";
import { DASH } from "./numbers.ts";
import type { Table } from "./page.ts";

/** Too few rounds for an interval still have medians. */
function ratioText({ change, baseline, candidate }: MetricComparison): string {
  if (change !== null) return signedPercent(change.estimate);
  if (baseline.median === null || candidate.median === null || baseline.median === 0) return DASH;
  return signedPercent(candidate.median / baseline.median - 1);
}

const SHOWN = ["iops", "latencyNs.p50", "latencyNs.p99"] as const;

function tableOf(comparison: Comparison): Table {
  const { cases, baseline, candidate } = comparison;
  const interval = intervalName(comparison);
  const rows = cases.map(({ id, metrics }) => ({
    name: id,
    label: id,
    cells: SHOWN.flatMap((name) => {
      const metric = metrics.find((each) => each.metric === name);
      return metric === undefined ? [DASH, DASH] : [ratioText(metric), intervalText(metric.change)];
    }),
  }));
  return {
    title: "Ratio",
    caption: `${candidate.label} beside ${baseline.label}`,
    keys: ["Case"],
    columns: [
      { header: "IOPS", priority: 6 },
      { header: interval, priority: 5 },
      { header: "p50", priority: 4 },
      { header: interval, priority: 2 },
      { header: "p99", priority: 3 },
      { header: interval, priority: 1 },
    ],
    groups: [{ heading: "", rows }],
  };
}

/** One table for each target but the first; none for a single target. */
export function ratioTables(result: Result): readonly Table[] {
  return targetRatios(result).map(tableOf);
}
