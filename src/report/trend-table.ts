// A trend -> a line with a sparkline for every series, and below it the steps with date and size.

import type { LeftOut } from "../compare/comparable-series.ts";
import type { Trend, TrendSeries, TrendStep } from "../compare/trend.ts";
import { groupBy } from "../shared/lists.ts";
import { metricParts } from "../shared/metrics.ts";
import { counted } from "../shared/units.ts";
import { figureText, plainPercent, shortened, signedPercent } from "./comparison-text.ts";
import { MINIMUM_WIDTH } from "./terminal.ts";
import { printable } from "../shared/printable.ts";
import { joinBlocks, shorten, wrap } from "../shared/text.ts";

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

const valueText = ({ metric }: TrendSeries, median: number): string => figureText({ median }, metricParts(metric).kind);

function stepText(series: TrendSeries, { startedAt, before, after, change, isWorse, p }: TrendStep): string {
  const figures = `${valueText(series, before)} -> ${valueText(series, after)}`;
  return `    ${startedAt.slice(0, 16)}Z  ${signedPercent(change)}  ${figures}  ${isWorse ? "worse" : "better"}, p ${p.toFixed(3)}`;
}

const WIDEST_SPARKLINE = 40;
const WIDTH_OF_FIGURES = 34;

function seriesLines(series: TrendSeries, width: number): readonly string[] {
  const values = series.points.map(({ value }) => value);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const spread = `${plainPercent(Math.max(...values) / Math.min(...values) - 1)} between lowest and highest`;
  const columns = Math.min(WIDEST_SPARKLINE, Math.max(width - WIDTH_OF_FIGURES - series.metric.length, 8));
  return [
    `  ${series.metric}  ${sparkline(values, columns)}  ${valueText(series, first)} -> ${valueText(series, last)}`,
    ...(series.steps.length === 0 ? [`    no step; ${spread}`] : series.steps.map((step) => stepText(series, step))),
  ];
}

/** More changes of one series, or runs left out, than these are only counted. */
const MOST_LINES = 10;

/** Above the figures of a series: where it was measured, if there are others of that case, and what changed on the way. */
function headLines({ id, apart, changes }: TrendSeries, width: number): readonly string[] {
  const texts = [
    ...apart.map(({ what, text }) => `${what}: ${text}`),
    ...shortened(
      changes.map(({ startedAt, what, before, after }) => `${startedAt.slice(0, 16)}Z  ${what}: ${before} -> ${after}`),
      MOST_LINES,
    ),
  ];
  return [
    shorten(printable(id), width),
    ...texts.flatMap((text) => wrap(printable(text), width - 2, "  ").map((line) => `  ${line}`)),
  ];
}

/** Which facts make series of their own, and how to put them into one; null: none does. */
function apartText({ series }: Trend): string | null {
  const names = [...new Set(series.flatMap(({ apart }) => apart.map(({ what }) => what)))];
  if (names.length === 0) return null;
  const flags = names.map((name) => `--allow-difference ${name}`).join(" ");
  return `Not comparable, and so in series of their own: runs that differ in ${names.join(", ")}. To put them into one: ${flags}`;
}

const REASONS: Readonly<Record<LeftOut["reason"], string>> = {
  failed: "it failed",
  aborted: "it was ended early",
  pending: "it was not measured to its end",
  twice: "it was given twice",
  stopped: "diskbench was stopped in each of its rounds",
};

function leftOutText({ startedAt, hostname, id, reason }: LeftOut): string {
  return `Left out: ${id === null ? "" : `${id} of `}the run of ${startedAt} on ${hostname}, because ${REASONS[reason]}`;
}

const keyOf = ({ id, facts }: TrendSeries): string => JSON.stringify([id, facts]);

/** Ends with a newline; a width below 40 counts as 40. */
export function renderTrendTable(trend: Trend, asked: number): string {
  const width = Math.max(asked, MINIMUM_WIDTH);
  const blocks = Array.from(groupBy(trend.series, keyOf).values(), (figures) => {
    const head = figures.slice(0, 1).flatMap((series) => headLines(series, width));
    return [...head, ...figures.flatMap((series) => seriesLines(series, width))].join("\n");
  });
  const steps = trend.series.reduce((sum, series) => sum + series.steps.length, 0);
  const closing = [
    apartText(trend) ?? [],
    ...shortened(trend.leftOut.map(leftOutText), MOST_LINES),
    `${counted(trend.runs, "run")}, ${counted(steps, "step")}.`,
  ].flat();
  return joinBlocks([...blocks, ...closing.map((text) => wrap(printable(text), width, "  ").join("\n"))]);
}
