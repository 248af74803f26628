// Two sides of results -> the Comparison: every case, every metric, all gated tests judged together; pure.

import type { Result } from "../result/result.ts";
import { groupBy } from "../shared/lists.ts";
import type { Tolerance } from "../profile/gates.ts";
import { DEFAULT_GATES, type Metric } from "../shared/metrics.ts";
import { geometricMean } from "../stats/geometric-mean.ts";
import { answerOf, type Question, questionOf } from "./compare-case.ts";
import {
  type BlockingDifference,
  type CaseComparison,
  type Comparison,
  COMPARISON_SCHEMA,
  type Difference,
  type MetricComparison,
  type MetricVerdict,
  type OverallChange,
  type Side,
} from "./comparison.ts";
import { differencesBetween } from "./differences.ts";
import { type Confidence, minimumCount, ONE_LOOK } from "./judge.ts";
import { judgeAll } from "./judge-all.ts";
import { gateOpening } from "./open-gates.ts";
import { casesOf, type CaseSide } from "./series-of.ts";
import { toleranceFor } from "./tolerances.ts";
import { checkWarnings, type NamedSide, sameRunWarnings, seriesWarnings, stateWarnings } from "./warnings.ts";

/** What informs beside the gates. */
const INFORMING: readonly Metric[] = [
  "iops",
  "bytesPerSecond",
  "latencyNs.mean",
  "latencyNs.p50",
  "latencyNs.p90",
  "latencyNs.p99",
  "latencyNs.p999",
  "cpuNsPerIo",
];

export interface CompareOptions {
  /** Empty: the default gates. */
  readonly gates: readonly Metric[];
  /** Lists of rules, the first beats the next. */
  readonly tolerances: readonly (readonly Tolerance[])[];
  readonly allowed: readonly BlockingDifference[];
}

export interface SideInput {
  readonly label: string;
  readonly files: readonly string[];
  /** At least one. */
  readonly results: readonly Result[];
}

/** Two sides ready to be judged, their cases under the same ids. */
export interface Sides {
  readonly baseline: SideInput & { readonly cases: ReadonlyMap<string, CaseSide> };
  readonly candidate: SideInput & { readonly cases: ReadonlyMap<string, CaseSide> };
  readonly paired: boolean;
  readonly confidence: Confidence;
}

const describeSide = ({ label, files, results }: SideInput): Side => ({
  label,
  files,
  startedAt: results.map(({ startedAt }) => startedAt).toSorted()[0] ?? "",
  hostname: results[0]?.machine.hostname ?? "",
  runs: results.length,
});

const clockOf = (sides: Sides): number =>
  Math.max(
    ...[...sides.baseline.results, ...sides.candidate.results].map(({ machine }) => machine.clock.resolutionNs),
    0,
  );

function countVerdicts(metrics: readonly MetricComparison[]): Record<MetricVerdict, number> {
  const counts = { regressed: 0, improved: 0, pass: 0, inconclusive: 0, unmeasured: 0, "not-comparable": 0 };
  for (const { gated, verdict } of metrics) if (gated) counts[verdict]++;
  return counts;
}

function overallChanges(gates: readonly Metric[], metrics: readonly MetricComparison[]): readonly OverallChange[] {
  return gates.flatMap((metric) => {
    const ratios = metrics.flatMap((each) =>
      each.metric === metric && each.change !== null ? [1 + each.change.estimate] : [],
    );
    const ratio = geometricMean(ratios);
    return ratio === null || ratios.length < 2 ? [] : [{ metric, change: ratio - 1, cases: ratios.length }];
  });
}

interface Item {
  readonly id: string;
  readonly job: string;
  readonly question: Question;
}

function itemsOf(
  sides: Sides,
  options: CompareOptions,
  gates: readonly Metric[],
  unit: "round" | "run",
): readonly Item[] {
  const { baseline, candidate, paired, confidence } = sides;
  const clockNs = clockOf(sides);
  const metrics = [...gates, ...INFORMING.filter((metric) => !gates.includes(metric))];
  const ids = [...new Set([...baseline.cases.keys(), ...candidate.cases.keys()])];
  return ids.flatMap((id) => {
    const [before, after] = [baseline.cases.get(id) ?? null, candidate.cases.get(id) ?? null];
    const job = (before ?? after)?.job ?? "";
    return metrics.map((metric): Item => {
      const tolerance = toleranceFor(options.tolerances, { id, job }, metric);
      const gated = gates.includes(metric);
      const asked = { paired, unit, gated, tolerance, confidence, clockNs };
      return { id, job, question: questionOf(metric, before, after, asked) };
    });
  });
}

