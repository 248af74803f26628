// Two series of one figure -> the verdict that follows, and what happens when none can.

import { describe, expect, test } from "vitest";
import { couldClose, roundsToClose, smallestP } from "../../src/compare/closing.ts";
import { judgeAll, type Test } from "../../src/compare/judge-all.ts";
import {
  EACH_OF_TWO_LOOKS,
  type JudgeOptions,
  ONE_LOOK,
  roundsToDecide,
  verdictOf,
  weigh,
} from "../../src/compare/judge.ts";
import { around } from "./fixture.ts";

const OPTIONS: JudgeOptions = { paired: false, betterWhen: "lower", tolerance: 0.05, confidence: ONE_LOOK };
const steady = (level: number, count: number): number[] => around(level, count, 0.005, level);

function verdict(baseline: readonly (number | null)[], candidate: readonly (number | null)[], options = OPTIONS) {
  const evidence = weigh({ baseline, candidate }, options);
  return verdictOf(evidence, options.tolerance, evidence.p, options.confidence.alpha);
}

describe.each([false, true])("paired: %s", (paired) => {
  const options = { ...OPTIONS, paired };

  test.each([
    ["10 % slower", 110, "regressed"],
    ["10 % faster", 90, "improved"],
    ["equal", 100, "pass"],
    ["3 % slower", 103, "pass"],
  ])("%s", (_, level, expected) => {
    expect(verdict(steady(100, 10), around(level, 10, 0.005, 9), options)).toBe(expected);
  });

  test("rates are worse when lower, and 10 % fewer is 11 % worse", () => {
    const rates = { ...options, betterWhen: "higher" as const };
    expect(verdict(steady(110, 10), around(100, 10, 0.005, 9), rates)).toBe("regressed");
    expect(verdict(steady(100, 10), around(110, 10, 0.005, 9), rates)).toBe("improved");
    const { worse } = weigh({ baseline: steady(100, 10), candidate: steady(90, 10) }, rates);
    expect(worse?.low).toBeLessThan(0.111);
    expect(worse?.high).toBeGreaterThan(0.111);
    expect(worse?.estimate).toBeCloseTo(0.111, 1);
  });

  test("around the tolerance it does not know, and says how many rounds might", () => {
    const series = {
      baseline: [100, 102, 98, 101, 99, 103, 97, 100],
      candidate: [112, 104, 109, 103, 110, 104, 113, 108],
    };
    const evidence = weigh(series, options);
    expect(verdictOf(evidence, 0.05, evidence.p, 0.05)).toBe("inconclusive");
    expect(roundsToDecide(evidence, options, 3)).toBeGreaterThan(8);
  });

  test("three rounds are never enough, however clear", () => {
    const evidence = weigh({ baseline: [100, 101, 102], candidate: [200, 201, 202] }, options);
    expect(evidence.obstacle).toBe("too-few");
    expect(verdictOf(evidence, 0.05, null, 0.05)).toBe("inconclusive");
    expect(roundsToDecide(evidence, options, 1)).toBe(paired ? 5 : 4);
  });

  test("constant series are compared by their value", () => {
    const constant = (value: number): number[] => Array.from({ length: 8 }, () => value);
    expect(verdict(constant(100), constant(100), options)).toBe("pass");
    expect(verdict(constant(100), constant(110), options)).toBe("regressed");
    expect(verdict(constant(100), constant(90), options)).toBe("improved");
    expect(verdict(constant(100), constant(104), options)).toBe("pass");
  });

  test.each([
    ["zero", 0, "zero"],
    ["not-a-number", Number.NaN, "not-a-number"],
    ["infinite", Infinity, "not-a-number"],
    ["negative", -1, "not-a-number"],
    ["null", null, "missing"],
  ])("one value that is %s is never a pass", (_, value, obstacle) => {
    const spoiled = [...steady(100, 9), value];
    for (const series of [
      { baseline: spoiled, candidate: steady(100, 10) },
      { baseline: steady(100, 10), candidate: spoiled },
    ]) {
      const evidence = weigh(series, options);
      expect(evidence.obstacle).toBe(obstacle);
      expect(verdictOf(evidence, 0.05, null, 0.05)).toBe("inconclusive");
    }
  });

  test("nothing on a side is never a pass", () => {
    expect(verdict([], steady(100, 10), options)).toBe("inconclusive");
    expect(verdict([], [], options)).toBe("inconclusive");
  });
});

