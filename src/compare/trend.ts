// A history of results -> for every case and metric its values over time and the steps in them; pure.

import type { Result } from "../result/result.ts";
import type { Metric } from "../shared/metrics.ts";
import { type ChangePointOptions, changePoints } from "../stats/change-points.ts";
import { median } from "../stats/ranks.ts";
import { metricParts } from "../shared/metrics.ts";
import { roundFigure } from "./round-figures.ts";

export const TREND_SCHEMA = "diskbench-trend/1";

/** Same history, same answer: the permutations are seeded. A step lasts for at least two runs. */
const CHANGE_POINTS: ChangePointOptions = { seed: 1, permutations: 999, significance: 0.05, smallestPart: 2 };

/** One run's value. */
export interface TrendPoint {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly value: number;
}

export interface TrendStep {
  /** The first run of the new level. */
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

export interface TrendSeries {
  readonly id: string;
  readonly metric: Metric;
  readonly points: readonly TrendPoint[];
  readonly steps: readonly TrendStep[];
}

export interface Trend {
  readonly schema: typeof TREND_SCHEMA;
  readonly runs: number;
  readonly series: readonly TrendSeries[];
}

function pointsOf(results: readonly Result[], id: string, metric: Metric): readonly TrendPoint[] {
  return results.flatMap(({ startedAt, cases }) => {
    const values = (cases.find((each) => each.id === id)?.rounds ?? []).map((round) => roundFigure(round, metric));
    const present = values.filter((value) => value !== null);
    const value = present.length < values.length ? null : median(present);
    return value === null ? [] : [{ startedAt, value }];
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
export function trendOf(results: readonly Result[], metrics: readonly Metric[]): Trend {
  const ordered = results.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const ids = [...new Set(ordered.flatMap(({ cases }) => cases.map(({ id }) => id)))];
  const series = ids.flatMap((id) =>
    metrics.map((metric): TrendSeries => {
      const points = pointsOf(ordered, id, metric);
      return { id, metric, points, steps: stepsOf(metric, points) };
    }),
  );
  return { schema: TREND_SCHEMA, runs: results.length, series: series.filter(({ points }) => points.length > 0) };
}
