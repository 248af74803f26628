// Numbers of rounds and of tests -> whether a gate could ever close: the least p-value that ranks can reach.

import { holm } from "../stats/multiple-tests.ts";

/** Ways to choose `chosen` of `all`, as a logarithm. */
function logChoices(all: number, chosen: number): number {
  let sum = 0;
  for (let index = 1; index <= chosen; index++) sum += Math.log((all - chosen + index) / index);
  return sum;
}

/** The least one-sided p-value: every candidate value is worse, which is one of all arrangements. */
export function smallestP(paired: boolean, baselineCount: number, candidateCount: number): number {
  if (paired) return 2 ** -Math.min(baselineCount, candidateCount);
  return Math.exp(-logChoices(baselineCount + candidateCount, candidateCount));
}

/** Rounding must not open a gate that closes exactly at alpha. */
const ROUNDING = 1e-12;

/** For each test, by its least p-value, whether it could be called after Holm if everything were worse. */
export function couldClose(smallestPs: readonly number[], alpha: number): readonly boolean[] {
  return holm(smallestPs).map((p) => p <= alpha + ROUNDING);
}

/** Fewest rounds a side with which one of `tests` tests can be called at all; never less than `minimum`. */
export function roundsToClose(paired: boolean, tests: number, alpha: number, minimum: number): number {
  let rounds = minimum;
  while (smallestP(paired, rounds, rounds) * Math.max(tests, 1) > alpha + ROUNDING) rounds++;
  return rounds;
}
