// Rows of cells -> lines in columns, laid out by cli-table3.

import CliTable from "cli-table3";

/** It looks at each row of a table for each other one: of many rows, so many at a time are a table. */
const BLOCK_ROWS = 50;

export interface AlignedColumn {
  readonly width: number;
  readonly align?: "left";
}

/** Cells, or one text across all columns. */
export type AlignedRow = readonly string[] | string;

const EDGES = ["top", "bottom", "mid"].flatMap((edge) => [edge, `${edge}-mid`, `${edge}-left`, `${edge}-right`]);
const NO_BORDERS = Object.fromEntries(
  [...EDGES, "mid-mid", "left", "left-mid", "right", "right-mid"].map((name) => [name, ""]),
);

/**
 * Two spaces between columns, none at the end of a line. The widths hold for all rows, and have to be enough for them:
 * nothing is cut. A text with several lines takes it long, so each line is a row.
 */
export function alignedLines(rows: readonly AlignedRow[], columns: readonly AlignedColumn[]): readonly string[] {
  const blocks = Array.from({ length: Math.ceil(rows.length / BLOCK_ROWS) }, (_, block) => {
    const table = new CliTable({
      // The layout of texts across columns counts one place between two of them; the second is the next one's padding.
      chars: { ...NO_BORDERS, middle: " " },
      colWidths: columns.map(({ width }, index) => (index === 0 ? width : width + 1)),
      colAligns: columns.map(({ align }, index) => (index === 0 || align === "left" ? "left" : "right")),
      style: { "padding-left": 1, "padding-right": 0, head: [], border: [], compact: true },
    });
    for (const row of rows.slice(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS)) {
      if (typeof row === "string") table.push([first(row, columns.length)]);
      else table.push([first(row[0] ?? "", 1), ...row.slice(1)]);
    }
    return table.toString().split("\n");
  });
  return blocks.flat().map((line) => line.trimEnd());
}

const first = (content: string, colSpan: number) => ({ content, colSpan, style: { "padding-left": 0 } });
