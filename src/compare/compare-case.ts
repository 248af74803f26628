// One metric of one case on both sides -> the test to make, and after all tests were judged, what is said about it.

import { bucketIndex, bucketWidthNs } from "../samples/histogram.ts";
import { isPercentile, LATENCY_PERCENTILES, type Metric, metricParts } from "../shared/metrics.ts";
import { medianInterval } from "../stats/median-interval.ts";
import { median } from "../stats/ranks.ts";
import type { MetricComparison, MetricVerdict, SideFigure } from "./comparison.ts";
import { type ChangeInterval, type Confidence, type Obstacle, roundsToDecide, type Series } from "./judge.ts";
import type { Judged, Test } from "./judge-all.ts";
import { type CaseSide, slowestRate, valuesOf } from "./series-of.ts";

/** One line of the comparison before it is judged. */
export interface Question {
  readonly metric: Metric;
  readonly baseline: CaseSide | null;
  readonly candidate: CaseSide | null;
  readonly unit: "round" | "run";
  readonly tolerance: number;
  readonly test: Test;
  /** A percentile that neither side could measure for want of I/Os. */
  readonly unmeasured: boolean;
}

export interface QuestionOptions {
  readonly paired: boolean;
  readonly unit: "round" | "run";
  readonly gated: boolean;
  readonly tolerance: number;
  readonly confidence: Confidence;
  /** Coarser of both machines' clocks. */
  readonly clockNs: number;
}

/** Which percentile it is, in percent; null: none. */
function percentOf(metric: Metric): number | null {
  const { figure } = metricParts(metric);
  return isPercentile(figure) ? LATENCY_PERCENTILES[figure] : null;
}

const present = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

/** A difference of latencies below one step of the clock plus one histogram bucket does not count. */
function withFloor(tolerance: number, metric: Metric, baseline: readonly (number | null)[], clockNs: number): number {
  const level = median(present(baseline));
  if (!metric.includes("latencyNs.") || level === null || level <= 0) return tolerance;
  return Math.max(tolerance, (clockNs + bucketWidthNs(bucketIndex(level))) / level);
}

/** Rounds that ran side by side; one without its twin says nothing. */
function twins(series: Series): Series {
  const count = Math.min(series.baseline.length, series.candidate.length);
  return { baseline: series.baseline.slice(0, count), candidate: series.candidate.slice(0, count) };
}

const lacks = (values: readonly (number | null)[]): boolean => values.length > 0 && values.includes(null);

/** `null` for a side that lacks the case. */
export function questionOf(
  metric: Metric,
  baseline: CaseSide | null,
  candidate: CaseSide | null,
  { paired, unit, gated, tolerance, confidence, clockNs }: QuestionOptions,
): Question {
  const series: Series = {
    baseline: baseline === null || baseline.broken ? [] : valuesOf(baseline, metric, unit),
    candidate: candidate === null || candidate.broken ? [] : valuesOf(candidate, metric, unit),
  };
  const unmeasured = lacks(series.baseline) && lacks(series.candidate) && percentOf(metric) !== null;
  const floored = withFloor(tolerance, metric, series.baseline, clockNs);
  return {
    metric,
    baseline,
    candidate,
    unit,
    tolerance: floored,
    unmeasured,
    test: {
      series: paired ? twins(series) : series,
      options: { paired, betterWhen: metricParts(metric).betterWhen, tolerance: floored, confidence },
      gated: gated && !unmeasured,
    },
  };
}

function sideFigure(values: readonly (number | null)[]): SideFigure {
  const sorted = present(values).toSorted((a, b) => a - b);
  const [low, high] = medianInterval(sorted.length, 0.95) ?? [0, 0];
  return {
    median: median(sorted),
    low: sorted[low - 1] ?? null,
    high: sorted[high - 1] ?? null,
    count: values.length,
  };
}

const inverse = (ratio: number): number => 1 / (1 + ratio) - 1;

/** From "worse by" to candidate / baseline - 1: for rates the inverse, with the ends exchanged. */
function changeOf(worse: ChangeInterval | null, betterWhen: "higher" | "lower"): ChangeInterval | null {
  if (worse === null || betterWhen === "lower") return worse;
  return { estimate: inverse(worse.estimate), low: inverse(worse.high), high: inverse(worse.low) };
}

/** I/Os that make a percentile mean something, with a tenth to spare, at the slower side's rate. */
function secondsNeeded({ metric, baseline, candidate }: Question): number | null {
  const percent = percentOf(metric);
  const rates = [baseline, candidate].flatMap((side) => {
    const rate = side === null ? null : slowestRate(side, metric);
    return rate === null ? [] : [rate];
  });
  if (percent === null || rates.length === 0) return null;
  const ios = 10 / (1 - percent / 100);
  return Math.ceil((1.1 * ios) / Math.min(...rates));
}

const OBSTACLE_NOTES: Readonly<Record<Obstacle, string>> = {
  missing: "not measured on both sides",
  "not-a-number": "a value is no number",
  zero: "a value is zero, and zero has no ratio",
  "too-few": "too few values for an interval",
};

function sideNote(side: CaseSide | null, name: string): string | null {
  if (side === null) return `the case is missing from the ${name}`;
  return side.broken ? `the case did not come to its end in the ${name}` : null;
}

function noteOf(question: Question, judged: Judged): string | null {
  const { obstacle } = judged.evidence;
  if (question.unmeasured) return "too few I/Os for this percentile";
  const sides = [sideNote(question.baseline, "baseline"), sideNote(question.candidate, "candidate")];
  const broken = sides.find((note) => note !== null);
  if (broken !== undefined && broken !== null) return broken;
  return obstacle === null ? null : OBSTACLE_NOTES[obstacle];
}

/** What is said about a judged question; `tests` is the number of gated tests of the call. */
export function answerOf(question: Question, judged: Judged, tests: number, comparable: boolean): MetricComparison {
  const { metric, test, tolerance, unmeasured } = question;
  const { betterWhen, kind } = metricParts(metric);
  const { evidence } = judged;
  const verdict: MetricVerdict = !comparable ? "not-comparable" : unmeasured ? "unmeasured" : judged.verdict;
  const lacksIos = unmeasured || (evidence.obstacle === "missing" && test.series.baseline.length > 0);
  return {
    metric,
    kind,
    betterWhen,
    gated: test.gated,
    verdict,
    slowerWithinTolerance: verdict === "pass" && (evidence.worse?.low ?? 0) > 0,
    baseline: sideFigure(test.series.baseline),
    candidate: sideFigure(test.series.candidate),
    change: changeOf(evidence.worse, betterWhen),
    worse: evidence.worse,
    tolerance,
    p: evidence.p,
    adjustedP: judged.adjustedP,
    obstacle: evidence.obstacle,
    cannotClose: judged.cannotClose,
    roundsToDecide: verdict === "inconclusive" ? roundsToDecide(evidence, test.options, test.gated ? tests : 1) : null,
    secondsNeeded: lacksIos ? secondsNeeded(question) : null,
    note: noteOf(question, judged),
  };
}
