// A comparison -> a table for a terminal, what matters most first.

import type { Comparison, MetricComparison } from "../compare/comparison.ts";
import {
  allowanceText,
  changeText,
  differenceText,
  figureText,
  intervalText,
  isWorthShowing,
  outcomeText,
  pText,
  remarkOf,
  shortened,
  signedPercent,
  verdictText,
} from "./comparison-text.ts";
import { type Grid, renderGrid } from "./grid.ts";
import type { Looks } from "./options.ts";
import { printable } from "../shared/printable.ts";
import { joinBlocks } from "../shared/text.ts";
import { type Style, terminal } from "./terminal.ts";

const OUTCOME_STYLES: Readonly<Record<Comparison["verdict"], Style>> = {
  pass: "green",
  regressed: "red",
  inconclusive: "yellow",
  "not-comparable": "red",
};

/** With more cases than this, what passed is only counted. */
const MOST_CASES_SHOWN = 50;

function gridOf(comparison: Comparison): Grid {
  const columns = [
    { header: "baseline", priority: 5 },
    { header: "candidate", priority: 6 },
    { header: "change", priority: 7 },
    { header: `${comparison.confidence.level * 100}% interval`, priority: 4 },
    { header: "adj. p", priority: 3 },
    { header: "verdict", priority: 8 },
  ];
  const isShort = comparison.cases.length <= MOST_CASES_SHOWN;
  const isShown = (metric: MetricComparison): boolean =>
    isWorthShowing(metric, comparison) && (isShort || metric.verdict !== "pass");
  const sections = comparison.cases.map(({ id, metrics }) => ({
    heading: printable(id),
    rows: metrics.filter(isShown).map((metric) => ({
      label: metric.metric,
      indent: "  ",
      cells: [
        figureText(metric.baseline, metric.kind),
        figureText(metric.candidate, metric.kind),
        changeText(metric.change),
        intervalText(metric.change),
        metric.gated ? pText(metric.adjustedP) : "informs",
        verdictText(metric),
      ],
    })),
  }));
  return { title: "Comparison", columns, sections: sections.filter(({ rows }) => rows.length > 0) };
}

/** Sentences about single lines that do not fit into them. */
function remarks(comparison: Comparison): readonly string[] {
  return comparison.cases.flatMap(({ id, metrics }) =>
    metrics
      .filter((metric) => isWorthShowing(metric, comparison))
      .flatMap((metric) => {
        const remark = remarkOf(metric, comparison);
        return remark === null ? [] : [`${id}: ${metric.metric}: ${remark}`];
      }),
  );
}

const MOST_REMARKS = 20;

const side = (name: string, { label, startedAt, runs }: Comparison["baseline"]): string =>
  `${name}: ${label}, ${startedAt}${runs > 1 ? `, ${runs} runs` : ""}`;

/** Ends with a newline; no line is wider than the width. */
export function renderComparisonTable(comparison: Comparison, looks: Looks): string {
  const { grid, paragraph, paragraphs } = terminal(looks);
  const { baseline, candidate, openGates, unit, differences, warnings, overall } = comparison;
  const allowance = allowanceText(comparison);
  return joinBlocks([
    openGates === null ? "" : paragraph(openGates.message, "yellow"),
    paragraphs([side("Baseline", baseline), side("Candidate", candidate)]),
    paragraphs(differences.map((difference) => `Differs: ${differenceText(difference)}`)),
    allowance === null ? "" : paragraph(allowance, "red"),
    renderGrid(gridOf(comparison), grid),
    comparison.cases.length > MOST_CASES_SHOWN
      ? paragraph(`Of ${comparison.cases.length} cases, lines that pass are left out here; --json has all.`, "dim")
      : "",
    paragraphs(
      overall.map(
        ({ metric, change, cases }) =>
          `Typical change of ${metric}: ${signedPercent(change)} over ${cases} cases (geometric mean).`,
      ),
    ),
    paragraphs(shortened(remarks(comparison), MOST_REMARKS), "dim"),
    paragraphs(
      shortened(warnings, MOST_REMARKS).map((text) => `Warning: ${text}`),
      "yellow",
    ),
    paragraph(
      `Medians of ${unit}s; change is candidate / baseline - 1 (Hodges-Lehmann)${comparison.paired ? ", paired rounds" : ""}.`,
      "dim",
    ),
    paragraph(outcomeText(comparison), OUTCOME_STYLES[comparison.verdict]),
  ]);
}
