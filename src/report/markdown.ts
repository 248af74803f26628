// A result -> its two tables as GitHub Markdown.

import type { CaseResult } from "../result/result.ts";
import { type ReportTable, reportTables } from "./columns.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import { readingNotes } from "./result-notes.ts";
import type { RenderReport } from "./options.ts";
import { joinBlocks } from "../shared/text.ts";
import { printable } from "../shared/printable.ts";

/**
 * Foreign text as a code span: nothing in it is a link, a tag, a mention or markup. The fence is longer than any run of
 * backticks within.
 */
export function code(text: string): string {
  const safe = printable(text);
  const longest = Math.max(0, ...Array.from(safe.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 || safe === "" ? " " : "";
  return `${fence}${space}${safe}${space}${fence}`;
}

/** The same in a table, which is cut at bars even within code; a bar behind a backslash cannot be saved from that. */
export const codeCell = (text: string): string => code(text.replaceAll("\\|", "\\\\u{7c}")).replaceAll("|", "\\|");

export const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Nothing that Markdown could take for markup. */
const PLAIN = /^[a-z0-9 ]+$/;

function tableOf({ title, columns, rowsOf }: ReportTable, cases: readonly CaseResult[]): string {
  const rows = cases.flatMap((each) =>
    rowsOf(each).map((row) => {
      const label =
        row.part === null ? codeCell(each.id) : `&emsp;${PLAIN.test(row.part) ? row.part : codeCell(row.part)}`;
      const state = row.part !== null || each.state === "completed" ? "" : ` (${each.state})`;
      return line([label + state, ...columns.map(({ cell }) => cell(row))]);
    }),
  );
  return [
    line([title, ...columns.map(({ header }) => header)]),
    line([":--", ...columns.map(() => "--:")]),
    ...rows,
  ].join("\n");
}

/** Ends with a newline. */
export const renderMarkdown: RenderReport = (result, { mebibytes }) => {
  const { cases } = result;
  return joinBlocks([
    headerFacts(result)
      .map(({ name, text }) => `- **${name}**: ${code(text)}`)
      .join("\n"),
    ...reportTables(cases, mebibytes).map((table) => tableOf(table, cases)),
    readingNotes(cases).join("\n"),
    problems(result)
      .map(({ severity, text }) => `- **${severity}**: ${code(text)}`)
      .join("\n"),
    footerText(result),
  ]);
};
