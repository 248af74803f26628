// A comparison -> JUnit XML: a suite per job, a test case per case and gated metric.

import type { CaseComparison, Comparison, MetricComparison } from "../compare/comparison.ts";
import { allowanceText, sentenceOf } from "./comparison-text.ts";
import { type JunitOutcome, junitReport, type JunitTest } from "./junit.ts";

/** A gate that could not close is no success either. */
const OUTCOMES: Readonly<Record<MetricComparison["verdict"], JunitOutcome>> = {
  regressed: "failure",
  improved: "passed",
  pass: "passed",
  inconclusive: "skipped",
  unmeasured: "skipped",
  "not-comparable": "error",
};

function testOf(each: CaseComparison, metric: MetricComparison, comparison: Comparison): JunitTest {
  const sentence = sentenceOf(metric, each.id, comparison);
  return {
    className: each.id,
    name: metric.metric,
    outcome: OUTCOMES[metric.verdict],
    type: metric.verdict,
    text: metric.verdict === "not-comparable" ? (allowanceText(comparison) ?? sentence) : sentence,
    seconds: 0,
  };
}

const testsOf = (each: CaseComparison, comparison: Comparison): readonly JunitTest[] =>
  each.metrics
    .filter(({ metric }) => comparison.gates.includes(metric))
    .map((metric) => testOf(each, metric, comparison));

/** A gate that cannot close: without this, every test skipped would look green. */
function openTest({ openGates }: Comparison): readonly JunitTest[] {
  if (openGates === null) return [];
  const test = { className: "diskbench", name: "gates can close", seconds: 0 };
  return [{ ...test, outcome: "error", type: "gate-open", text: openGates.message }];
}

export function renderComparisonJunit(comparison: Comparison): string {
  const { candidate, cases } = comparison;
  return junitReport(candidate, openTest(comparison), cases, (each) => testsOf(each, comparison));
}