test("pairs cancel what both sides share", () => {
  // Ten times as slow in the end as in the beginning: only the pairs see that the candidate is 8 % slower.
  const baseline = Array.from({ length: 10 }, (_, index) => 100 * (1 + index));
  const candidate = baseline.map((value, index) => value * (1.08 + index * 0.001));
  expect(verdict(baseline, candidate, { ...OPTIONS, paired: true })).toBe("regressed");
  expect(verdict(baseline, candidate, OPTIONS)).toBe("inconclusive");
});

describe("several gated tests", () => {
  const slower: Test = {
    series: { baseline: steady(100, 5), candidate: steady(110, 5) },
    options: OPTIONS,
    gated: true,
  };
  const equal: Test = { ...slower, series: { baseline: steady(100, 5), candidate: around(100, 5, 0.005, 3) } };

  test("share the risk: what one test may call, thirteen may not with so few rounds", () => {
    expect(judgeAll([slower], ONE_LOOK)[0]?.verdict).toBe("regressed");
    const many = judgeAll([slower, ...Array.from({ length: 12 }, () => equal)], ONE_LOOK);
    expect(many[0]?.adjustedP).toBeCloseTo(13 / 252, 9);
    expect(many[0]?.verdict).toBe("inconclusive");
    expect(many.every(({ cannotClose }) => cannotClose)).toBe(true);
  });

  test("what only informs costs the gates nothing", () => {
    const judged = judgeAll([slower, ...Array.from({ length: 12 }, () => ({ ...equal, gated: false }))], ONE_LOOK);
    expect(judged.map((each) => each.verdict)).toEqual(["regressed", ...Array.from({ length: 12 }, () => "pass")]);
    expect(judged[1]?.adjustedP).toBeNull();
    expect(judged[0]?.cannotClose).toBe(false);
  });

  test("a gate without figures cannot close", () => {
    const empty: Test = { ...slower, series: { baseline: [], candidate: [] } };
    expect(judgeAll([slower, empty], ONE_LOOK).map(({ cannotClose }) => cannotClose)).toEqual([false, true]);
  });

  test("two looks ask for more of each", () => {
    const options = { ...OPTIONS, confidence: EACH_OF_TWO_LOOKS };
    const twice = (each: Test): Test => ({ ...each, options });
    expect(judgeAll([twice(slower), twice(equal), twice(equal)], EACH_OF_TWO_LOOKS)[0]?.verdict).toBe("regressed");
    const seven = [slower, ...Array.from({ length: 6 }, () => equal)];
    expect(judgeAll(seven, ONE_LOOK)[0]?.verdict).toBe("regressed");
    expect(judgeAll(seven.map(twice), EACH_OF_TWO_LOOKS)[0]?.verdict).toBe("inconclusive");
  });
});

describe("whether a gate can close", () => {
  test("the least p-value is that of one arrangement among all", () => {
    expect(smallestP(false, 5, 5)).toBeCloseTo(1 / 252, 12);
    expect(smallestP(false, 4, 5)).toBeCloseTo(1 / 126, 12);
    expect(smallestP(true, 5, 5)).toBe(1 / 32);
  });

  test.each([
    [false, 1, 4],
    [false, 3, 4],
    [false, 3000, 10],
    [true, 1, 5],
    [true, 3, 6],
    [true, 3000, 16],
  ])("paired %s, %i tests: %i rounds", (paired, tests, rounds) => {
    expect(roundsToClose(paired, tests, 0.05, paired ? 5 : 4)).toBe(rounds);
    const least = Array.from({ length: tests }, () => smallestP(paired, rounds, rounds));
    expect(couldClose(least, 0.05)).not.toContain(false);
  });
});
