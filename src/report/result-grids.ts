// A result -> its tables as data: throughput, latency, and how further targets compare with the first.

import type { CaseResult, Result } from "../result/result.ts";
import { type ReportTable, reportTables } from "./columns.ts";
import type { Grid } from "./grid.ts";
import { groupCases, type LabelledCase } from "./labels.ts";
import { ratioGrids } from "./ratio-grid.ts";

/** A case that did not run to its end says so where its figures are. */
function labelOf({ label, case: each }: LabelledCase): string {
  return each.state === "completed" ? label : `${label} [${each.state === "pending" ? "not finished" : each.state}]`;
}

function gridOf({ title, columns, rowsOf }: ReportTable, cases: readonly CaseResult[]): Grid {
  const sections = groupCases(cases).map(({ heading, cases: labelled }) => ({
    heading,
    rows: labelled.flatMap((each) =>
      rowsOf(each.case).map((row) => ({
        label: row.part ?? labelOf(each),
        indent: row.part === null ? "  " : "    ",
        cells: columns.map(({ cell }) => cell(row)),
      })),
    ),
  }));
  return { title, columns, sections };
}

/** In the order in which they are read. Their texts are safe to print, not to put into markup. */
export function resultGrids(result: Result, mebibytes: boolean): readonly Grid[] {
  const { cases } = result;
  return [...reportTables(cases, mebibytes).map((table) => gridOf(table, cases)), ...ratioGrids(result)];
}
