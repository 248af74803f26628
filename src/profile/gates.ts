// `gates` and `tolerances` of a profile document -> limits in the metric's own unit, and back to a document.

import { z } from "zod";
import { type Metric, metricParts, METRICS, type MetricKind } from "../shared/metrics.ts";
import { parsePercent, PERCENT_FORMS } from "../shared/percent.ts";
import { type Fields, withoutNulls } from "../shared/without-nulls.ts";
import { parseDurationSeconds, parseSizeBytes } from "../shared/units.ts";
import { word } from "./fields.ts";

/** A limit that a run must keep, on a case's summary. */
export interface Gate {
  readonly metric: Metric;
  /** A job's name or a case's id, with `*` for anything; null: every case. */
  readonly case: string | null;
  /** In the metric's unit: I/Os per second, bytes per second, nanoseconds. */
  readonly max: number | null;
  readonly min: number | null;
}

/** How much worse a figure may become before `compare` and `ab` call it a regression. */
export interface Tolerance {
  /** Null: every metric. */
  readonly metric: Metric | null;
  /** As of a gate. */
  readonly case: string | null;
  /** 0.05 is 5 %. */
  readonly tolerance: number;
}

const LIMIT_FORMS: Readonly<Record<MetricKind, string>> = {
  rate: "a number of I/Os per second",
  bytes: "a number of bytes per second, or a size such as 500MiB",
  nanoseconds: "a number of nanoseconds, or a duration such as 2ms",
};

function parseLimit(kind: MetricKind, value: number | string): number | null {
  if (typeof value === "number") return value > 0 ? value : null;
  if (kind === "bytes") return parseSizeBytes(value);
  // A text without its unit would be seconds elsewhere, and nanoseconds are meant here.
  if (kind === "rate" || !/[a-z]$/.test(value.trim())) return null;
  const seconds = parseDurationSeconds(value);
  return seconds === null || seconds === 0 ? null : Math.round(seconds * 1e9);
}

const casePattern = z
  .string({ error: "a job's name, a case's id, or an id with * in it" })
  .min(1, { error: "a job's name, a case's id, or an id with * in it" });
const limit = z.union([z.number(), z.string()], { error: "a number, or a text with a unit" });

export const gateFields = z.strictObject(
  {
    metric: word(METRICS).describe("Figure of a case's summary, by its name in the result, e.g. latencyNs.p99."),
    case: casePattern.describe("Job or case that it holds for; * stands for anything. Default: all.").exactOptional(),
    max: limit.describe("The figure may not be above this: 2ms, 500MiB, 10000.").exactOptional(),
    min: limit.describe("The figure may not be below this.").exactOptional(),
  },
  { error: "a gate: an object with metric and max or min" },
);

const gateDocument = gateFields.superRefine((gate, context) => {
  const { kind } = metricParts(gate.metric);
  if (gate.max === undefined && gate.min === undefined) {
    context.addIssue({ code: "custom", path: [], message: "a gate with max, min or both" });
  }
  for (const end of ["max", "min"] as const) {
    const value = gate[end];
    if (value === undefined || parseLimit(kind, value) !== null) continue;
    context.addIssue({ code: "custom", path: [end], message: `for ${gate.metric} ${LIMIT_FORMS[kind]}` });
  }
});

export const gatesDocument = z.array(gateDocument, { error: "a list of gates" });
export type GatesDocument = z.output<typeof gatesDocument>;

export const toleranceFields = z.strictObject(
  {
    metric: word(METRICS).describe("Figure that it holds for. Default: all.").exactOptional(),
    case: casePattern.describe("Job or case that it holds for; * stands for anything. Default: all.").exactOptional(),
    tolerance: z
      .string({ error: PERCENT_FORMS })
      .refine((text) => parsePercent(text) !== null, { error: PERCENT_FORMS })
      .describe("How much worse than the baseline does not count as a regression, e.g. 5%."),
  },
  { error: 'a tolerance: an object such as { "metric": "latencyNs.p99", "tolerance": "10%" }' },
);
export const tolerancesDocument = z.array(toleranceFields, { error: "a list of tolerances" });
export type TolerancesDocument = z.output<typeof tolerancesDocument>;

export function resolveGates(document: GatesDocument): readonly Gate[] {
  return document.map(({ metric, case: pattern, max, min }) => {
    const { kind } = metricParts(metric);
    const read = (value: number | string | undefined): number | null =>
      value === undefined ? null : parseLimit(kind, value);
    return { metric, case: pattern ?? null, max: read(max), min: read(min) };
  });
}

export function resolveTolerances(document: TolerancesDocument): readonly Tolerance[] {
  return document.map(({ metric, case: pattern, tolerance }) => ({
    metric: metric ?? null,
    case: pattern ?? null,
    tolerance: parsePercent(tolerance) ?? 0,
  }));
}

export function serializeGates(gates: readonly Gate[]): readonly Fields[] | null {
  return gates.length === 0 ? null : gates.map((gate) => withoutNulls({ ...gate }));
}

export function serializeTolerances(tolerances: readonly Tolerance[]): readonly Fields[] | null {
  if (tolerances.length === 0) return null;
  return tolerances.map((each) =>
    withoutNulls({ ...each, tolerance: `${Number((each.tolerance * 100).toFixed(3))}%` }),
  );
}
