// A scenario with a known truth -> how often the verdicts call it, over many seeded trials.

import { type JudgeOptions, ONE_LOOK, type Series } from "../../src/compare/judge.ts";
import { judgeAll } from "../../src/compare/judge-all.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { median } from "../../src/stats/ranks.ts";

export interface Scenario {
  readonly name: string;
  readonly paired: boolean;
  /** Values a side: rounds, or runs where `roundsPerRun` is given. */
  readonly count: number;
  /** Gated tests of the call, each with noise of its own. */
  readonly gates: number;
  /** Standard deviation of a round, as a share. */
  readonly noise: number;
  /** How much slower the candidate truly is. */
  readonly slowdown: number;
  /** True: in the first of the gated figures only, which is the hardest to call. */
  readonly oneFigureOnly?: true;
  /** How much slower everything becomes from the first round to the last. */
  readonly drift?: number;
  /** Standard deviation of what all rounds of a run share. */
  readonly betweenRuns?: number;
  readonly roundsPerRun?: number;
  /** The share of calls that may, or must, be regressed. */
  readonly demand: { readonly atMost: number } | { readonly atLeast: number };
}

export const TRIALS = 4000;

/** Normal numbers by Box and Muller. */
function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Where in time round `index` of side `side` (0 or 1) runs: A B B A when paired, else one side after the other. */
function place({ paired, count }: Scenario, side: number, index: number): number {
  if (!paired) return side * count + index;
  return 2 * index + (index % 2 === 0 ? side : 1 - side);
}

function valuesOf(scenario: Scenario, side: number, slowdown: number, normal: () => number): number[] {
  const { count, noise, drift = 0, betweenRuns = 0, roundsPerRun = 1 } = scenario;
  const level = 100_000 * (1 + side * slowdown);
  return Array.from({ length: count }, (_, index) => {
    const drifted = 1 + (drift * place(scenario, side, index)) / (2 * count - 1);
    const run = Math.exp(betweenRuns * normal());
    const rounds = Array.from({ length: roundsPerRun }, () => level * drifted * run * Math.exp(noise * normal()));
    return median(rounds) ?? Number.NaN;
  });
}

/** The share of trials in which the call is a regression, by whichever gate. */
export function regressedShare(scenario: Scenario, seed: number): number {
  const normal = normals(mulberry32(seed));
  const options: JudgeOptions = {
    paired: scenario.paired,
    betterWhen: "lower",
    tolerance: 0.05,
    confidence: ONE_LOOK,
  };
  let regressed = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const tests = Array.from({ length: scenario.gates }, (_, gate) => {
      const slowdown = scenario.oneFigureOnly === true && gate > 0 ? 0 : scenario.slowdown;
      const [baseline, candidate] = [0, 1].map((side) => valuesOf(scenario, side, slowdown, normal));
      const series: Series = { baseline: baseline ?? [], candidate: candidate ?? [] };
      return { series, options, gated: true };
    });
    if (judgeAll(tests, ONE_LOOK).some(({ verdict }) => verdict === "regressed")) regressed++;
  }
  return regressed / TRIALS;
}

const QUIET = { atMost: 0.05 };

const BASE = { paired: false, count: 10, gates: 3, noise: 0.02, slowdown: 0, demand: QUIET } as const;
const PAIRED = { ...BASE, paired: true } as const;
const ONE_OF_THREE = { oneFigureOnly: true } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...PAIRED, name: "`ab`, drift 10 %", drift: 0.1 },
  { ...PAIRED, name: "`ab`, drift 10 %, slower by just the tolerance", drift: 0.1, slowdown: 0.05 },
  { ...BASE, name: "`compare`" },
  { ...BASE, name: "`compare`, slower by just the tolerance", slowdown: 0.05 },
  { ...BASE, name: "`compare`, runs of 5 rounds that differ by 4 %", count: 6, betweenRuns: 0.04, roundsPerRun: 5 },
  { ...BASE, name: "`compare`", gates: 1, noise: 0.03, slowdown: 0.1, demand: { atLeast: 0.9 } },
  { ...BASE, name: "`compare`", count: 5, gates: 1, noise: 0.01, slowdown: 0.08, demand: { atLeast: 0.95 } },
  { ...PAIRED, name: "`ab`", count: 13, noise: 0.03, slowdown: 0.1, ...ONE_OF_THREE, demand: { atLeast: 0.9 } },
  { ...BASE, name: "`compare`", count: 12, noise: 0.03, slowdown: 0.1, ...ONE_OF_THREE, demand: { atLeast: 0.9 } },
  { ...PAIRED, name: "`ab`", count: 7, noise: 0.01, slowdown: 0.08, ...ONE_OF_THREE, demand: { atLeast: 0.95 } },
  { ...BASE, name: "`compare`", count: 6, noise: 0.01, slowdown: 0.08, ...ONE_OF_THREE, demand: { atLeast: 0.95 } },
];
