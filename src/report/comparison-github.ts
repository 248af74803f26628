// A comparison -> annotations for GitHub Actions, of which GitHub shows ten a step.

import type { Comparison } from "../compare/comparison.ts";
import { allowanceText, outcomeText, sentenceOf } from "./comparison-text.ts";
import { printable } from "./printable.ts";

/** GitHub shows ten errors and ten warnings of a step and drops the rest silently. */
const MOST_ANNOTATIONS = 10;

/** As "Workflow commands for GitHub Actions" escapes data. */
const escapeData = (text: string): string =>
  printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

type Level = "error" | "warning" | "notice";

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly text: string;
}

const LEVELS: readonly Level[] = ["error", "warning", "notice"];

function annotationsOf(comparison: Comparison): readonly Annotation[] {
  const allowance = allowanceText(comparison);
  const lines = comparison.cases.flatMap(({ id, metrics }) =>
    metrics
      .filter(({ gated }) => gated)
      .map((metric) => ({ verdict: metric.verdict, text: sentenceOf(metric, id, comparison) })),
  );
  const ofVerdict = (verdict: string, level: Level): readonly Annotation[] =>
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

/** At most ten lines `::error title=...::...`; what is left is counted in the last of them. */
export function renderComparisonAnnotations(comparison: Comparison): string {
  const all = annotationsOf(comparison);
  const shown = all.length <= MOST_ANNOTATIONS ? all : all.slice(0, MOST_ANNOTATIONS - 1);
  const counted = LEVELS.flatMap((level) => {
    const count = all.slice(shown.length).filter((each) => each.level === level).length;
    return count === 0 ? [] : [`${count} more of level ${level}`];
  });
  const last: readonly Annotation[] =
    counted.length === 0
      ? []
      : [{ level: "notice", title: "diskbench", text: `${counted.join(", ")}. ${outcomeText(comparison)}` }];
  return [...shown, ...last]
    .map(
      ({ level, title, text }) =>
        `::${level} title=${escapeData(title).replaceAll(":", "%3A").replaceAll(",", "%2C")}::${escapeData(text)}\n`,
    )
    .join("");
}
