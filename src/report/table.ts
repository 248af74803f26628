// A result -> a throughput table and a latency table for a terminal.

import { styleText } from "node:util";
import type { Result } from "../result/result.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import { type GridStyle, renderGrid } from "./grid.ts";
import { readingNotes } from "./result-notes.ts";
import type { ReportOptions } from "./options.ts";
import { printable } from "../shared/printable.ts";
import { resultGrids } from "./result-grids.ts";
import { wrap } from "../shared/text.ts";

const MINIMUM_WIDTH = 40;

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const paintWith = (color: boolean): Paint =>
  // Whether the terminal has colours was decided by the caller, not by the state of stdout.
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;

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
          ...resultGrids(result, options.mebibytes).map((grid) => renderGrid(grid, style)),
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
