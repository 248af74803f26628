// Labels and cells -> lines of a table without boxes, never wider than the terminal.

import { displayWidth, wrap } from "../shared/text.ts";

export interface GridRow {
  readonly label: string;
  readonly indent: string;
  readonly cells: readonly string[];
}

/** Rows under a heading that has the whole line for itself. */
export interface GridSection {
  readonly heading: string;
  readonly rows: readonly GridRow[];
}

export interface GridColumn {
  readonly header: string;
  /** The narrower the terminal, the fewer columns: the lowest goes first. */
  readonly priority: number;
}

export interface Grid {
  readonly title: string;
  readonly columns: readonly GridColumn[];
  readonly sections: readonly GridSection[];
}

export interface GridStyle {
  readonly width: number;
  readonly header: (text: string) => string;
  readonly heading: (text: string) => string;
}

const MINIMUM_LABEL_COLUMNS = 16;
const GAP = "  ";

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(displayWidth));

interface MeasuredColumn extends GridColumn {
  readonly index: number;
  readonly width: number;
}

const totalWidth = (columns: readonly MeasuredColumn[]): number =>
  columns.reduce((sum, { width }) => sum + GAP.length + width, 0);

/** The columns that fit beside the labels; the least important give way first. */
function fittingColumns({ columns, sections }: Grid, width: number): readonly MeasuredColumn[] {
  const rows = sections.flatMap((section) => section.rows);
  let fitting = columns.map((column, index): MeasuredColumn => {
    const texts = [column.header, ...rows.map(({ cells }) => cells[index] ?? "")];
    return { ...column, index, width: widest(texts) };
  });
  while (fitting.length > 1 && totalWidth(fitting) + MINIMUM_LABEL_COLUMNS > width) {
    const lowest = Math.min(...fitting.map(({ priority }) => priority));
    fitting = fitting.filter(({ priority }) => priority !== lowest);
  }
  return fitting;
}

const blanks = (text: string, width: number): string => " ".repeat(Math.max(0, width - displayWidth(text)));

/** One row in columns: the first left-aligned and of one or more lines, the others right-aligned. */
function alignRow(label: readonly string[], cells: readonly string[], widths: readonly number[]): string {
  const [first = "", ...others] = label;
  const [labelWidth = 0, ...cellWidths] = widths;
  const columns = cells.map((cell, index) => GAP + blanks(cell, cellWidths[index] ?? 0) + cell);
  return [first + blanks(first, labelWidth) + columns.join(""), ...others].map((line) => line.trimEnd()).join("\n");
}

/** Draws a table no wider than the style's width. Labels and headings that are too long go on in the next line. */
export function renderGrid(grid: Grid, style: GridStyle): string {
  const columns = fittingColumns(grid, style.width);
  const cellsWidth = totalWidth(columns);
  const labels = grid.sections.flatMap(({ rows }) => rows.map(({ indent, label }) => indent + label));
  const headings = grid.sections.map(({ heading }) => heading);
  const wanted = Math.max(widest([grid.title, ...labels]), widest(headings) - cellsWidth, MINIMUM_LABEL_COLUMNS);
  const labelWidth = Math.min(wanted, style.width - cellsWidth);
  const tableWidth = labelWidth + cellsWidth;
  const widths = [labelWidth, ...columns.map(({ width }) => width)];

  const sections = grid.sections.map(({ heading, rows }) => {
    const headingLines = wrap(heading, tableWidth, "  ").map(style.heading);
    const lines = rows.map(({ label, indent, cells }) => {
      const wrapped = wrap(label, labelWidth - indent.length, "  ").map((line) => indent + line);
      return alignRow(
        wrapped,
        columns.map(({ index }) => cells[index] ?? ""),
        widths,
      );
    });
    return [...headingLines, ...lines].join("\n");
  });
  const headers = columns.map((column) => style.header(column.header));
  const header = alignRow([style.header(grid.title)], headers, widths);
  return [header, "─".repeat(tableWidth), ...sections].join("\n");
}
