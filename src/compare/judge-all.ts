// All tests of one call -> their verdicts, the gated ones held to account together.

import { holm } from "../stats/multiple-tests.ts";
import { couldClose } from "./closing.ts";
import {
  type Confidence,
  type Evidence,
  type JudgeOptions,
  type Verdict,
  verdictOf,
  weigh,
  type Series,
} from "./judge.ts";

export interface Test {
  readonly series: Series;
  readonly options: JudgeOptions;
  /** False: it informs only. */
  readonly gated: boolean;
}

export interface Judged {
  readonly evidence: Evidence;
  readonly verdict: Verdict;
  /** Holm over all gated tests; null: it informs only, or there is an obstacle. */
  readonly adjustedP: number | null;
  /** Gated, and with so few rounds, or for want of figures, it could never have been called a regression. */
  readonly cannotClose: boolean;
}

const spread = <Value>(places: readonly number[], values: readonly Value[]): ReadonlyMap<number, Value> =>
  new Map(values.map((value, index) => [places[index] ?? -1, value]));

/** A gated regression needs a Holm-adjusted p of at most `alpha` over all gated tests of the call. */
export function judgeAll(tests: readonly Test[], confidence: Confidence): readonly Judged[] {
  const evidence = tests.map(({ series, options, gated }) => weigh(series, options, gated));
  const gated = evidence.flatMap(({ p }, index) => (p !== null && tests[index]?.gated === true ? [index] : []));
  const adjusted = spread(gated, holm(gated.map((index) => evidence[index]?.p ?? 1)));
  const closing = spread(
    gated,
    couldClose(
      gated.map((index) => evidence[index]?.smallestP ?? 1),
      confidence.alpha,
    ),
  );
  return tests.map((test, index) => {
    const weighed = evidence[index] ?? weigh(test.series, test.options);
    const adjustedP = adjusted.get(index) ?? null;
    return {
      evidence: weighed,
      verdict: verdictOf(weighed, test.options.tolerance, adjustedP, confidence.alpha),
      adjustedP,
      cannotClose: test.gated && closing.get(index) !== true,
    };
  });
}
