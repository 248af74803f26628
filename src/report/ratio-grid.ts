// A run on several targets -> tables of how each further target compares with the first.

import type { Comparison, MetricComparison } from "../compare/comparison.ts";
import { targetRatios } from "../compare/target-ratios.ts";
import type { Result } from "../result/result.ts";
import { intervalText, signedPercent } from "./comparison-text.ts";
import type { Grid } from "./grid.ts";
import { DASH } from "./numbers.ts";
import { printable } from "../shared/printable.ts";

/** Too few rounds for an interval still have medians. */
function ratioText({ change, baseline, candidate }: MetricComparison): string {
  if (change !== null) return signedPercent(change.estimate);
  if (baseline.median === null || candidate.median === null || baseline.median === 0) return DASH;
  return signedPercent(candidate.median / baseline.median - 1);
}

const SHOWN = ["iops", "latencyNs.p50", "latencyNs.p99"] as const;

function gridOf({ cases, baseline, candidate, confidence }: Comparison): Grid {
  const interval = `${confidence.level * 100}% interval`;
  const rows = cases.map(({ id, metrics }) => ({
    label: printable(id),
    indent: "  ",
    cells: SHOWN.flatMap((name) => {
      const metric = metrics.find((each) => each.metric === name);
      return metric === undefined ? [DASH, DASH] : [ratioText(metric), intervalText(metric.change)];
    }),
  }));
  return {
    title: "Ratio",
    columns: [
      { header: "IOPS", priority: 6 },
      { header: interval, priority: 5 },
      { header: "p50", priority: 4 },
      { header: interval, priority: 2 },
      { header: "p99", priority: 3 },
      { header: interval, priority: 1 },
    ],
    sections: [{ heading: `${printable(candidate.label)} beside ${printable(baseline.label)}`, rows }],
  };
}

/** One table for each target but the first; none for a single target. */
export function ratioGrids(result: Result): readonly Grid[] {
  return targetRatios(result).map(gridOf);
}
