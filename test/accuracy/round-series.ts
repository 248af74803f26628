// Two series of rounds that were run in turns -> whether one tells more of itself, scatters more, or lies higher than the other.

import { mulberry32 } from "../../src/shared/random.ts";
import { pairedShift } from "../../src/stats/hodges-lehmann.ts";
import { mean } from "../../src/stats/moments.ts";
import { median } from "../../src/stats/ranks.ts";
import { present } from "./figures.ts";

/** What one series has more of than the other, and between what bounds that lies with 90 %; 0 is no difference. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Differences {
  /** How far a round tells what the next one will be. */
  readonly lag1: Difference;
  /** Logarithm of the ratio of the spreads. */
  readonly spread: Difference;
  /** Logarithm of the ratio of the medians. */
  readonly median: Difference;
}

const LEVEL = 0.9;
const QUANTILE_95 = 1.645;
const RESAMPLES = 999;

/** Correlation of each round with the next one. */
export function lag1(values: readonly number[]): number {
  const center = present(mean(values));
  const deviations = values.map((value) => value - center);
  const squares = deviations.reduce((sum, each) => sum + each * each, 0);
  const products = deviations.slice(1).reduce((sum, each, index) => sum + each * present(deviations[index]), 0);
  return squares === 0 ? 0 : products / squares;
}

/** Mean distance from the median, of logarithms: one round in which something else happened does not decide. */
function logSpread(logs: readonly number[]): number {
  const center = present(median(logs));
  return Math.log(present(mean(logs.map((log) => Math.abs(log - center)))));
}

/** Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 13.3; pairs stay pairs. */
function spreadDifference(first: readonly number[], second: readonly number[]): Difference {
  const random = mulberry32(1);
  const differences = Array.from({ length: RESAMPLES }, () => {
    const drawn = first.map(() => Math.floor(random() * first.length));
    const of = (logs: readonly number[]): number => logSpread(drawn.map((place) => present(logs[place])));
    return of(first) - of(second);
  }).toSorted((a, b) => a - b);
  const edge = Math.round((RESAMPLES * (1 - LEVEL)) / 2);
  return {
    estimate: logSpread(first) - logSpread(second),
    low: present(differences[edge]),
    high: present(differences[RESAMPLES - 1 - edge]),
  };
}

/** `first` against `second`, round by round. */
export function differencesOf(first: readonly number[], second: readonly number[]): Differences {
  // In a window that had no CPU nothing completes at all.
  const logsOf = (values: readonly number[]): readonly number[] => values.map((value) => Math.log(Math.max(1, value)));
  const [firstLogs, secondLogs] = [logsOf(first), logsOf(second)];
  const correlation = lag1(firstLogs) - lag1(secondLogs);
  // That of independent rounds scatters by 1 / sqrt(n) (Box and Jenkins, "Time Series Analysis", 2.1.6).
  const half = QUANTILE_95 * Math.sqrt(2 / first.length);
  const shift = pairedShift(
    firstLogs.map((log, index) => log - present(secondLogs[index])),
    LEVEL,
  );
  return {
    lag1: { estimate: correlation, low: correlation - half, high: correlation + half },
    spread: spreadDifference(firstLogs, secondLogs),
    median: { estimate: shift.estimate, low: shift.low ?? -Infinity, high: shift.high ?? Infinity },
  };
}

/** On which side of no difference the interval lies as a whole; 0: no difference is in it. */
export function sideOf({ low, high }: Difference): -1 | 0 | 1 {
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}
