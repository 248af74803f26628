// What a comparison comes to: one plain document for all reports, for scripts and for the exit code.

import type { MetricKind, Metric } from "../shared/metrics.ts";
import type { ChangeInterval, Obstacle, Verdict } from "./judge.ts";

export const COMPARISON_SCHEMA = "diskbench-comparison/1";

/** What `--allow-difference` can name: any of these makes results incomparable otherwise. */
export const BLOCKING_DIFFERENCES = ["profile", "device", "file-system", "mount-options"] as const;
export type BlockingDifference = (typeof BLOCKING_DIFFERENCES)[number];

/**
 * What makes runs series of their own in a history: what forbids comparing, and what a comparison may be about and
 * a history is not. In either case a step would be called a change of the device's speed that is none.
 */
export const SEPARATING_DIFFERENCES = [...BLOCKING_DIFFERENCES, "cpu", "allocation", "target-size"] as const;
export type SeparatingDifference = (typeof SEPARATING_DIFFERENCES)[number];

export interface Difference {
  readonly what: BlockingDifference | (string & {});
  /** `blocking`: not comparable. `allowed`: it would be, had it not been allowed. `notable`: read figures with care. */
  readonly severity: "blocking" | "allowed" | "notable" | "harmless";
  readonly baseline: string;
  readonly candidate: string;
}

export interface Side {
  readonly label: string;
  readonly files: readonly string[];
  /** ISO 8601, of the first run. */
  readonly startedAt: string;
  /** Of the first run. */
  readonly hostname: string;
  readonly runs: number;
}

export interface SideFigure {
  readonly median: number | null;
  /** Between which the median lies with 95 %; null: too few values. */
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
}

/** `unmeasured`: a percentile for which neither side did enough I/Os; it can only inform. */
export type MetricVerdict = Verdict | "unmeasured" | "not-comparable";

export interface MetricComparison {
  readonly metric: Metric;
  readonly kind: MetricKind;
  readonly betterWhen: "higher" | "lower";
  readonly gated: boolean;
  readonly verdict: MetricVerdict;
  /** Passed, yet certainly slower, within the tolerance. */
  readonly slowerWithinTolerance: boolean;
  readonly baseline: SideFigure;
  readonly candidate: SideFigure;
  /** Candidate / baseline - 1; null: cannot be told. */
  readonly change: ChangeInterval | null;
  /** The same for the worse: 0.111 where a rate fell by 10 %. The verdict compares it with the tolerance. */
  readonly worse: ChangeInterval | null;
  readonly tolerance: number;
  /** One-sided, for "worse by more than the tolerance"; null where it only informs. */
  readonly p: number | null;
  /** Holm over all gated tests; null where it only informs. */
  readonly adjustedP: number | null;
  readonly obstacle: Obstacle | null;
  /** Gated, but it could not have become `regressed` whatever was measured. */
  readonly cannotClose: boolean;
  /** Rounds (or runs) a side that would probably decide; null: decided, or nobody knows. */
  readonly roundsToDecide: number | null;
  /** How long a round must be for this percentile; null: long enough, or no percentile. */
  readonly secondsNeeded: number | null;
  /** What a person should know about the verdict; null: it speaks for itself. */
  readonly note: string | null;
}

export interface CaseComparison {
  readonly id: string;
  readonly job: string;
  readonly metrics: readonly MetricComparison[];
}

/** The typical change of one gated metric over all cases that have it. */
export interface OverallChange {
  readonly metric: Metric;
  /** Geometric mean of candidate / baseline, minus 1. */
  readonly change: number;
  readonly cases: number;
}

export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly verdict: "pass" | "regressed" | "inconclusive" | "not-comparable";
  /** Gated tests whose gate could not close; null: all could. It is not green then, even where nothing regressed. */
  readonly openGates: { readonly tests: number; readonly ofTests: number; readonly message: string } | null;
  readonly paired: boolean;
  /** What one value is: a round, or the median of a run's rounds. */
  readonly unit: "round" | "run";
  /** Of the two-sided interval, and for the adjusted p. */
  readonly confidence: { readonly level: number; readonly alpha: number };
  readonly baseline: Side;
  readonly candidate: Side;
  readonly gates: readonly Metric[];
  readonly counts: Readonly<Record<MetricVerdict, number>>;
  readonly differences: readonly Difference[];
  readonly warnings: readonly string[];
  readonly overall: readonly OverallChange[];
  readonly cases: readonly CaseComparison[];
}
