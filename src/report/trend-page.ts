// A trend -> a page: a sparkline for every series, below it its steps with date and size, and what is part of no series.

import type { LeftOut } from "../compare/comparable-series.ts";
import type { Trend, TrendSeries, TrendStep } from "../compare/trend.ts";
import { groupBy } from "../shared/lists.ts";
import { metricParts } from "../shared/metrics.ts";
import { counted } from "../shared/units.ts";
import { plainPercent, signedPercent } from "../shared/percent.ts";
import { figureText } from "./comparison-text.ts";
import { DASH, shortened } from "./numbers.ts";
import { NO_RECORDS, type BuildPage, type Group, type Records, type Row, type Section } from "./page.ts";

export const pageOf: BuildPage<Trend> = (trend, { parts }) => {
  const steps = trend.series.reduce((sum, series) => sum + series.steps.length, 0);
  const summary = `${counted(trend.runs, "run")}, ${counted(steps, "step")}.`;
  const starts = trend.series.flatMap(({ points }) => points.map(({ startedAt }) => startedAt)).sort();
  return {
    title: "Trend",
    startedAt: starts.at(-1) ?? "",
    hostname: "",
    verdict: null,
    summary,
    sections: parts.includes("sections") ? sectionsOf(trend, summary) : [],
    alerts: [],
    records: parts.includes("records") ? recordsOf(trend) : NO_RECORDS,
    suites: [],
    document: trend,
  };
};

function sectionsOf(trend: Trend, summary: string): readonly Section[] {
  const { series, leftOut } = trend;
  const groups = Array.from(groupBy(series, keyOf).values(), groupOf);
  const columns = [
    { header: "runs", priority: 2, align: "left" as const },
    { header: "before", priority: 4 },
    { header: "after", priority: 5 },
    { header: "change", priority: 6 },
    { header: "steps", priority: 3, align: "left" as const },
  ];
  return [
    ...(groups.length === 0
      ? []
      : [{ kind: "table" as const, table: { title: "Trend", keys: ["Case", "Metric"], columns, groups } }]),
    {
      kind: "list",
      heading: "Not comparable",
      each: "Not comparable, and so in series of their own",
      texts: apartTexts(trend),
    },
    { kind: "list", heading: "Left out", each: "Left out", texts: leftOut.map(leftOutText) },
    { kind: "notes", texts: [summary] },
  ];
}

const keyOf = ({ id, facts }: TrendSeries): string => JSON.stringify([id, facts]);
const minuteOf = (startedAt: string): string => `${startedAt.slice(0, 16)}Z`;

/** More changes of one series than these are only counted. */
const MOST_CHANGES = 10;

/** All figures of one series, below where it was measured, if there are others of that case, and what changed. */
function groupOf(figures: readonly [TrendSeries, ...TrendSeries[]]): Group {
  const [{ id, apart, changes }] = figures;
  return {
    heading: id,
    notes: [
      ...apart.map(({ what, text }) => `${what}: ${text}`),
      ...shortened(
        changes.map(({ startedAt, what, before, after }) => `${minuteOf(startedAt)}  ${what}: ${before} -> ${after}`),
        MOST_CHANGES,
      ),
    ],
    rows: figures.flatMap((series) => [seriesRow(series), ...series.steps.map((step) => stepRow(series, step))]),
  };
}

const WIDEST_SPARKLINE = 20;

/** From the first run to the last. */
function seriesRow(series: TrendSeries): Row {
  const values = series.points.map(({ value }) => value);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const spread = Math.max(...values) / Math.min(...values) - 1;
  return {
    name: series.id,
    label: series.metric,
    cells: [
      sparkline(values, WIDEST_SPARKLINE),
      valueText(series, first),
      valueText(series, last),
      first === 0 ? DASH : signedPercent(last / first - 1),
      series.steps.length === 0 ? `no step; spread ${plainPercent(spread)}` : "",
    ],
  };
}

function stepRow(series: TrendSeries, { startedAt, before, after, change, isWorse, p }: TrendStep): Row {
  return {
    name: null,
    label: minuteOf(startedAt),
    cells: [
      "",
      valueText(series, before),
      valueText(series, after),
      signedPercent(change),
      `${isWorse ? "worse" : "better"}, p ${p.toFixed(3)}`,
    ],
    tone: isWorse ? "bad" : "good",
  };
}

const valueText = ({ metric }: TrendSeries, median: number): string => figureText({ median }, metricParts(metric).kind);

const BARS = "▁▂▃▄▅▆▇█";

/** One character per value, from the lowest to the highest; of many values the last `columns`. */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = values.slice(-columns);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  return shown
    .map((value) => {
      const place = high === low ? 0.5 : (value - low) / (high - low);
      return BARS[Math.min(Math.floor(place * BARS.length), BARS.length - 1)] ?? "";
    })
    .join("");
}

/** Which facts make series of their own, and how to put them into one. */
function apartTexts({ series }: Trend): readonly string[] {
  const names = [...new Set(series.flatMap(({ apart }) => apart.map(({ what }) => what)))];
  if (names.length === 0) return [];
  const flags = names.map((name) => `--allow-difference ${name}`).join(" ");
  return [`runs that differ in ${names.join(", ")}. To put them into one: ${flags}`];
}

const REASONS: Readonly<Record<LeftOut["reason"], string>> = {
  failed: "it failed",
  aborted: "it was ended early",
  pending: "it was not measured to its end",
  twice: "it was given twice",
  stopped: "diskbench was stopped in each of its rounds",
};

function leftOutText({ startedAt, hostname, id, reason }: LeftOut): string {
  return `${id === null ? "" : `${id} of `}the run of ${startedAt} on ${hostname}, because ${REASONS[reason]}`;
}

/** One per series, metric and run; a step stands at the first run of its new level. */
function recordsOf({ series }: Trend): Records {
  return {
    columns: ["case", "apart", "metric", "started_at", "value", "step_change", "step_p"],
    rows: series.flatMap(({ id, apart, metric, points, steps }) =>
      points.map(({ startedAt, value }) => {
        const step = steps.find((each) => each.startedAt === startedAt);
        const where = apart.map(({ what, text }) => `${what}: ${text}`).join("; ");
        return [id, where, metric, startedAt, value, step?.change ?? null, step?.p ?? null];
      }),
    ),
  };
}