function groupByCase(items: readonly Item[], answers: readonly MetricComparison[]): readonly CaseComparison[] {
  const cases = groupBy([...items.entries()], ([, { id }]) => id);
  return Array.from(cases.values(), (ofCase) => {
    const [[, { id, job }]] = ofCase;
    return { id, job, metrics: ofCase.flatMap(([index]) => answers[index] ?? []) };
  });
}

function warningsOf(sides: Sides, gates: readonly Metric[], unit: "round" | "run"): readonly string[] {
  const baseline: NamedSide = { ...sides.baseline, name: "baseline" };
  const candidate: NamedSide = { ...sides.candidate, name: "candidate" };
  const oneRun = unit === "round" && !sides.paired;
  return [
    ...stateWarnings(sides.paired ? [baseline] : [baseline, candidate]),
    ...(sides.paired ? [] : sameRunWarnings(baseline, candidate)),
    ...(oneRun
      ? [
          "One run a side: what differs from run to run is not in the intervals. Give several result files a side, or use `diskbench ab`",
        ]
      : []),
    ...seriesWarnings([baseline, candidate], gates),
    ...checkWarnings([baseline, candidate]),
  ];
}

/** Judges two sides whose cases stand under the same ids. `differences` are what `differencesBetween` found. */
export function compareSides(sides: Sides, options: CompareOptions, differences: readonly Difference[]): Comparison {
  const { baseline, candidate, paired, confidence } = sides;
  const gates = options.gates.length === 0 ? DEFAULT_GATES : options.gates;
  const unit = !paired && Math.max(baseline.results.length, candidate.results.length) > 1 ? "run" : "round";
  const items = itemsOf(sides, options, gates, unit);
  const judged = judgeAll(
    items.map(({ question }) => question.test),
    confidence,
  );
  // As many as will be judged together once there are rounds enough.
  const tests = judged.filter(
    ({ evidence }, index) =>
      items[index]?.question.test.gated === true && (evidence.obstacle === null || evidence.obstacle === "too-few"),
  ).length;
  const comparable = differences.every(({ severity }) => severity !== "blocking");
  const answers = items.flatMap(({ question }, index) => {
    const answer = judged[index];
    return answer === undefined ? [] : [answerOf(question, answer, tests, comparable)];
  });
  const counts = countVerdicts(answers);
  const openGates = gateOpening(answers, { paired, unit, alpha: confidence.alpha, minimum: minimumCount(paired) });
  return {
    schema: COMPARISON_SCHEMA,
    verdict: verdictOfAll(comparable, counts, openGates !== null),
    openGates,
    paired,
    unit,
    confidence,
    baseline: describeSide(baseline),
    candidate: describeSide(candidate),
    gates,
    counts,
    differences,
    warnings: warningsOf(sides, gates, unit),
    overall: overallChanges(gates, answers),
    cases: groupByCase(items, answers),
  };
}

function verdictOfAll(
  comparable: boolean,
  counts: Readonly<Record<MetricVerdict, number>>,
  gatesAreOpen: boolean,
): Comparison["verdict"] {
  if (!comparable) return "not-comparable";
  if (counts.regressed > 0) return "regressed";
  return gatesAreOpen || counts.inconclusive > 0 ? "inconclusive" : "pass";
}

/** Compares results of separate runs. With several files a side the sample is the run, else the round. */
export function compareResults(baseline: SideInput, candidate: SideInput, options: CompareOptions): Comparison {
  const sides: Sides = {
    baseline: { ...baseline, cases: casesOf(baseline.results) },
    candidate: { ...candidate, cases: casesOf(candidate.results) },
    paired: false,
    confidence: ONE_LOOK,
  };
  return compareSides(sides, options, differencesBetween(baseline.results, candidate.results, options.allowed));
}
