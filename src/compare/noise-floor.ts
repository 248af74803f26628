// The result of an A/A run -> how far equal things differ here, the tolerance and the rounds that follow from it.

import type { Result } from "../result/result.ts";
import { DEFAULT_GATES, type Metric } from "../shared/metrics.ts";
import { comparePairs } from "./pairs.ts";
import type { Comparison, MetricComparison } from "./comparison.ts";
import { DEFAULT_TOLERANCE } from "./tolerances.ts";
import { formatPercent } from "../shared/percent.ts";

export interface MetricNoise {
  readonly metric: Metric;
  /** The farthest end of an interval of any case: so far do equal things seem to differ. */
  readonly floor: number;
  /** The floor rounded up, at least 1 %. */
  readonly tolerance: number;
  /** Rounds with which the default tolerance would do: its intervals would be half as wide as that. */
  readonly rounds: number;
}

/** Null where there is nothing to measure it by. */
function noiseOf(metric: Metric, answers: readonly MetricComparison[], least: number): MetricNoise | null {
  const intervals = answers.flatMap(({ worse, baseline }) =>
    worse === null ? [] : [{ ...worse, count: baseline.count }],
  );
  if (intervals.length === 0) return null;
  const floor = Math.max(...intervals.map(({ low, high }) => Math.max(high, 1 / (1 + low) - 1)));
  // Room for what another run would show, in whole percents.
  const tolerance = Math.max(Math.ceil(floor * 1.25 * 100 - 1e-9) / 100, 0.01);
  const rounds = intervals.map(({ low, high, count }) => {
    const halfWidth = (Math.log1p(high) - Math.log1p(low)) / 2;
    return Math.ceil(count * (halfWidth / (Math.log1p(DEFAULT_TOLERANCE) / 2)) ** 2);
  });
  return { metric, floor, tolerance, rounds: Math.max(...rounds, least) };
}

/** What an A/A comparison says about the machine; `least` is the number of rounds with which gates can close. */
export function noiseFloor(comparison: Comparison, least: number): readonly MetricNoise[] {
  return comparison.gates.flatMap((metric) => {
    const answers = comparison.cases.flatMap(({ metrics }) => metrics.filter((each) => each.metric === metric));
    return noiseOf(metric, answers, least) ?? [];
  });
}

/** The noise floor in the results of A/A runs, the higher of several; null: they are not of that kind. */
export function readNoiseFloor(results: readonly Result[]): ReadonlyMap<Metric, number> | null {
  const floors = new Map<Metric, number>();
  for (const result of results) {
    if (result.pairing?.kind !== "same") return null;
    const comparison = comparePairs(result, [], { gates: DEFAULT_GATES, tolerances: [], allowed: [] });
    if (comparison === null) return null;
    for (const { metrics } of comparison.cases) {
      for (const { metric, floor } of metrics.flatMap((each) => noiseOf(each.metric, [each], 0) ?? [])) {
        floors.set(metric, Math.max(floors.get(metric) ?? 0, floor));
      }
    }
  }
  return floors;
}

export function noiseWarnings(comparison: Comparison, floors: ReadonlyMap<Metric, number>): readonly string[] {
  return comparison.gates.flatMap((metric) => {
    const floor = floors.get(metric);
    const answers = comparison.cases.flatMap(({ metrics }) => metrics.filter((each) => each.metric === metric));
    const smallest = Math.min(...answers.map(({ tolerance }) => tolerance));
    if (floor === undefined || smallest >= floor) return [];
    return [
      `The tolerance of ${formatPercent(smallest)} for ${metric} is below the noise floor of ${formatPercent(floor)} that --aa measured: expect false alarms and undecided gates`,
    ];
  });
}
