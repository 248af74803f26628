// A result -> its tables as data: throughput, latency, and how further targets compare with the first.

import type { Result } from "../result/result.ts";
import { type Measured, type ReportTable, reportTables } from "./columns.ts";
import type { Grid, GridRow } from "./grid.ts";
import { groupCases, type LabelledCase } from "./labels.ts";
import { printable } from "../shared/printable.ts";
import { ratioGrids } from "./ratio-grid.ts";

/** A case that did not run to its end says so where its figures are. */
function labelOf({ label, case: each }: LabelledCase): string {
  return each.state === "completed" ? label : `${label} [${each.state === "pending" ? "not finished" : each.state}]`;
}

function gridOf({ title, columns, rowsOf }: ReportTable, { cases, groups }: Result): Grid {
  const rows = (label: string, measured: Measured): GridRow[] =>
    rowsOf(measured).map((row) => ({
      label: row.part === "whole" ? label : row.part,
      indent: row.part === "whole" ? "  " : "    ",
      cells: columns.map(({ cell }) => cell(row)),
    }));
  const ofCases = groupCases(cases).map(({ heading, cases: labelled }) => ({
    heading,
    rows: labelled.flatMap((each) => rows(labelOf(each), each.case)),
  }));
  const ofGroups = groups.map((group) => ({
    heading: `${printable(group.id)}:`,
    rows: rows(`${group.cases.length} cases together`, group),
  }));
  return { title, columns, sections: [...ofCases, ...ofGroups] };
}

/** In the order in which they are read. Their texts are safe to print, not to put into markup. */
export function resultGrids(result: Result, mebibytes: boolean): readonly Grid[] {
  const { cases } = result;
  return [...reportTables(cases, mebibytes).map((table) => gridOf(table, result)), ...ratioGrids(result)];
}
