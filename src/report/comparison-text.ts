// Parts of a comparison -> the words and figures that all of its reports share.

import type { Comparison, Difference, MetricComparison, SideFigure } from "../compare/comparison.ts";
import type { ChangeInterval } from "../compare/judge.ts";
import { counted, humanNanoseconds, humanSeconds } from "../shared/units.ts";
import type { MetricKind } from "../shared/metrics.ts";
import { plainPercent, signedPercent } from "../shared/percent.ts";
import { DASH, formatFigure } from "./numbers.ts";

const FIGURE_TEXT: Readonly<Record<MetricKind, (value: number) => string>> = {
  rate: formatFigure,
  bytes: (value) => `${formatFigure(value / 1e6)} MB/s`,
  nanoseconds: humanNanoseconds,
};

export function figureText({ median }: Pick<SideFigure, "median">, kind: MetricKind): string {
  return median === null ? DASH : FIGURE_TEXT[kind](median);
}

export function intervalText(change: ChangeInterval | null): string {
  return change === null ? DASH : `${signedPercent(change.low)} .. ${signedPercent(change.high)}`;
}

/** Of the column that has such intervals. */
export const intervalName = ({ confidence }: Comparison): string => `${confidence.level * 100}% interval`;

export function changeText(change: ChangeInterval | null): string {
  return change === null ? DASH : signedPercent(change.estimate);
}

export function pText(p: number | null): string {
  if (p === null) return DASH;
  return p < 0.0001 ? "<0.0001" : p.toFixed(4);
}

export function verdictText({ verdict, slowerWithinTolerance }: MetricComparison): string {
  return slowerWithinTolerance ? "pass (slower)" : verdict;
}

/** What more there is to say about one line; null: nothing. */
export function remarkOf(metric: MetricComparison, { unit }: Comparison): string | null {
  const { note, roundsToDecide, secondsNeeded, verdict, tolerance } = metric;
  const parts = [
    note,
    verdict === "inconclusive" && roundsToDecide !== null
      ? `about ${roundsToDecide} ${unit}s a side would decide`
      : null,
    secondsNeeded === null ? null : `rounds of ${humanSeconds(secondsNeeded)} would measure it`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join("; ");
  return verdict === "inconclusive" ? `too close to the tolerance of ${plainPercent(tolerance)} to decide` : null;
}

/** One paragraph about one line, for annotations and JUnit. */
export function sentenceOf(metric: MetricComparison, caseId: string, comparison: Comparison): string {
  const { baseline, candidate, change, kind, verdict, tolerance, adjustedP } = metric;
  const figures = `${figureText(baseline, kind)} -> ${figureText(candidate, kind)}`;
  const by = change === null ? "" : `, ${changeText(change)} (${intervalName(comparison)} ${intervalText(change)})`;
  const p = adjustedP === null ? "" : `, adjusted p ${pText(adjustedP)}`;
  const remark = remarkOf(metric, comparison);
  const more = remark === null ? "" : `: ${remark}`;
  return `${metric.metric} of ${caseId} ${verdict}: ${figures}${by}, tolerance ${plainPercent(tolerance)}${p}${more}`;
}

const SEVERITY_WORDS: Readonly<Record<Difference["severity"], string>> = {
  blocking: "not comparable",
  allowed: "allowed",
  notable: "take care",
  harmless: "harmless",
};

export function differenceText({ what, severity, baseline, candidate }: Difference): string {
  return `${what} (${SEVERITY_WORDS[severity]}): ${baseline} -> ${candidate}`;
}

export function outcomeText(comparison: Comparison): string {
  const { verdict, counts } = comparison;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]));
  return `${verdict}: ${parts.join(", ") || "nothing"} of ${counted(total, "gated test")}`;
}

/** How to go on when results are not comparable; null: they are. */
export function allowanceText({ differences }: Comparison): string | null {
  const blocking = differences.filter(({ severity }) => severity === "blocking").map(({ what }) => what);
  if (blocking.length === 0) return null;
  const flags = [...new Set(blocking)].map((what) => `--allow-difference ${what}`).join(" ");
  return `These results do not measure the same thing. To compare them all the same: ${flags}`;
}

/** Lines worth a person's time: what is gated, and what informs of a change. */
export function isWorthShowing({ metric, verdict }: MetricComparison, { gates }: Comparison): boolean {
  return gates.includes(metric) || verdict === "regressed" || verdict === "improved";
}
