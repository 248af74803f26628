// A trend -> a line with a sparkline for every series, and below it the steps with date and size.

import type { Trend, TrendSeries, TrendStep } from "../compare/trend.ts";
import { metricParts } from "../shared/metrics.ts";
import { formatFigure } from "./numbers.ts";
import { humanNanoseconds } from "../shared/units.ts";
import { plainPercent, signedPercent } from "./comparison-text.ts";
import { printable } from "./printable.ts";
import { shorten } from "./text.ts";

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

function valueText({ metric }: TrendSeries, value: number): string {
  const { kind } = metricParts(metric);
  if (kind === "nanoseconds") return humanNanoseconds(value);
  return kind === "bytes" ? `${formatFigure(value / 1e6)} MB/s` : formatFigure(value);
}

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

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;

/** Ends with a newline. */
export function renderTrendTable(trend: Trend, width: number): string {
  const ids = [...new Set(trend.series.map(({ id }) => id))];
  const blocks = ids.map((id) =>
    [
      shorten(printable(id), width),
      ...trend.series.filter((series) => series.id === id).flatMap((series) => seriesLines(series, width)),
    ].join("\n"),
  );
  const steps = trend.series.reduce((sum, series) => sum + series.steps.length, 0);
  return `${[...blocks, `${count(trend.runs, "run")}, ${count(steps, "step")}.`].join("\n\n")}\n`;
}
