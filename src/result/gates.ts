// A profile's gates and a run's summaries -> one check for each case that a gate is about; pure.

import type { Gate } from "../profile/gates.ts";
import { isCountSufficient } from "../stats/ranks.ts";
import { LATENCY_PERCENTILES } from "../shared/metrics.ts";
import { matchesCase } from "../shared/case-pattern.ts";
import { type Figure, type Metric, type MetricKind, metricParts } from "../shared/metrics.ts";
import { humanBytes, humanNanoseconds } from "../shared/units.ts";
import type { CaseResult, Check, Rates, Result } from "./result.ts";

const figureTexts: Readonly<Record<MetricKind, (value: number) => string>> = {
  rate: (value) => `${Math.round(value)} per second`,
  bytes: (value) => `${humanBytes(Math.round(value))}/s`,
  nanoseconds: humanNanoseconds,
};

const ratesFigure = (rates: Rates, figure: Figure): number | null =>
  figure === "iops" || figure === "bytesPerSecond" ? rates[figure].median : rates.latencyNs[figure];

/** The value of a metric in a case's summary: medians of rates, latencies pooled; null: not measured. */
function summaryFigure({ summary }: CaseResult, metric: Metric): number | null {
  if (summary === null) return null;
  const { part, figure } = metricParts(metric);
  if (figure === "cpuNsPerIo") return summary.cpuNsPerIo?.median ?? null;
  const rates = part === "total" ? summary : summary[part];
  return rates === null ? null : ratesFigure(rates, figure);
}

/** Why a figure is missing, for a person who wonders what to change. */
function missingText(each: CaseResult, metric: Metric): string {
  const { figure } = metricParts(metric);
  const percentile = Object.entries(LATENCY_PERCENTILES).find(([name]) => name === figure)?.[1];
  const ios = each.rounds.reduce((sum, { total }) => sum + total.ios, 0);
  if (percentile === undefined || ios === 0 || isCountSufficient(percentile, ios)) return "it was not measured";
  const needed = Math.ceil(10 / (1 - percentile / 100));
  return `${ios} I/Os are too few for it, ${needed} are needed: measure longer`;
}

/** A figure that is missing keeps no limit. */
function checkGate(gate: Gate, each: CaseResult): Check {
  const { metric, max, min } = gate;
  const value = summaryFigure(each, metric);
  const text = figureTexts[metricParts(metric).kind];
  const tooHigh = value !== null && max !== null && value > max;
  const tooLow = value !== null && min !== null && value < min;
  const limits = [
    ...(min === null ? [] : [`at least ${text(min)}`]),
    ...(max === null ? [] : [`at most ${text(max)}`]),
  ];
  const found = value === null ? missingText(each, metric) : `it is ${text(value)}`;
  return {
    code: "gate",
    status: value === null || tooHigh || tooLow ? "fail" : "pass",
    message: `${metric} of ${each.id} has to be ${limits.join(" and ")}; ${found}`,
    facts: { metric, case: each.id, value, max, min },
  };
}

export function withGates(result: Result, gates: readonly Gate[]): Result {
  const checks = gates.flatMap((gate) =>
    result.cases.filter((each) => matchesCase(gate.case, each)).map((each) => checkGate(gate, each)),
  );
  return checks.length === 0 ? result : { ...result, checks: [...result.checks, ...checks] };
}
