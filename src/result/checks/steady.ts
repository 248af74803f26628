// A round's intervals -> whether the rate drifted while it was measured, or had not settled when measuring began.

import { mean, standardDeviation } from "../../stats/moments.ts";
import { median } from "../../stats/ranks.ts";
import { mannKendall } from "../../stats/series.ts";
import { theilSenSlope } from "../../stats/theil-sen.ts";
import type { Check, Round } from "../result.ts";
import { cannotBeChecked, pass, percent, warn, type CaseEvidence } from "./case-evidence.ts";

const LEAST_POINTS = 8;
const DRIFT = 0.1;
const SIGNIFICANCE = 0.01;
/** Far: further from the others' median than this share of it, and than this many of their standard deviations. */
const FAR_SHARE = 0.2;
const FAR_DEVIATIONS = 4;

interface Course {
  readonly round: number;
  readonly points: number;
  /** From the first point to the last, along the fitted line, as a share of the mean. */
  readonly drift: number;
  readonly p: number;
  /** The first point as a share of the median of the others. */
  readonly firstToOthers: number;
  readonly firstIsFar: boolean;
}

/** Rates of the whole intervals; a final flush, in which nothing is transferred, is no part of the course. */
function ratesOf(round: Round, flushAtEnd: boolean): number[] {
  const flushSeconds = flushAtEnd ? (round.flush?.latencyNs.max ?? 0) / 1e9 : 0;
  const end = round.measuredSeconds - flushSeconds;
  const length = Math.max(0, ...round.intervals.map(({ seconds }) => seconds));
  return round.intervals
    .filter(({ startSeconds, seconds }) => seconds > 0.9 * length && startSeconds + seconds <= end + 1e-6)
    .map(({ bytes, seconds }) => bytes / seconds);
}

function courseOf(round: Round, flushAtEnd: boolean): Course | null {
  const rates = ratesOf(round, flushAtEnd);
  const [first, ...others] = rates;
  const average = mean(rates) ?? 0;
  const middle = median(others) ?? 0;
  if (first === undefined || rates.length < LEAST_POINTS || average === 0) return null;
  const distance = Math.abs(first - middle);
  return {
    round: round.index,
    points: rates.length,
    drift: ((theilSenSlope(rates) ?? 0) * (rates.length - 1)) / average,
    p: mannKendall(rates).p,
    firstToOthers: middle === 0 ? 0 : first / middle,
    firstIsFar: distance > FAR_SHARE * middle && distance > FAR_DEVIATIONS * (standardDeviation(others) ?? 0),
  };
}

export function checkSteady({ case: { rounds, settings } }: CaseEvidence): Check {
  const code = "steady";
  const flushAtEnd = settings.flush === "end";
  const courses = rounds.map((round) => courseOf(round, flushAtEnd)).filter((course) => course !== null);
  if (courses.length === 0) {
    return cannotBeChecked(code, `it takes ${LEAST_POINTS} whole intervals; use a longer duration`);
  }
  const facts = { rounds: courses };
  const drifting = courses.filter(({ drift, p }) => Math.abs(drift) > DRIFT && p < SIGNIFICANCE / courses.length);
  const [worst] = drifting.toSorted((a, b) => Math.abs(b.drift) - Math.abs(a.drift));
  if (worst !== undefined) {
    const way = worst.drift > 0 ? "rose" : "fell";
    return warn(
      code,
      `The rate ${way} by ${percent(Math.abs(worst.drift))} within a round (p = ${worst.p.toPrecision(1)}), in ${drifting.length} of ${courses.length} rounds: the figure depends on when one looks; use a longer warmup, or a longer duration.`,
      facts,
    );
  }
  const unsettled = courses.filter(({ firstIsFar }) => firstIsFar);
  const [example] = unsettled;
  if (example !== undefined) {
    return warn(
      code,
      `The first interval ran at ${percent(example.firstToOthers)} of the rate of those after it, in ${unsettled.length} of ${courses.length} rounds: measuring began before the device had settled; use a longer warmup.`,
      facts,
    );
  }
  return pass(code, "The rate neither drifted nor started apart from the rest.", facts);
}
