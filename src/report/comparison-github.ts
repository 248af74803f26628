// A comparison -> annotations for GitHub Actions, the worst first.

import type { Comparison } from "../compare/comparison.ts";
import { type Annotation, annotationLines } from "./annotations.ts";
import { allowanceText, outcomeText, sentenceOf } from "./comparison-text.ts";

function annotationsOf(comparison: Comparison): readonly Annotation[] {
  const allowance = allowanceText(comparison);
  const lines = comparison.cases.flatMap(({ id, metrics }) =>
    metrics
      .filter(({ gated }) => gated)
      .map((metric) => ({ verdict: metric.verdict, text: sentenceOf(metric, id, comparison) })),
  );
  const ofVerdict = (verdict: string, level: Annotation["level"]): readonly Annotation[] =>
    lines.flatMap((each) =>
      each.verdict === verdict ? [{ level, title: `diskbench: ${verdict}`, text: each.text }] : [],
    );
  return [
    ...(allowance === null ? [] : [{ level: "error" as const, title: "diskbench: not comparable", text: allowance }]),
    ...(comparison.openGates === null
      ? []
      : [{ level: "error" as const, title: "diskbench: the gate cannot close", text: comparison.openGates.message }]),
    ...ofVerdict("regressed", "error"),
    ...ofVerdict("inconclusive", "warning"),
    ...comparison.warnings.map((text) => ({ level: "notice" as const, title: "diskbench", text })),
  ];
}

export function renderComparisonAnnotations(comparison: Comparison): string {
  return annotationLines(annotationsOf(comparison), outcomeText(comparison));
}
