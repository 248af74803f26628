// The results of one side -> for each case the values of any metric, one per round or one per run.

import type { CaseResult, Result, Round } from "../result/result.ts";
import { soundRounds } from "../result/sound-rounds.ts";
import { groupBy } from "../shared/lists.ts";
import type { Metric } from "../shared/metrics.ts";
import { median } from "../stats/ranks.ts";
import { roundFigure, roundRate } from "./round-figures.ts";

export interface CaseSide {
  readonly id: string;
  readonly job: string;
  /** The rounds of each run that count, in the order in which they ran. */
  readonly runs: readonly (readonly Round[])[];
  /** The same, whatever run they belong to. */
  readonly rounds: readonly Round[];
  /** A run that lacks the case, or in which it did not come to its end. */
  readonly broken: boolean;
  readonly checks: CaseResult["checks"];
}

/** By case id, in the order of the first result. */
export function casesOf(results: readonly Result[]): ReadonlyMap<string, CaseSide> {
  const found = groupBy(
    results.flatMap(({ cases }) => cases),
    ({ id }) => id,
  );
  return new Map(
    Array.from(found, ([id, cases]) => {
      const runs = cases.map(({ rounds }) => soundRounds(rounds));
      const side: CaseSide = {
        id,
        job: cases[0]?.job ?? "",
        runs,
        rounds: runs.flat(),
        broken: cases.length < results.length || cases.some(({ state }) => state !== "completed"),
        checks: cases.flatMap(({ checks }) => checks),
      };
      return [id, side];
    }),
  );
}

/** Of the rounds of a run. One in which some have no such percentile would be judged by its fast ones, and has null. */
export function medianFigure(rounds: readonly Round[], metric: Metric): number | null {
  const values = rounds.map((round) => roundFigure(round, metric));
  const present = values.filter((value) => value !== null);
  return present.length < values.length ? null : median(present);
}

/** One value per round of the only run, or per run the median of its rounds. */
export function valuesOf(side: CaseSide, metric: Metric, unit: "round" | "run"): readonly (number | null)[] {
  if (unit === "run") return side.runs.map((rounds) => medianFigure(rounds, metric));
  return side.rounds.map((round) => roundFigure(round, metric));
}

/** The slowest round's I/Os per second: what decides how long a percentile takes. Null: no I/O at all. */
export function slowestRate(side: CaseSide, metric: Metric): number | null {
  const rates = side.rounds.map((round) => roundRate(round, metric) ?? 0);
  const slowest = Math.min(...rates);
  return slowest > 0 && Number.isFinite(slowest) ? slowest : null;
}
