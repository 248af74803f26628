// A comparison -> JUnit XML: a suite per job, a test case per case and gated metric.

import type { CaseComparison, Comparison, MetricComparison } from "../compare/comparison.ts";
import { allowanceText, sentenceOf } from "./comparison-text.ts";
import { printable } from "./printable.ts";

/** XML 1.0 has no way to write most control characters; `printable` writes them out. */
const escapeXml = (text: string): string =>
  printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\ufffe", "")
    .replaceAll("\uffff", "");

type Outcome = "failure" | "error" | "skipped" | null;

/** A gate that could not close is no success either. */
const OUTCOMES: Readonly<Record<MetricComparison["verdict"], Outcome>> = {
  regressed: "failure",
  improved: null,
  pass: null,
  inconclusive: "skipped",
  unmeasured: "skipped",
  "not-comparable": "error",
};

interface TestCase {
  readonly outcome: Outcome;
  readonly xml: string;
}

function testCase(each: CaseComparison, metric: MetricComparison, comparison: Comparison): TestCase {
  const outcome = OUTCOMES[metric.verdict];
  const sentence = escapeXml(
    metric.verdict === "not-comparable" ? (allowanceText(comparison) ?? "") : sentenceOf(metric, each.id, comparison),
  );
  const open = `    <testcase classname="${escapeXml(each.id)}" name="${escapeXml(metric.metric)}" time="0"`;
  const inner = {
    failure: `><failure type="regressed" message="${sentence}">${sentence}</failure></testcase>`,
    error: `><error type="not-comparable" message="${sentence}">${sentence}</error></testcase>`,
    skipped: `><skipped message="${sentence}"/></testcase>`,
    passed: `><system-out>${sentence}</system-out></testcase>`,
  };
  return { outcome, xml: open + inner[outcome ?? "passed"] };
}

const counted = (tests: readonly TestCase[], outcome: Outcome): number =>
  tests.filter((test) => test.outcome === outcome).length;

function totals(tests: readonly TestCase[]): string {
  return `tests="${tests.length}" failures="${counted(tests, "failure")}" errors="${counted(tests, "error")}"`;
}

function suite(
  job: string,
  cases: readonly CaseComparison[],
  comparison: Comparison,
): readonly [string, readonly TestCase[]] {
  const tests = cases.flatMap((each) =>
    each.metrics
      .filter(({ metric }) => comparison.gates.includes(metric))
      .map((metric) => testCase(each, metric, comparison)),
  );
  const timestamp = escapeXml(comparison.candidate.startedAt.slice(0, 19));
  const open = `  <testsuite name="${escapeXml(job)}" ${totals(tests)} skipped="${counted(tests, "skipped")}" time="0" timestamp="${timestamp}">`;
  return [[open, ...tests.map(({ xml }) => xml), "  </testsuite>"].join("\n"), tests];
}

/** A gate that cannot close: without this, every test skipped would look green. */
function openSuite({ openGates, candidate }: Comparison): readonly [string, readonly TestCase[]] | null {
  if (openGates === null) return null;
  const message = escapeXml(openGates.message);
  const xml = `    <testcase classname="diskbench" name="gates can close" time="0"><error type="gate-open" message="${message}">${message}</error></testcase>`;
  const tests: readonly TestCase[] = [{ outcome: "error", xml }];
  const timestamp = escapeXml(candidate.startedAt.slice(0, 19));
  const open = `  <testsuite name="diskbench" ${totals(tests)} skipped="0" time="0" timestamp="${timestamp}">`;
  return [[open, xml, "  </testsuite>"].join("\n"), tests];
}

/** As Jenkins, GitLab and GitHub's reporters read it. Ends with a newline. */
export function renderComparisonJunit(comparison: Comparison): string {
  const jobs = new Map<string, CaseComparison[]>();
  for (const each of comparison.cases) jobs.set(each.job, [...(jobs.get(each.job) ?? []), each]);
  const open = openSuite(comparison);
  const suites = [
    ...(open === null ? [] : [open]),
    ...Array.from(jobs, ([job, cases]) => suite(job, cases, comparison)),
  ];
  const tests = suites.flatMap(([, ofSuite]) => ofSuite);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="diskbench compare" ${totals(tests)} time="0">`,
    ...suites.map(([xml]) => xml),
    "</testsuites>",
  ].join("\n")}\n`;
}
