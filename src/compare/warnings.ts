// Both sides of a comparison -> sentences about what takes from its worth, though it does not forbid it.

import type { Result } from "../result/result.ts";
import type { Metric } from "../shared/metrics.ts";
import { benjaminiHochberg } from "../stats/multiple-tests.ts";
import { autocorrelation, mannKendall } from "../stats/series.ts";
import { roundFigure } from "./round-figures.ts";
import type { CaseSide } from "./series-of.ts";

/** Below this, drift and resemblance cannot be told from chance. */
const FEWEST_ROUNDS = 8;
const FALSE_SHARE = 0.05;

export interface NamedSide {
  readonly name: "baseline" | "candidate";
  readonly results: readonly Result[];
  readonly cases: ReadonlyMap<string, CaseSide>;
}

interface SeriesTest {
  readonly text: string;
  readonly p: number;
}

/** Of many series some drift by chance: as many warnings as keep the false ones among them few. */
function significant(tests: readonly SeriesTest[]): readonly string[] {
  const adjusted = benjaminiHochberg(tests.map(({ p }) => p));
  return tests.filter((_, index) => (adjusted[index] ?? 1) <= FALSE_SHARE).map(({ text }) => text);
}

/** Series of single rounds that drift, or whose neighbours resemble each other: they are worth fewer than they are. */
export function seriesWarnings(sides: readonly NamedSide[], metrics: readonly Metric[]): readonly string[] {
  const series = sides.flatMap(({ name, cases }) =>
    [...cases.values()].flatMap((side) =>
      metrics.flatMap((metric) =>
        side.runs.flatMap((rounds) => {
          const present = rounds.map((round) => roundFigure(round, metric)).filter((value) => value !== null);
          return present.length < FEWEST_ROUNDS ? [] : [{ place: `${name}: ${metric} of ${side.id}`, values: present }];
        }),
      ),
    ),
  );
  return [
    ...significant(
      series.map(({ place, values }) => ({
        text: `${place} drifts from round to round (Mann-Kendall)`,
        p: mannKendall(values).p,
      })),
    ),
    ...significant(
      series.map(({ place, values }) => ({
        text: `${place}: neighbouring rounds resemble each other, so that they count for fewer than they are`,
        p: autocorrelation(values).p,
      })),
    ),
  ];
}

const checkTexts = ({ checks }: CaseSide): ReadonlySet<string> =>
  new Set(checks.filter(({ status }) => status !== "pass").map(({ code, status }) => `${code} (${status})`));

/** Checks of one side's case that did not pass, and did on the other. */
function onlyIn(name: string, side: CaseSide, other: CaseSide): readonly string[] {
  const theirs = checkTexts(other);
  const texts = [...checkTexts(side)].filter((text) => !theirs.has(text));
  return texts.map((text) => `${side.id}: the check ${text} did not pass in the ${name} only`);
}

/** Checks that did not pass on one side only. */
export function checkWarnings([baseline, candidate]: readonly [NamedSide, NamedSide]): readonly string[] {
  return [...baseline.cases.values()].flatMap((side) => {
    const other = candidate.cases.get(side.id);
    if (other === undefined) return [];
    return [...onlyIn("baseline", side, other), ...onlyIn("candidate", other, side)];
  });
}

export function stateWarnings(sides: readonly NamedSide[]): readonly string[] {
  return sides.flatMap(({ name, results }) =>
    results
      .filter(({ state }) => state !== "completed")
      .map(
        ({ state, startedAt }) =>
          `${name}: the run of ${startedAt} ${state === "failed" ? "failed" : "was ended early"}`,
      ),
  );
}

const runKey = ({ startedAt, machine }: Result): string => `${startedAt} on ${machine.hostname}`;

/** The same run on both sides passes every test and says nothing. */
export function sameRunWarnings(baseline: NamedSide, candidate: NamedSide): readonly string[] {
  const known = new Set(baseline.results.map(runKey));
  return candidate.results
    .filter((result) => known.has(runKey(result)))
    .map((result) => `the run of ${runKey(result)} stands on both sides`);
}
