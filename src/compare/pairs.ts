// The result of an interleaved run -> its two sides, paired round by round, and their Comparison.

import { SIDE_SUFFIXES } from "../profile/pair-profiles.ts";
import type { CaseResult, Result, Round } from "../result/result.ts";
import { isSound } from "../result/sound-rounds.ts";
import { type CompareOptions, compareSides, type SideInput } from "./compare.ts";
import { BLOCKING_DIFFERENCES, type Comparison, type Difference } from "./comparison.ts";
import { differencesBetween } from "./differences.ts";
import { partOf } from "./facets.ts";
import { EACH_OF_TWO_LOOKS, ONE_LOOK } from "./judge.ts";
import { casesOf } from "./series-of.ts";

type Pairing = NonNullable<Result["pairing"]>;

const plainJob = (job: string): string =>
  job.endsWith(SIDE_SUFFIXES[0]) ? job.slice(0, -SIDE_SUFFIXES[0].length) : job;

/** The id that the case would have by itself: without the mark of its side. */
function plainId(id: string, markedJob: string, job: string): string {
  return (job + id.slice(markedJob.length)).replace(/\/target-[^/]*$/, "");
}

/** A round that does not count takes the one that ran beside it along: alone it has nothing to be compared with. */
function soundPairs({ rounds }: CaseResult, twin: CaseResult | undefined): readonly Round[] {
  const lost = new Set((twin?.rounds ?? []).filter((round) => !isSound(round)).map(({ index }) => index));
  return rounds.filter((round) => isSound(round) && !lost.has(round.index));
}

/** The part of a result that one side is: its cases under the baseline's ids, and its targets. */
function sideOf(result: Result, { cases, labels }: Pairing, side: 0 | 1, files: readonly string[]): SideInput {
  const chosen = cases.flatMap((pair) => {
    const [own, name] = [result.cases[pair[side]], result.cases[pair[0]]];
    if (own === undefined || name === undefined) return [];
    const job = plainJob(name.job);
    return [
      {
        ...own,
        id: plainId(name.id, name.job, job),
        job,
        rounds: soundPairs(own, result.cases[pair[side === 0 ? 1 : 0]]),
      },
    ];
  });
  return { label: labels[side], files, results: [partOf(result, chosen)] };
}

/** Here a difference of device or file system is what is compared. */
function asPlanned(difference: Difference): Difference {
  return difference.severity === "allowed" ? { ...difference, severity: "harmless" } : difference;
}

/** Null: the result is not one of two interleaved sides. */
export function comparePairs(result: Result, files: readonly string[], options: CompareOptions): Comparison | null {
  const pairing = result.pairing;
  if (pairing === null) return null;
  const [baseline, candidate] = [sideOf(result, pairing, 0, files), sideOf(result, pairing, 1, files)];
  const differences = differencesBetween(baseline.results, candidate.results, BLOCKING_DIFFERENCES).map(asPlanned);
  return compareSides(
    {
      baseline: { ...baseline, cases: casesOf(baseline.results) },
      candidate: { ...candidate, cases: casesOf(candidate.results) },
      paired: true,
      confidence: pairing.looks === 2 ? EACH_OF_TWO_LOOKS : ONE_LOOK,
    },
    options,
    differences,
  );
}
