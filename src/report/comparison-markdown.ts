// A comparison -> GitHub Markdown, no longer than a step summary may be.

import type { CaseComparison, Comparison, MetricComparison } from "../compare/comparison.ts";
import {
  allowanceText,
  changeText,
  differenceText,
  figureText,
  intervalText,
  isWorthShowing,
  outcomeText,
  pText,
  plainPercent,
  remarkOf,
  signedPercent,
  verdictText,
} from "./comparison-text.ts";
import { joinBlocks } from "../shared/text.ts";
import { code, codeCell, line } from "./markdown.ts";

/** GitHub refuses a step's summary beyond 1024 KiB ("Workflow commands": "Step isolation and limits"). */
export const STEP_SUMMARY_LIMIT_BYTES = 1024 * 1024;

const MARKS: Readonly<Record<Comparison["verdict"], string>> = {
  pass: "✅",
  regressed: "❌",
  inconclusive: "❔",
  "not-comparable": "🚫",
};

const HEADER = ["Case", "Metric", "Baseline", "Candidate", "Change", "Interval", "Tolerance", "adj. p", "Verdict"];

function row({ id }: CaseComparison, metric: MetricComparison, comparison: Comparison): string {
  const remark = remarkOf(metric, comparison);
  const verdict = verdictText(metric) + (remark === null ? "" : `<br>${remark}`);
  const shown = metric.verdict === "regressed" ? `**${verdict}**` : verdict;
  return line([
    codeCell(id),
    metric.metric + (metric.gated ? "" : " (informs)"),
    figureText(metric.baseline, metric.kind),
    figureText(metric.candidate, metric.kind),
    changeText(metric.change),
    intervalText(metric.change),
    plainPercent(metric.tolerance),
    metric.gated ? pText(metric.adjustedP) : "",
    shown,
  ]);
}

/** What went wrong comes first, so that it is the end of the table that a limit cuts. */
const ORDER = ["regressed", "inconclusive", "not-comparable", "improved", "pass", "unmeasured"] as const;

function rowsOf(comparison: Comparison): readonly string[] {
  const lines = comparison.cases.flatMap((each) =>
    each.metrics
      .filter((metric) => isWorthShowing(metric, comparison))
      .map((metric) => ({ metric, text: row(each, metric, comparison) })),
  );
  return ORDER.flatMap((verdict) => [
    ...lines.filter(({ metric }) => metric.verdict === verdict && metric.gated),
    ...lines.filter(({ metric }) => metric.verdict === verdict && !metric.gated),
  ]).map(({ text }) => text);
}

const bytesOf = (text: string): number => Buffer.byteLength(text, "utf8");

/** As many of the rows as fit into `limitBytes`, and how many did not. */
function fittingRows(
  rows: readonly string[],
  limitBytes: number,
): { readonly rows: readonly string[]; readonly left: number } {
  let used = 0;
  const end = rows.findIndex((text) => (used += bytesOf(text) + 1) > limitBytes);
  const fitting = end === -1 ? rows : rows.slice(0, end);
  return { rows: fitting, left: rows.length - fitting.length };
}

const list = (texts: readonly string[]): string => texts.map((text) => `- ${code(text)}`).join("\n");
const MOST_LISTED = 50;

function listed(texts: readonly string[]): string {
  const left = texts.length - MOST_LISTED;
  return list(left > 0 ? [...texts.slice(0, MOST_LISTED), `and ${left} more`] : texts);
}

/** Ends with a newline and is at most `limitBytes` long in UTF-8: rows that do not fit are counted. */
export function renderComparisonMarkdown(comparison: Comparison, limitBytes = STEP_SUMMARY_LIMIT_BYTES): string {
  const { verdict, openGates, baseline, candidate, differences, warnings, overall } = comparison;
  const head = [
    `### ${MARKS[verdict]} diskbench: ${outcomeText(comparison)}`,
    openGates === null ? "" : `> ${openGates.message}`,
    `${code(baseline.label)} (${baseline.startedAt}) → ${code(candidate.label)} (${candidate.startedAt})`,
    allowanceText(comparison) ?? "",
  ];
  const table = [line(HEADER), line(HEADER.map((_, index) => (index < 2 ? ":--" : "--:")))];
  const tail = [
    overall
      .map(({ metric, change, cases }) => `- ${metric}: typical change ${signedPercent(change)} over ${cases} cases`)
      .join("\n"),
    differences.length === 0 ? "" : `**Differences**\n\n${listed(differences.map(differenceText))}`,
    warnings.length === 0 ? "" : `**Warnings**\n\n${listed(warnings)}`,
  ];
  const around = bytesOf(joinBlocks([...head, table.join("\n"), ...tail])) + 100;
  const { rows, left } = fittingRows(rowsOf(comparison), limitBytes - around);
  const cut = left === 0 ? "" : `${left} more rows do not fit here.`;
  return joinBlocks([...head, [...table, ...rows].join("\n"), cut, ...tail]);
}
