// A result -> a throughput table and a latency table for a terminal.

import { styleText } from "node:util";
import type { CaseResult, Result } from "../result/result.ts";
import {
  type Column,
  LATENCY_COLUMNS,
  latencyRows,
  type ReportRow,
  throughputColumns,
  throughputRows,
} from "./columns.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import { type Grid, type GridStyle, renderGrid } from "./grid.ts";
import { groupCases, type LabelledCase } from "./labels.ts";
import { readingNotes } from "./notes.ts";
import type { ReportOptions } from "./options.ts";
import { printable } from "./printable.ts";
import { ratioGrids } from "./ratio-grid.ts";
import { wrap } from "./text.ts";

const MINIMUM_WIDTH = 40;

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const paintWith = (color: boolean): Paint =>
  // Whether the terminal has colours was decided by the caller, not by the state of stdout.
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;

/** A case that did not run to its end says so where its figures are. */
function labelOf({ label, case: each }: LabelledCase): string {
  return each.state === "completed" ? label : `${label} [${each.state === "pending" ? "not finished" : each.state}]`;
}

function gridOf(
  title: string,
  cases: readonly CaseResult[],
  columns: readonly Column[],
  rowsOf: (each: CaseResult) => readonly ReportRow[],
): Grid {
  const sections = groupCases(cases).map(({ heading, cases: labelled }) => ({
    heading,
    rows: labelled.flatMap((each) =>
      rowsOf(each.case).map((row) => ({
        label: row.part === "whole" ? labelOf(each) : row.part,
        indent: row.part === "whole" ? "  " : "    ",
        cells: columns.map(({ cell }) => cell(row)),
      })),
    ),
  }));
  return { title, columns, sections };
}

/** Both tables with what is to be known about them; no line is wider than `width` (at least 40). Ends with a newline. */
export function renderTable(result: Result, options: ReportOptions): string {
  const width = Math.max(options.width, MINIMUM_WIDTH);
  const paint = paintWith(options.color);
  const style: GridStyle = {
    width,
    header: (text) => paint("bold", text),
    heading: (text) => paint("cyan", text),
  };
  const paragraph = (text: string, look: Style | null = null): string => {
    const lines = wrap(printable(text), width, "  ");
    return lines.map((line) => (look === null ? line : paint(look, line))).join("\n");
  };
  const { cases } = result;
  const tables =
    cases.length === 0
      ? []
      : [
          renderGrid(gridOf("Throughput", cases, throughputColumns(cases, options.mebibytes), throughputRows), style),
          renderGrid(gridOf("Latency", cases, LATENCY_COLUMNS, latencyRows), style),
          ...ratioGrids(result).map((grid) => renderGrid(grid, style)),
          readingNotes(cases)
            .map((note) => paragraph(note, "dim"))
            .join("\n"),
        ];
  const blocks = [
    headerFacts(result)
      .map(({ name, text }) => paragraph(`${name}: ${text}`))
      .join("\n"),
    ...tables,
    problems(result)
      .map(({ severity, text }) => paragraph(text, severity === "failure" ? "red" : "yellow"))
      .join("\n"),
    paragraph(footerText(result)),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
