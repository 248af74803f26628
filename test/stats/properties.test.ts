// The statistics beyond the vectors: large samples, ties, empty and constant input.

import { expect, test } from "vitest";
import { autocorrelation, mannKendall } from "../../src/stats/series.ts";
import { changePoints } from "../../src/stats/change-points.ts";
import { geometricMean } from "../../src/stats/geometric-mean.ts";
import { pairedShift, unpairedRank, unpairedShift } from "../../src/stats/hodges-lehmann.ts";
import { mannWhitney, mannWhitneyNormal } from "../../src/stats/mann-whitney.ts";
import { medianInterval } from "../../src/stats/median-interval.ts";
import { holm } from "../../src/stats/multiple-tests.ts";
import { normalUpperQuantile, normalUpperTail } from "../../src/stats/normal.ts";
import { mulberry32, shuffled } from "../../src/shared/random.ts";
import { signedRank } from "../../src/stats/signed-rank.ts";

const numbers = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index);

// Abramowitz and Stegun, table 26.1, and the usual critical values.
test.each([
  [0, 0.5],
  [1, 0.158655253931457],
  [1.6448536269514722, 0.05],
  [1.959963984540054, 0.025],
  [2.9, 0.001865813300384],
  [3.1, 0.000967603213218],
  [6, 9.86587645037698e-10],
  [-1, 0.841344746068543],
])("beyond %f standard deviations lie %f", (z, probability) => {
  expect(normalUpperTail(z) / probability).toBeCloseTo(1, 6);
  expect(normalUpperQuantile(probability)).toBeCloseTo(z, 6);
});

test("one-sided p-values point in the direction of the difference", () => {
  const [low, high] = [numbers(8), numbers(8, 100)];
  expect(mannWhitney(high, low).pGreater).toBeCloseTo(1 / 12_870, 12);
  expect(mannWhitney(high, low).pLess).toBeCloseTo(1, 12);
  expect(signedRank(numbers(8)).pGreater).toBeCloseTo(1 / 256, 12);
});

test("counts up to 50 values a side exactly, 25 with ties, and approximates beyond that", () => {
  const tied = (count: number): number[] => numbers(count).map((value) => Math.floor(value / 2));
  expect(mannWhitney(numbers(50), numbers(50, 0.5)).exact).toBe(true);
  expect(mannWhitney(numbers(51), numbers(50, 0.5)).exact).toBe(false);
  expect(mannWhitney(tied(25), tied(25)).exact).toBe(true);
  expect(mannWhitney(tied(26), tied(25)).exact).toBe(false);
  expect(signedRank(numbers(50)).exact).toBe(true);
  expect(signedRank(numbers(51)).exact).toBe(false);
});

test("the approximation is close to the exact distribution where both exist", () => {
  const [a, b] = [numbers(40), numbers(40, 6.5)];
  expect(mannWhitneyNormal(a, b).pTwoSided / mannWhitney(a, b).pTwoSided).toBeCloseTo(1, 1);
  // The exact rank at 50 a side and the approximate one at 51 follow each other.
  const [exact, approximate] = [unpairedRank(50, 50, 0.9), unpairedRank(51, 51, 0.9)];
  expect(approximate).toBeGreaterThan(exact);
  expect(approximate - exact).toBeLessThan(60);
});

test("what is equal throughout is no difference", () => {
  expect(signedRank([0, 0, 0, 0, 0, 0]).pTwoSided).toBe(1);
  expect(
    mannWhitney(
      Array.from({ length: 60 }, () => 5),
      Array.from({ length: 60 }, () => 5),
    ).pTwoSided,
  ).toBe(1);
  expect(unpairedShift([5, 5, 5, 5], [5, 5, 5, 5], 0.9)).toEqual({ estimate: 0, low: 0, high: 0 });
  expect(autocorrelation([3, 3, 3])).toEqual({ coefficient: 0, p: 1 });
  expect(mannKendall([3, 3, 3]).p).toBe(1);
});

test("too few values bound no interval", () => {
  expect(unpairedShift([1, 2], [3, 4], 0.9)).toEqual({ estimate: 2, low: null, high: null });
  expect(pairedShift([1, 2, 3, 4], 0.9).low).toBeNull();
  expect(medianInterval(5, 0.95)).toBeNull();
});

test("an interval holds what is true as often as it says", () => {
  const random = mulberry32(7);
  const noise = (): number => Math.log(random() / (1 - random()));
  let held = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const sample = (shift: number): number[] => Array.from({ length: 8 }, () => shift + noise());
    const { low, high } = unpairedShift(sample(0), sample(3), 0.9);
    if ((low ?? Infinity) <= 3 && (high ?? -Infinity) >= 3) held++;
  }
  expect(held / 1000).toBeGreaterThan(0.89);
  expect(held / 1000).toBeLessThan(0.95);
});

test("Holm keeps the order of the tests and never exceeds 1", () => {
  expect(holm([0.9, 0.01, 0.6])).toEqual([1, 0.03, 1]);
  expect(holm([])).toEqual([]);
});

test("finds two steps in a history, and none in noise", () => {
  const random = mulberry32(3);
  const level = (value: number, count: number): number[] =>
    Array.from({ length: count }, () => value * (1 + 0.02 * (random() - 0.5)));
  const options = { seed: 1, permutations: 199, significance: 0.05, smallestPart: 3 };
  const steps = changePoints([...level(100, 10), ...level(120, 12), ...level(90, 8)], options);
  expect(steps.map(({ index }) => index)).toEqual([10, 22]);
  expect(changePoints(level(100, 30), options)).toEqual([]);
  expect(changePoints([1, 2], options)).toEqual([]);
});

test("drift and resemblance of neighbours are seen, independence is not", () => {
  const random = mulberry32(11);
  const independent = Array.from({ length: 40 }, () => random());
  expect(mannKendall(independent).p).toBeGreaterThan(0.05);
  expect(autocorrelation(independent).p).toBeGreaterThan(0.05);
  expect(mannKendall(independent.map((value, index) => value + index / 20)).p).toBeLessThan(1e-4);
  const waves = numbers(40).map((index) => Math.sin(index / 4));
  expect(autocorrelation(waves).p).toBeLessThan(1e-4);
});

test("a shuffle loses nothing and leaves its source alone", () => {
  const source = numbers(20);
  const random = mulberry32(5);
  const result = shuffled(source, (count) => Math.floor(random() * count));
  expect(source).toEqual(numbers(20));
  expect(result).not.toEqual(source);
  expect(result.toSorted((a, b) => a - b)).toEqual(source);
});

test("a geometric mean needs positive values", () => {
  expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
  expect(geometricMean([1, 0])).toBeNull();
  expect(geometricMean([])).toBeNull();
});
