// A page -> GitHub Markdown, no longer than a step summary may be.

import { printable } from "../shared/printable.ts";
import { joinBlocks } from "../shared/text.ts";
import { shortened } from "./numbers.ts";
import type { RenderPage, Row, Section, Table, Tone } from "./page.ts";

/** GitHub refuses a step's summary beyond 1024 KiB ("Workflow commands": "Step isolation and limits"). */
export const STEP_SUMMARY_LIMIT_BYTES = 1024 * 1024;

const MARKS: Readonly<Record<Tone, string>> = { good: "✅", bad: "❌", unsure: "❔" };

const MOST_LISTED = 50;

/** Ends with a newline and is at most `limitBytes` long in UTF-8: rows of tables that do not fit are counted. */
export const render: RenderPage = ({ sections, verdict }, { limitBytes = STEP_SUMMARY_LIMIT_BYTES }) => {
  const heading = verdict === null ? "" : `### ${MARKS[verdict.tone]} diskbench: ${verdict.text}`;
  const textOf = (drawTable: (table: Table) => string): string =>
    joinBlocks([heading, ...sections.map((section) => sectionText(section, drawTable))]);
  const count = sections.filter(({ kind }) => kind === "table").length;
  let room = limitBytes - bytesOf(textOf((table) => tableText(table, []))) - count * CUT_TEXT_BYTES;
  return textOf((table) => {
    const rows = rowsOf(table);
    const fitting = fittingRows(rows, room);
    room -= bytesOf(fitting.join("\n"));
    const left = rows.length - fitting.length;
    return joinBlocks([tableText(table, fitting), left === 0 ? "" : `${left} more rows do not fit here.`]).trimEnd();
  });
};

const CUT_TEXT_BYTES = 100;
const bytesOf = (text: string): number => Buffer.byteLength(text, "utf8");

function fittingRows(rows: readonly string[], limitBytes: number): readonly string[] {
  let used = 0;
  const end = rows.findIndex((text) => (used += bytesOf(text) + 1) > limitBytes);
  return end === -1 ? rows : rows.slice(0, end);
}

function sectionText(section: Section, drawTable: (table: Table) => string): string {
  switch (section.kind) {
    case "facts":
      return section.facts.map(({ name, text }) => `- **${name}**: ${code(text)}`).join("\n");
    case "table":
      return drawTable(section.table);
    case "problems":
      return section.problems.map(({ severity, text }) => `- **${severity}**: ${code(text)}`).join("\n");
    case "notes":
      return section.texts.join("\n");
    case "list": {
      const items = shortened(section.texts, MOST_LISTED).map((text) => `- ${code(text)}`);
      return items.length === 0 ? "" : `**${section.heading}**\n\n${items.join("\n")}`;
    }
    default:
      return "";
  }
}

function tableText({ caption, keys, columns }: Table, rows: readonly string[]): string {
  return [
    ...(caption === undefined ? [] : [`${code(caption)}\n`]),
    line([...keys, ...columns.map(({ header }) => header)]),
    line([...keys.map(() => ":--"), ...columns.map(({ align }) => (align === "left" ? ":--" : "--:"))]),
    ...rows,
  ].join("\n");
}

/** Tables have no groups here: each row bears its whole name. What matters most comes first, and is cut last. */
function rowsOf({ keys, groups }: Table): readonly string[] {
  return groups
    .flatMap(({ notes = [], rows }) => rows.map((row) => ({ row, notes })))
    .sort((one, other) => (one.row.rank ?? 0) - (other.row.rank ?? 0))
    .map(({ row, notes }) => rowText(row, notes, keys.length > 1));
}

/** Nothing that Markdown could take for markup. */
const PLAIN = /^[A-Za-z0-9 :-]+$/;

function rowText(row: Row, notes: readonly string[], hasLabel: boolean): string {
  const { name, label, state, cells, tone, remark } = row;
  const part = `&emsp;${PLAIN.test(label) ? label : codeCell(label)}`;
  const whole = [name ?? "", ...notes].map(codeCell).join("<br>") + (state === undefined ? "" : ` (${state})`);
  const named = hasLabel ? (name === null ? ["", part] : [whole, label]) : [name === null ? part : whole];
  const last = (cells.at(-1) ?? "") + (remark == null ? "" : `<br>${remark}`);
  return line([...named, ...cells.slice(0, -1), tone === "bad" ? `**${last}**` : last]);
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/**
 * Foreign text as a code span: nothing in it is a link, a tag, a mention or markup. The fence is longer than any run of
 * backticks within.
 */
function code(text: string): string {
  const safe = printable(text);
  const longest = Math.max(0, ...Array.from(safe.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 || safe === "" ? " " : "";
  return `${fence}${space}${safe}${space}${fence}`;
}

/** The same in a table, which is cut at bars even within code; a bar behind a backslash cannot be saved from that. */
const codeCell = (text: string): string => code(text.replaceAll("\\|", "\\\\u{7c}")).replaceAll("|", "\\|");
