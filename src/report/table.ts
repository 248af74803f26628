// A page -> paragraphs and tables for a terminal: no wider than it is, and in colours where it has any.

import { styleText } from "node:util";
import { printable } from "../shared/printable.ts";
import { displayWidth, joinBlocks, wrap } from "../shared/text.ts";
import { alignedLines, type AlignedRow } from "./aligned.ts";
import { shortened } from "./numbers.ts";
import type { Column, Looks, Page, Row, Section, Table, Tone } from "./page.ts";

const MINIMUM_WIDTH = 40;
const MINIMUM_LABEL_WIDTH = 16;
const GAP_WIDTH = 2;
const INDENT = "  ";
/** More of one kind of sentence than these nobody reads. */
const MOST_SENTENCES = 20;

type Style = Parameters<typeof styleText>[0];

const TONE_STYLES: Readonly<Record<Tone, Style>> = { good: "green", bad: "red", unsure: "yellow" };

/** Of diskbench's own symbols. */
const IN_ASCII: Readonly<Record<string, string>> = {
  "─": "-",
  "±": "+/-",
  ...Object.fromEntries(Array.from("▁▂▃▄▅▆▇█", (bar, height) => [bar, "_.,-~=*#"[height] ?? ""])),
};
const SYMBOLS = new RegExp(`[${Object.keys(IN_ASCII).join("")}]`, "g");

interface MeasuredColumn extends Column {
  readonly index: number;
  readonly width: number;
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);

const totalWidth = (columns: readonly MeasuredColumn[]): number =>
  columns.reduce((sum, { width }) => sum + GAP_WIDTH + width, 0);

/** The columns that fit beside the labels; the least important give way first. */
function fittingColumns(columns: readonly Column[], rows: readonly Row[], width: number): readonly MeasuredColumn[] {
  let fitting = columns.map((column, index): MeasuredColumn => {
    const texts = [column.header, ...rows.map(({ cells }) => cells[index] ?? "")];
    return { ...column, index, width: widest(texts) };
  });
  while (fitting.length > 1 && totalWidth(fitting) + MINIMUM_LABEL_WIDTH > width) {
    const lowest = Math.min(...fitting.map(({ priority }) => priority));
    fitting = fitting.filter(({ priority }) => priority !== lowest);
  }
  return fitting;
}

/** Lines of at most `width` columns, each behind `indent`. */
const indented = (text: string, indent: string, width: number): readonly string[] =>
  wrap(text, width - indent.length, INDENT).map((line) => indent + line);

/** What a row comes to stands in its last cell. */
const styleOfCell = (tone: Tone | undefined, isLast: boolean): Style | undefined =>
  isLast && tone !== undefined ? TONE_STYLES[tone] : undefined;

class Terminal {
  readonly #width: number;
  readonly #color: boolean;
  readonly #ascii: boolean;

  constructor({ color, width, ascii = false }: Looks) {
    this.#width = Math.max(width, MINIMUM_WIDTH);
    this.#color = color;
    this.#ascii = ascii;
  }

