// The statistics -> every figure of vectors that were computed apart from this project.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { changePoints, clearestChange, divergences } from "../../src/stats/change-points.ts";
import { geometricMean } from "../../src/stats/geometric-mean.ts";
import { pairedRank, pairedShift, unpairedRank, unpairedShift } from "../../src/stats/hodges-lehmann.ts";
import { mannWhitney, mannWhitneyNormal, untiedRankSums } from "../../src/stats/mann-whitney.ts";
import { medianInterval } from "../../src/stats/median-interval.ts";
import { mean } from "../../src/stats/moments.ts";
import { benjaminiHochberg, holm } from "../../src/stats/multiple-tests.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { type SumDistribution, tailsAt } from "../../src/stats/rank-sums.ts";
import { mannKendall } from "../../src/stats/series.ts";
import { signedRank, untiedSignedRanks } from "../../src/stats/signed-rank.ts";

type Pair = readonly [number, number];

interface MannWhitneyVector {
  readonly name: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly uA?: number;
  readonly pExact: number;
  readonly zCorrected?: number;
  readonly pAsymptotic?: number;
  readonly hodgesLehmannRatioMinus1?: number;
  readonly ci90?: Pair;
  readonly ci95?: Pair;
}

interface Statistics {
  readonly mannWhitney: readonly MannWhitneyVector[];
  readonly holm: { readonly p: readonly number[]; readonly adjusted: readonly number[] };
  readonly benjaminiHochberg: { readonly p: readonly number[]; readonly adjusted: readonly number[] };
  readonly geometricMean: { readonly x: readonly number[]; readonly value: number };
  readonly mannKendall: readonly { x: readonly number[]; s: number; variance: number; z: number; p: number }[];
  readonly mulberry32: { readonly seed: number; readonly first: readonly number[] };
  readonly eDivisive: {
    readonly x: readonly number[];
    readonly q: readonly number[];
    readonly changeAt: number;
    readonly changePercent: number;
    readonly permutationP: { readonly permutations: number; readonly p: number };
  };
  readonly signedRank: readonly {
    name: string;
    a: readonly number[];
    b: readonly number[];
    wPlus: number;
    pExact: number;
    hodgesLehmannLogRatio: number;
    ci90: Pair;
    c90: number;
    ci95: Pair;
    c95: number;
  }[];
}

type ByLevel = Readonly<Record<string, number>>;

interface CriticalValues {
  readonly unpaired: Readonly<Record<string, ByLevel>>;
  readonly unpairedCoverage: Readonly<Record<string, ByLevel>>;
  readonly paired: Readonly<Record<string, ByLevel>>;
  readonly pairedCoverage: Readonly<Record<string, ByLevel>>;
  readonly medianInterval95: Readonly<Record<string, Pair>>;
}

const load = (name: string): unknown => JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), "utf8"));

const statistics = load("statistics") as Statistics;
const critical = load("critical-values") as CriticalValues;

const flat = (table: Readonly<Record<string, ByLevel>>): readonly (readonly [number, number, number])[] =>
  Object.entries(table).flatMap(([count, levels]) =>
    Object.entries(levels).map(([level, value]) => [Number(count), Number(level), value] as const),
  );

/** Relative, as all figures but 0 carry ten digits or more. */
const near = (value: number | null | undefined, expected: number): void =>
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-9 + Math.abs(expected) * 1e-9);

const logs = (values: readonly number[]): readonly number[] => values.map(Math.log);

describe("Mann-Whitney", () => {
  test.each(statistics.mannWhitney)("$name", (vector) => {
    const { a, b, uA, pExact, zCorrected, pAsymptotic } = vector;
    const exact = mannWhitney(a, b);
    expect(exact.exact).toBe(true);
    near(exact.pTwoSided, pExact);
    if (uA !== undefined) expect(exact.statistic).toBe(uA);
    const normal = mannWhitneyNormal(a, b);
    if (pAsymptotic !== undefined) near(normal.pTwoSided, pAsymptotic);
    // The sign of z is that of the difference: which one-sided p is the small one.
    if (zCorrected !== undefined) expect(normal.pGreater < normal.pLess).toBe(zCorrected > 0);
  });

  test.each(statistics.mannWhitney.filter((vector) => vector.hodgesLehmannRatioMinus1 !== undefined))(
    "the shift of $name",
    ({ a, b, hodgesLehmannRatioMinus1 = 0, ci90, ci95 }) => {
      near(Math.expm1(unpairedShift(logs(a), logs(b), 0.95).estimate), hodgesLehmannRatioMinus1);
      for (const [level, interval] of [[0.9, ci90] as const, [0.95, ci95] as const]) {
        if (interval === undefined) continue;
        const { low, high } = unpairedShift(logs(a), logs(b), level);
        near(Math.expm1(low ?? Number.NaN), interval[0]);
        near(Math.expm1(high ?? Number.NaN), interval[1]);
      }
    },
  );
});

