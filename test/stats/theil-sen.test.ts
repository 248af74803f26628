// Series -> the slope of the line through them.

import { expect, test } from "vitest";
import { theilSenSlope } from "../../src/stats/theil-sen.ts";

test("the slope of a straight line is its own", () => {
  expect(theilSenSlope([10, 12, 14, 16, 18])).toBe(2);
  expect(theilSenSlope([9, 6, 3])).toBe(-3);
  expect(theilSenSlope([5, 5, 5, 5])).toBe(0);
});

test("an outlier moves it no further than the pairs it is part of allow", () => {
  expect(theilSenSlope([10, 12, 1000, 16, 18, 20, 22, 24])).toBe(2);
});

test("it is the median of all pairs' slopes", () => {
  // Pairs: (2-1)/1, (4-1)/2, (3-1)/3, (4-2)/1, (3-2)/2, (3-4)/1, sorted -1, 0.5, 2/3, 1, 1.5, 2.
  expect(theilSenSlope([1, 2, 4, 3])).toBeCloseTo((2 / 3 + 1) / 2, 12);
});

test("one value has none", () => {
  expect(theilSenSlope([1])).toBeNull();
  expect(theilSenSlope([])).toBeNull();
});
