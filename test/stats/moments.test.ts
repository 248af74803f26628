// Numbers -> means and deviations, against reference figures.

import { expect, test } from "vitest";
import { coefficientOfVariation, mean, standardDeviation } from "../../src/stats/moments.ts";
import { REFERENCE, valuesOf } from "../samples/fixture.ts";

test("mean and population standard deviation agree with the reference vectors", () => {
  const vectors = REFERENCE.nearestRank.filter((vector) => vector.mean !== undefined);
  expect(vectors).toHaveLength(2);
  for (const vector of vectors) {
    expect(mean(valuesOf(vector))).toBeCloseTo(vector.mean ?? Number.NaN, 9);
    expect(standardDeviation(valuesOf(vector))).toBeCloseTo(vector.populationStddev ?? Number.NaN, 6);
  }
});

test("an idle last interval counts as 0 in the deviation of interval rates", () => {
  const { counts, populationStddev } = REFERENCE.intervalIops;
  expect(standardDeviation(counts)).toBeCloseTo(populationStddev, 6);
});

test("the coefficient of variation divides the sample deviation by the mean", () => {
  expect(coefficientOfVariation([90, 110])).toBeCloseTo(Math.SQRT2 / 10, 12);
  expect(coefficientOfVariation([7, 7, 7])).toBe(0);
});

test("what cannot be told is null", () => {
  expect(mean([])).toBeNull();
  expect(standardDeviation([])).toBeNull();
  expect(coefficientOfVariation([5])).toBeNull();
  expect(coefficientOfVariation([0, 0])).toBeNull();
});
