// A comparison -> a page: both sides, in what they differ, what matters most first, and the verdict.

import type { CaseComparison, Comparison, MetricComparison } from "../compare/comparison.ts";
import {
  allowanceText,
  changeText,
  differenceText,
  figureText,
  intervalName,
  intervalText,
  isWorthShowing,
  outcomeText,
  pText,
  remarkOf,
  sentenceOf,
  verdictText,
} from "./comparison-text.ts";
import { plainPercent, signedPercent } from "../shared/percent.ts";
import {
  NO_RECORDS,
  type Alert,
  type BuildPage,
  type Fact,
  type Page,
  type Problem,
  type Row,
  type Section,
  type Table,
  type Test,
  type TestOutcome,
  type Tone,
  type Value,
} from "./page.ts";
import { suitesOf } from "./suites.ts";

export const pageOf: BuildPage<Comparison> = (comparison, { parts, brief }) => {
  const { baseline, candidate, verdict } = comparison;
  const summary = outcomeText(comparison);
  return {
    title: `${baseline.label} → ${candidate.label}`,
    startedAt: candidate.startedAt,
    hostname: candidate.hostname,
    verdict: { tone: VERDICTS[verdict].tone ?? "good", text: summary },
    summary,
    sections: parts.includes("sections") ? sectionsOf(comparison, brief) : [],
    alerts: parts.includes("alerts") ? alertsOf(comparison) : [],
    records: parts.includes("records") ? recordsOf(comparison) : NO_RECORDS,
    suites: parts.includes("suites") ? suitesIn(comparison) : [],
    document: comparison,
  };
};

interface VerdictMeaning {
  readonly outcome: TestOutcome;
  readonly tone?: Tone;
}

/** What went wrong first. A gate that could not close is no success either. */
const VERDICTS: Readonly<Record<MetricComparison["verdict"], VerdictMeaning>> = {
  regressed: { outcome: "failure", tone: "bad" },
  inconclusive: { outcome: "skipped", tone: "unsure" },
  "not-comparable": { outcome: "error", tone: "bad" },
  improved: { outcome: "passed", tone: "good" },
  pass: { outcome: "passed" },
  unmeasured: { outcome: "skipped" },
};
const RANKS = Object.keys(VERDICTS);

/** With more cases than this, what passed is only counted. */
const MOST_CASES_SHOWN = 50;

function sectionsOf(comparison: Comparison, brief: boolean): readonly Section[] {
  const { baseline, candidate, cases, differences, overall, paired, unit, warnings } = comparison;
  const isCut = brief && cases.length > MOST_CASES_SHOWN;
  const typical = overall.map(
    ({ metric, change, cases: count }) =>
      `Typical change of ${metric}: ${signedPercent(change)} over ${count} cases (geometric mean).`,
  );
  return [
    { kind: "problems", problems: problemsOf(comparison) },
    { kind: "facts", facts: [sideFact("Baseline", baseline), sideFact("Candidate", candidate)] },
    { kind: "list", heading: "Differences", each: "Differs", texts: differences.map(differenceText) },
    { kind: "table", table: tableOf(comparison, isCut) },
    {
      kind: "notes",
      texts: [
        ...(isCut ? [`Of ${cases.length} cases, lines that pass are left out here; --json has all.`] : []),
        ...typical,
        `Medians of ${unit}s; change is candidate / baseline - 1 (Hodges-Lehmann)${paired ? ", paired rounds" : ""}.`,
      ],
    },
    { kind: "list", heading: "Warnings", each: "Warning", texts: warnings, tone: "unsure" },
  ];
}

function problemsOf(comparison: Comparison): readonly Problem[] {
  return [comparison.openGates?.message, allowanceText(comparison)].flatMap((text) =>
    text == null ? [] : [{ severity: "failure", text }],
  );
}

const sideFact = (name: string, { label, startedAt, runs }: Comparison["baseline"]): Fact => ({
  name,
  text: `${label}, ${startedAt}${runs > 1 ? `, ${runs} runs` : ""}`,
});

function tableOf(comparison: Comparison, isCut: boolean): Table {
  const groups = comparison.cases.map((each) => ({
    heading: each.id,
    rows: each.metrics
      .filter((metric) => isWorthShowing(metric, comparison) && !(isCut && metric.verdict === "pass"))
      .map((metric) => rowOf(each, metric, comparison)),
  }));
  return {
    title: "Comparison",
    keys: ["Case", "Metric"],
    columns: [
      { header: "baseline", priority: 5 },
      { header: "candidate", priority: 6 },
      { header: "change", priority: 7 },
      { header: intervalName(comparison), priority: 4 },
      { header: "tolerance", priority: 2 },
      { header: "adj. p", priority: 3 },
      { header: "verdict", priority: 8 },
    ],
    groups: groups.filter(({ rows }) => rows.length > 0),
  };
}

