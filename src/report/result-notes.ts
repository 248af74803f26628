// The cases in a report -> how its figures are to be read.

import type { CaseResult } from "../result/result.ts";
import { DASH } from "./numbers.ts";
import { LATENCY_COLUMNS, latencyRows } from "./columns.ts";

function lacksPercentiles(cases: readonly CaseResult[]): boolean {
  const rows = cases.flatMap(latencyRows).filter(({ latencyNs }) => latencyNs !== null);
  return rows.some((row) => LATENCY_COLUMNS.some(({ cell }) => cell(row) === DASH));
}

/** One sentence for each thing in the tables that does not speak for itself. */
export function readingNotes(cases: readonly CaseResult[]): readonly string[] {
  const severalRounds = cases.some(({ rounds }) => rounds.length > 1);
  return [
    severalRounds && "Rates: median of the rounds. ±: standard deviation over rounds / mean.",
    "CPU: user + system time of the engine. QD reached: mean I/Os in flight.",
    lacksPercentiles(cases) && `A dash (${DASH}): too few I/Os for that percentile.`,
  ].filter((note) => note !== false);
}
