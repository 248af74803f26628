// A result -> a throughput table and a latency table for a terminal.

import type { Result } from "../result/result.ts";
import { joinBlocks } from "../shared/text.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import { renderGrid } from "./grid.ts";
import { readingNotes } from "./result-notes.ts";
import type { ReportOptions } from "./options.ts";
import { resultGrids } from "./result-grids.ts";
import { terminal } from "./terminal.ts";

/** Both tables with what is to be known about them; no line is wider than `width` (at least 40). Ends with a newline. */
export function renderTable(result: Result, options: ReportOptions): string {
  const { grid: style, paragraph, paragraphs } = terminal(options);
  const { cases } = result;
  const tables =
    cases.length === 0
      ? []
      : [
          ...resultGrids(result, options.mebibytes).map((grid) => renderGrid(grid, style)),
          paragraphs(readingNotes(cases), "dim"),
        ];
  return joinBlocks([
    paragraphs(headerFacts(result).map(({ name, text }) => `${name}: ${text}`)),
    ...tables,
    problems(result)
      .map(({ severity, text }) => paragraph(text, severity === "failure" ? "red" : "yellow"))
      .join("\n"),
    paragraph(footerText(result)),
  ]);
}