function rowOf({ id }: CaseComparison, metric: MetricComparison, comparison: Comparison): Row {
  const { tone } = VERDICTS[metric.verdict];
  return {
    name: id,
    label: metric.metric,
    cells: [
      figureText(metric.baseline, metric.kind),
      figureText(metric.candidate, metric.kind),
      changeText(metric.change),
      intervalText(metric.change),
      plainPercent(metric.tolerance),
      metric.gated ? pText(metric.adjustedP) : "informs",
      verdictText(metric),
    ],
    ...(tone === undefined ? {} : { tone }),
    remark: remarkOf(metric, comparison),
    rank: 2 * RANKS.indexOf(metric.verdict) + (metric.gated ? 0 : 1),
  };
}

const error = (title: string, text: string): Alert => ({ level: "error", title: `diskbench: ${title}`, text });

/** The worst first. */
function alertsOf(comparison: Comparison): readonly Alert[] {
  const { cases, openGates, warnings } = comparison;
  const allowance = allowanceText(comparison);
  const gated = cases.flatMap(({ id, metrics }) =>
    metrics.filter((metric) => metric.gated).map((metric) => ({ id, metric })),
  );
  const ofVerdict = (verdict: MetricComparison["verdict"], level: Alert["level"]): readonly Alert[] =>
    gated
      .filter(({ metric }) => metric.verdict === verdict)
      .map(({ id, metric }) => ({ level, title: `diskbench: ${verdict}`, text: sentenceOf(metric, id, comparison) }));
  return [
    ...(allowance === null ? [] : [error("not comparable", allowance)]),
    ...(openGates === null ? [] : [error("the gate cannot close", openGates.message)]),
    ...ofVerdict("regressed", "error"),
    ...ofVerdict("inconclusive", "warning"),
    ...warnings.map((text): Alert => ({ level: "notice", title: "diskbench", text })),
  ];
}

function suitesIn(comparison: Comparison): Page["suites"] {
  const { cases, gates, openGates } = comparison;
  const testOf = (id: string, metric: MetricComparison): Test => {
    const sentence = sentenceOf(metric, id, comparison);
    return {
      className: id,
      name: metric.metric,
      outcome: VERDICTS[metric.verdict].outcome,
      type: metric.verdict,
      text: metric.verdict === "not-comparable" ? (allowanceText(comparison) ?? sentence) : sentence,
      seconds: 0,
    };
  };
  const test = { className: "diskbench", name: "gates can close", seconds: 0 };
  // Without this one, a comparison with every test skipped would look green.
  const open: readonly Test[] =
    openGates === null ? [] : [{ ...test, outcome: "error", type: "gate-open", text: openGates.message }];
  return suitesOf(open, cases, ({ id, metrics }) =>
    metrics.filter(({ metric }) => gates.includes(metric)).map((metric) => testOf(id, metric)),
  );
}

type NamedValue = readonly [column: string, value: (metric: MetricComparison, each: CaseComparison) => Value];

const UNITS: Readonly<Record<MetricComparison["kind"], string>> = {
  rate: "per second",
  bytes: "bytes per second",
  nanoseconds: "ns",
};

const RECORD: readonly NamedValue[] = [
  ["case", (_, { id }) => id],
  ["job", (_, { job }) => job],
  ["metric", ({ metric }) => metric],
  ["unit", ({ kind }) => UNITS[kind]],
  ["gated", ({ gated }) => gated],
  ["verdict", ({ verdict }) => verdict],
  ...(["baseline", "candidate"] as const).flatMap((side) =>
    (["median", "low", "high", "count"] as const).map((name): NamedValue => [
      `${side}_${name}`,
      (metric) => metric[side][name],
    ]),
  ),
  ["change", ({ change }) => change && change.estimate],
  ["change_low", ({ change }) => change && change.low],
  ["change_high", ({ change }) => change && change.high],
  ["tolerance", ({ tolerance }) => tolerance],
  ["p", ({ p }) => p],
  ["adjusted_p", ({ adjustedP }) => adjustedP],
  ["rounds_to_decide", ({ roundsToDecide }) => roundsToDecide],
  ["remark", ({ note }) => note],
];

/** One per case and metric. */
function recordsOf({ cases }: Comparison): Page["records"] {
  return {
    columns: RECORD.map(([column]) => column),
    rows: cases.flatMap((each) => each.metrics.map((metric) => RECORD.map(([, value]) => value(metric, each)))),
  };
}