test.each(statistics.signedRank)("signed ranks: $name", (vector) => {
  const differences = vector.a.map((value, index) => Math.log((vector.b[index] ?? 0) / value));
  const { statistic, pTwoSided } = signedRank(differences);
  expect(statistic).toBe(vector.wPlus);
  near(pTwoSided, vector.pExact);
  near(pairedShift(differences, 0.9).estimate, vector.hodgesLehmannLogRatio);
  for (const [level, interval, rank] of [
    [0.9, vector.ci90, vector.c90] as const,
    [0.95, vector.ci95, vector.c95] as const,
  ]) {
    expect(pairedRank(differences.length, level)).toBe(rank);
    const { low, high } = pairedShift(differences, level);
    near(low, interval[0]);
    near(high, interval[1]);
  }
});

describe("critical values", () => {
  test.each(flat(critical.unpaired))("unpaired, %i a side, %i %%", (count, level, rank) => {
    expect(unpairedRank(count, count, level / 100)).toBe(rank);
  });

  test.each(flat(critical.paired))("paired, %i, %i %%", (count, level, rank) => {
    expect(pairedRank(count, level / 100)).toBe(rank);
  });

  /** These figures carry five decimals, the last of them rounded. */
  const nearFive = (value: number, expected: number): void =>
    expect(Math.abs(value - expected)).toBeLessThan(0.500_001e-5);

  const coverage = (distribution: SumDistribution, lowestSum: number, rank: number): number =>
    1 - 2 * tailsAt(distribution, lowestSum + rank - 1).lower;

  test.each(flat(critical.unpairedCoverage))("unpaired coverage, %i a side, %i %%", (count, level, expected) => {
    const rank = unpairedRank(count, count, level / 100);
    nearFive(coverage(untiedRankSums(count, count), (count * (count + 1)) / 2, rank), expected);
  });

  test.each(flat(critical.pairedCoverage))("paired coverage, %i, %i %%", (count, level, expected) => {
    nearFive(coverage(untiedSignedRanks(count), 0, pairedRank(count, level / 100)), expected);
  });

  test.each(Object.entries(critical.medianInterval95))("median of %s values", (count, ranks) => {
    expect(medianInterval(Number(count), 0.95)).toEqual(ranks);
  });
});

test("Holm and Benjamini-Hochberg", () => {
  for (const [index, value] of statistics.holm.adjusted.entries()) near(holm(statistics.holm.p)[index], value);
  const { p, adjusted } = statistics.benjaminiHochberg;
  for (const [index, value] of adjusted.entries()) near(benjaminiHochberg(p)[index], value);
});

test("the geometric mean", () => near(geometricMean(statistics.geometricMean.x), statistics.geometricMean.value));

test.each(statistics.mannKendall)("Mann-Kendall", ({ x, s, variance, z, p }) => {
  const found = mannKendall(x);
  expect([found.s, found.variance]).toEqual([s, variance]);
  expect(found.z).toBeCloseTo(z, 8);
  expect(found.p).toBeCloseTo(p, 8);
});

test("the random numbers", () => {
  const random = mulberry32(statistics.mulberry32.seed);
  expect(statistics.mulberry32.first.map(() => random())).toEqual(statistics.mulberry32.first);
});

test("E-divisive", () => {
  const { x, q, changeAt, changePercent, permutationP } = statistics.eDivisive;
  for (const [index, value] of divergences(x).entries()) expect(value).toBeCloseTo(q[index] ?? Number.NaN, 6);
  const options = { seed: 1, permutations: permutationP.permutations, significance: 0.05, smallestPart: 1 };
  const change = clearestChange(x, options);
  expect(change?.index).toBe(changeAt);
  expect(change?.p).toBeCloseTo(permutationP.p, 9);
  expect(changePoints(x, options).map(({ index }) => index)).toEqual([changeAt]);
  const before = mean(x.slice(0, changeAt)) ?? 0;
  const after = mean(x.slice(changeAt)) ?? 0;
  expect((after / before - 1) * 100).toBeCloseTo(changePercent, 2);
});
