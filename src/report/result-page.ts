// A result -> a page: what was measured where, its tables, how to read them, what went wrong, and charts of its cases.

import type { CaseResult, Result } from "../result/result.ts";
import { caseCharts } from "./case-charts.ts";
import { LATENCY_COLUMNS, latencyRows, reportTables, type ReportTable } from "./columns.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import { groupCases } from "./labels.ts";
import { DASH } from "./numbers.ts";
import { NO_RECORDS, type Alert, type BuildPage, type Problem, type Section, type Table } from "./page.ts";
import { ratioTables } from "./ratio-table.ts";
import { resultRecords } from "./result-records.ts";
import { resultSuites } from "./result-suites.ts";

export const pageOf: BuildPage<Result> = (result, { parts, mebibytes }) => {
  const { cases, machine, profile, startedAt } = result;
  const footer = footerText(result);
  const [run] = headerFacts(result);
  const sections = (): readonly Section[] => [
    { kind: "facts", facts: headerFacts(result) },
    ...(cases.length === 0 ? [] : tablesOf(result, mebibytes)),
    { kind: "problems", problems: problems(result) },
    { kind: "notes", texts: [footer] },
    ...(parts.includes("charts") ? [chartsOf(result)] : []),
  ];
  return {
    title: profile.name,
    startedAt,
    hostname: machine.hostname,
    verdict: null,
    summary: `${run?.text ?? ""}. ${footer}`,
    sections: parts.includes("sections") ? sections() : [],
    alerts: parts.includes("alerts") ? alertsOf(problems(result)) : [],
    records: parts.includes("records") ? resultRecords(result) : NO_RECORDS,
    suites: parts.includes("suites") ? resultSuites(result) : [],
    document: result,
  };
};

function tablesOf(result: Result, mebibytes: boolean): readonly Section[] {
  const { cases } = result;
  const tables = reportTables(cases, mebibytes).map((table) => tableOf(table, cases));
  return [
    ...[...tables, ...ratioTables(result)].map((table): Section => ({ kind: "table", table })),
    { kind: "notes", texts: readingNotes(cases) },
  ];
}

function tableOf({ title, columns, rowsOf }: ReportTable, cases: readonly CaseResult[]): Table {
  const groups = groupCases(cases).map(({ heading, cases: labelled }) => ({
    heading,
    rows: labelled.flatMap(({ label, case: each }) =>
      rowsOf(each).map((row) => ({
        ...(row.part === null ? { name: each.id, label, ...stateOf(each) } : { name: null, label: row.part }),
        cells: columns.map(({ cell }) => cell(row)),
      })),
    ),
  }));
  return { title, keys: [title], columns: columns.map(({ header, priority }) => ({ header, priority })), groups };
}

/** A case that did not run to its end says so where its figures are. */
function stateOf({ state }: CaseResult): { readonly state?: string } {
  return state === "completed" ? {} : { state: state === "pending" ? "not finished" : state };
}

/** One sentence for each thing in the tables that does not speak for itself. */
function readingNotes(cases: readonly CaseResult[]): readonly string[] {
  const rows = cases.flatMap(latencyRows).filter(({ latencyNs }) => latencyNs !== null);
  const lacksPercentiles = rows.some((row) => LATENCY_COLUMNS.some(({ cell }) => cell(row) === DASH));
  return [
    cases.some(({ rounds }) => rounds.length > 1) &&
      "Rates: median of the rounds. ±: standard deviation over rounds / mean.",
    "CPU: user + system time of the engine. QD reached: mean I/Os in flight.",
    lacksPercentiles && `A dash (${DASH}): too few I/Os for that percentile.`,
  ].filter((note) => note !== false);
}

/** Charts of a case take some 10 kB; a page of a thousand would take a browser's patience. */
const MOST_CHARTED_CASES = 100;

function chartsOf({ cases }: Result): Section {
  const charted = groupCases(cases.slice(0, MOST_CHARTED_CASES)).flatMap(({ heading, cases: labelled }) =>
    labelled.map(({ label, case: each }) => ({ label: `${heading} ${label}`, charts: caseCharts(each) })),
  );
  return {
    kind: "charts",
    cases: charted.filter(({ charts }) => charts.length > 0),
    leftOut: Math.max(cases.length - MOST_CHARTED_CASES, 0),
  };
}

/** What failed comes first. */
function alertsOf(found: readonly Problem[]): readonly Alert[] {
  const of = (wanted: Problem["severity"], level: Alert["level"]): readonly Alert[] =>
    found.flatMap(({ severity, text }) =>
      severity === wanted ? [{ level, title: `diskbench: ${severity}`, text }] : [],
    );
  return [...of("failure", "error"), ...of("warning", "warning")];
}
