// Percentages and counts -> the ranks that reference figures and the definition of nearest rank demand.

import { expect, test } from "vitest";
import { isCountSufficient, median, nearestRank } from "../../src/stats/ranks.ts";
import { REFERENCE, valuesOf } from "../samples/fixture.ts";

test("nearest ranks agree with the reference vectors", () => {
  for (const vector of REFERENCE.nearestRank) {
    const values = valuesOf(vector);
    for (const [percentile, expected] of Object.entries(vector.percentiles)) {
      expect(values[nearestRank(Number(percentile), values.length) - 1]).toBe(expected);
    }
  }
});

test("99.9 % of 1000 is rank 999, where floating point says 1000", () => {
  expect(Math.ceil((99.9 / 100) * 1000)).toBe(1000);
  expect(nearestRank(99.9, 1000)).toBe(999);
});

test("a rank stays exact where count times percentile exceeds 2^53", () => {
  expect(nearestRank(99.99, 9_000_000_000_000_000)).toBe(8_999_100_000_000_000);
});

test("a percentile outside 0 to 100 is refused", () => {
  for (const percentile of [-1, 100.1, Number.NaN]) expect(() => nearestRank(percentile, 10)).toThrow(RangeError);
});

test.each([
  [50, 20],
  [90, 100],
  [95, 200],
  [99, 1000],
  [99.9, 10_000],
  [99.99, 100_000],
])("p%d needs %d values, and not one fewer", (percentile, needed) => {
  expect(isCountSufficient(percentile, needed)).toBe(true);
  expect(isCountSufficient(percentile, needed - 1)).toBe(false);
});

test("the median is the middle value, the mean of the middle two, or null of nothing", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNull();
});
