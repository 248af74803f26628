// Two ways to measure one thing -> their figures, taken in turns so that a drift of the machine falls on both alike.

import { median } from "./figures.ts";

type Measure = () => Promise<number>;

/** Both measured once after the other, who begins changing from round to round: A B B A A B B A ... */
async function addRound(ours: number[], theirs: number[], measureOurs: Measure, measureTheirs: Measure): Promise<void> {
  const oursFirst = ours.length % 2 === 0;
  if (oursFirst) ours.push(await measureOurs());
  theirs.push(await measureTheirs());
  if (!oursFirst) ours.push(await measureOurs());
}

const lowest = (values: readonly number[], count: number): readonly number[] =>
  values.toSorted((a, b) => a - b).slice(0, count);

/** Whether the values lie within `percent` of the smallest. */
function agree(values: readonly number[], percent: number): boolean {
  return Math.max(...values) <= Math.min(...values) * (1 + percent / 100);
}

export interface Turns {
  /** Rounds that are compared. */
  readonly rounds: number;
  /** What else runs on the machine only adds time: as many rounds more may be tried until `rounds` were quiet. */
  readonly atMostRounds: number;
  /** Quiet is what agrees with itself within this. */
  readonly percent: number;
}

/** The medians of the quietest rounds of each. */
export async function inTurns(
  { rounds, atMostRounds, percent }: Turns,
  measureOurs: Measure,
  measureTheirs: Measure,
): Promise<{ readonly ours: number; readonly theirs: number; readonly tried: number }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const quiet = (values: readonly number[]): boolean => agree(lowest(values, rounds), percent);
  while (ours.length < rounds || (ours.length < atMostRounds && !(quiet(ours) && quiet(theirs)))) {
    await addRound(ours, theirs, measureOurs, measureTheirs);
  }
  return { ours: median(lowest(ours, rounds)), theirs: median(lowest(theirs, rounds)), tried: ours.length };
}

/** `rounds` pairs in turns: the logarithms of ours / theirs, pair by pair. */
export async function inPairs(
  rounds: number,
  measureOurs: Measure,
  measureTheirs: Measure,
): Promise<readonly number[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  while (ours.length < rounds) await addRound(ours, theirs, measureOurs, measureTheirs);
  return ours.map((value, round) => Math.log(value / (theirs[round] ?? Number.NaN)));
}