  section(section: Section): string {
    switch (section.kind) {
      case "facts":
        return this.#paragraphs(section.facts.map(({ name, text }) => `${name}: ${text}`));
      case "table":
        return joinBlocks([this.#table(section.table), this.#remarks(section.table)]).trimEnd();
      case "problems":
        return section.problems
          .map(({ severity, text }) => this.paragraph(text, severity === "failure" ? "red" : "yellow"))
          .join("\n");
      case "notes":
        return this.#paragraphs(section.texts, "dim");
      case "list":
        return this.#paragraphs(
          shortened(
            section.texts.map((text) => `${section.each}: ${text}`),
            MOST_SENTENCES,
          ),
          section.tone && TONE_STYLES[section.tone],
        );
      default:
        return "";
    }
  }

  paragraph(text: string, style?: Style): string {
    return wrap(this.#safe(text), this.#width, INDENT)
      .map((line) => this.#paint(line, style))
      .join("\n");
  }

  /** One below the other, without a gap. */
  #paragraphs(texts: readonly string[], style?: Style): string {
    return texts.map((text) => this.paragraph(text, style)).join("\n");
  }

  /** Sentences about single rows that do not fit into them. */
  #remarks({ groups }: Table): string {
    const all = groups.flatMap(({ rows }) =>
      rows.flatMap(({ name, label, remark }) => (remark == null ? [] : [`${name ?? ""}: ${label}: ${remark}`])),
    );
    return this.#paragraphs(shortened(all, MOST_SENTENCES), "dim");
  }

  /** Labels and headings that are too long go on in the next line. No figure does, and none is cut. */
  #table(foreign: Table): string {
    const { title, caption, columns: all, groups } = this.#safeTable(foreign);
    const rows = groups.flatMap((group) => group.rows);
    const columns = fittingColumns(all, rows, this.#width);
    const cellsWidth = totalWidth(columns);
    const wanted = Math.max(
      widest([title, ...rows.map(({ name, label }) => (name === null ? INDENT.repeat(2) : INDENT) + label)]),
      widest([
        caption,
        ...groups.flatMap(({ heading, notes = [] }) => [heading, ...notes.map((note) => INDENT + note)]),
      ]) - cellsWidth,
      MINIMUM_LABEL_WIDTH,
    );
    const labelWidth = Math.min(wanted, this.#width - cellsWidth);
    const tableWidth = labelWidth + cellsWidth;
    const headings = (text: string): readonly string[] =>
      text === "" ? [] : indented(text, "", tableWidth).map((line) => this.#paint(line, "cyan"));
    const lines = groups.flatMap(({ heading, notes = [], rows: ofGroup }): readonly AlignedRow[] => [
      ...headings(heading),
      ...notes.flatMap((note) => indented(note, INDENT, tableWidth)),
      ...ofGroup.flatMap(({ name, label, cells, tone }): readonly AlignedRow[] => {
        const [first = "", ...others] = indented(label, name === null ? INDENT.repeat(2) : INDENT, labelWidth);
        const shown = columns.map(({ index }) =>
          this.#paint(cells[index] ?? "", styleOfCell(tone, index === all.length - 1)),
        );
        return [[first, ...shown], ...others];
      }),
    ]);
    const widths = [{ width: labelWidth }, ...columns];
    const header = [title, ...columns.map((column) => column.header)].map((text) => this.#paint(text, "bold"));
    const rule = this.#safe("─").repeat(tableWidth);
    return [...alignedLines([header], widths), rule, ...alignedLines([...headings(caption), ...lines], widths)].join(
      "\n",
    );
  }

  #safeTable(table: Table): Required<Table> {
    const safe = (text: string): string => this.#safe(text);
    return {
      ...table,
      title: safe(table.title),
      caption: safe(table.caption ?? ""),
      columns: table.columns.map((column) => ({ ...column, header: safe(column.header) })),
      groups: table.groups.map(({ heading, notes = [], rows }) => ({
        heading: safe(heading),
        notes: notes.map(safe),
        rows: rows.map((row) => ({
          ...row,
          label: safe(row.label) + (row.state === undefined ? "" : ` [${row.state}]`),
          cells: row.cells.map(safe),
        })),
      })),
    };
  }

  #safe(text: string): string {
    const shown = printable(text);
    return this.#ascii ? shown.replace(SYMBOLS, (symbol) => IN_ASCII[symbol] ?? symbol) : shown;
  }

  // Whether the terminal has colours was decided by the caller, not by the state of stdout.
  #paint(text: string, style: Style | undefined): string {
    return this.#color && style !== undefined && text !== "" ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** No line is wider than the width (at least 40). Ends with a newline. */
export function render({ sections, verdict }: Page, looks: Looks): string {
  const terminal = new Terminal(looks);
  return joinBlocks([
    ...sections.map((section) => terminal.section(section)),
    verdict === null ? "" : terminal.paragraph(verdict.text, TONE_STYLES[verdict.tone]),
  ]);
}
