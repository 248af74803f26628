// Two profiles -> one plan in which their cases take turns; gates -> whether they are about any case.

import { describe, expect, test } from "vitest";
import { pairPlan } from "../../src/plan/pair-plan.ts";
import { nextRound } from "../../src/run/next-round.ts";
import { pairProfiles } from "../../src/profile/pair-profiles.ts";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { planOf } from "../result/fixture.ts";

const profile = (fields: object) => resolveProfile({ jobs: [{ name: "j", blockSize: "4KiB" }], ...fields }, "p.json");
const plan = planOf([{ job: "x (A)" }, { job: "y (A)" }, { job: "x (B)" }, { job: "y (B)" }], 4);
const OPTIONS = { kind: "jobs", labels: ["a", "b"], lookAfterRounds: 2 } as const;

describe("two profiles", () => {
  test("that differ in their jobs become one with the jobs of both", () => {
    const { kind, profile: both } = pairProfiles(profile({}), profile({ jobs: [{ name: "j", blockSize: "8KiB" }] }));
    expect([kind, both.jobs.map(({ name }) => name)]).toEqual(["jobs", ["j (A)", "j (B)"]]);
    expect(pairProfiles(profile({}), profile({})).kind).toBe("same");
  });

  test("that differ in their targets become one with both targets, and without gates", () => {
    const gated = profile({ target: "a", gates: [{ metric: "iops", min: 1 }] });
    const { kind, profile: both } = pairProfiles(gated, profile({ target: "b" }));
    expect([kind, both.targets.map(({ path }) => path), both.gates]).toEqual(["targets", ["a", "b"], []]);
  });

  test("that differ in both are refused, as are more than two targets", () => {
    const other = profile({ target: "b", jobs: [{ name: "k" }] });
    expect(() => pairProfiles(profile({ target: "a" }), other)).toThrow("differ in their targets and in their jobs");
    expect(() => pairProfiles(profile({ targets: ["a", "b"] }), profile({}))).toThrow("several targets");
  });
});

describe("a paired plan", () => {
  const paired = pairPlan(plan, OPTIONS);

  test("pairs cases by their order and lets either side begin in turn", () => {
    expect(paired.pairing?.cases).toEqual([
      [0, 2],
      [1, 3],
    ]);
    const turns = (pair: number): string =>
      paired.order.flatMap(({ caseIndex }) => (caseIndex % 2 === pair ? [caseIndex < 2 ? "A" : "B"] : [])).join("");
    expect([turns(0), turns(1)]).toEqual(["ABBAABBA", "ABBAABBA"]);
    expect(paired.order).toHaveLength(plan.order.length);
  });

  test("ends at its look when it is decided, and nowhere else", () => {
    const finished = (count: number) => paired.order.slice(0, count).map((planned) => ({ planned, whole: true }));
    expect(nextRound(paired, finished(8), () => true)).toBeNull();
    expect(nextRound(paired, finished(8), () => false)).toEqual(paired.order[8]);
    for (const count of [0, 4, 7, 9, 12]) {
      expect(nextRound(paired, finished(count), () => true)).toEqual(paired.order[count]);
    }
    expect(nextRound(plan, finished(8), () => true)).toEqual(plan.order[8]);
  });

  test("needs as many cases on either side", () => {
    expect(() => pairPlan(planOf([{ job: "x (A)" }, { job: "x (B)" }, { job: "y (B)" }], 4), OPTIONS)).toThrow(
      "One side has 1 cases and the other 2",
    );
  });
});
