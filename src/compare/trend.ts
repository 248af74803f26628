// A history of results -> for every comparable series and metric its values over time and the steps in them; pure.

import type { Result } from "../result/result.ts";
import { type Metric, metricParts } from "../shared/metrics.ts";
import { type ChangePointOptions, changePoints } from "../stats/change-points.ts";
import { median } from "../stats/ranks.ts";
import { comparableSeries, type ComparableSeries, type LeftOut } from "./comparable-series.ts";
import type { SeparatingDifference } from "./comparison.ts";
import { medianFigure } from "./series-of.ts";

export const TREND_SCHEMA = "diskbench-trend/1";

/** Same history, same answer: the permutations are seeded. A step lasts for at least two runs. */
const CHANGE_POINTS: ChangePointOptions = { seed: 1, permutations: 999, significance: 0.05, smallestPart: 2 };

export interface TrendPoint {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly value: number;
}

export interface TrendStep {
  readonly startedAt: string;
  /** Median of the level before and of the new one. */
  readonly before: number;
  readonly after: number;
  /** after / before - 1 */
  readonly change: number;
  readonly isWorse: boolean;
  /** Share of permutations with as clear a step. */
  readonly p: number;
}

/** One figure of a series. What changed on the way may be why a step is there. */
export interface TrendSeries extends Omit<ComparableSeries, "runs"> {
  readonly metric: Metric;
  readonly points: readonly TrendPoint[];
  readonly steps: readonly TrendStep[];
}

export interface Trend {
  readonly schema: typeof TREND_SCHEMA;
  readonly runs: number;
  readonly leftOut: readonly LeftOut[];
  readonly series: readonly TrendSeries[];
}

function pointsOf({ runs }: ComparableSeries, metric: Metric): readonly TrendPoint[] {
  return runs.flatMap(({ result, each }) => {
    const value = medianFigure(each.rounds, metric);
    return value === null ? [] : [{ startedAt: result.startedAt, value }];
  });
}

function stepsOf(metric: Metric, points: readonly TrendPoint[]): readonly TrendStep[] {
  const values = points.map(({ value }) => value);
  const changes = changePoints(values, CHANGE_POINTS);
  const starts = [0, ...changes.map(({ index }) => index), values.length];
  const levels = starts
    .slice(0, -1)
    .map((start, place) => median(values.slice(start, starts[place + 1])) ?? Number.NaN);
  return changes.flatMap(({ index, p }, place) => {
    const [before, after] = [levels[place], levels[place + 1]];
    const first = points[index];
    if (before === undefined || after === undefined || first === undefined) return [];
    const isWorse = metricParts(metric).betterWhen === "higher" ? after < before : after > before;
    return [{ startedAt: first.startedAt, before, after, change: after / before - 1, isWorse, p }];
  });
}

/** Results in any order; each run's value is the median of its rounds. */
export function trendOf(
  results: readonly Result[],
  metrics: readonly Metric[],
  allowed: readonly SeparatingDifference[] = [],
): Trend {
  const { runs, series, leftOut } = comparableSeries(results, allowed);
  const found = series.flatMap((each) =>
    metrics.map((metric): TrendSeries => {
      const { id, facts, apart, changes } = each;
      const points = pointsOf(each, metric);
      return { id, metric, facts, apart, changes, points, steps: stepsOf(metric, points) };
    }),
  );
  return { schema: TREND_SCHEMA, runs, leftOut, series: found.filter(({ points }) => points.length > 0) };
}
