// Cases, rounds and the seed -> an order in which no case always follows the same one.

import { describe, expect, it } from "vitest";
import { planOrder } from "../../src/plan/order.ts";

/** The orders of the rounds, each as a list of cases. */
function ordersOf(caseCount: number, rounds: number, seed: number): readonly (readonly number[])[] {
  const orders: number[][] = Array.from({ length: rounds }, () => []);
  for (const { caseIndex, roundIndex } of planOrder(caseCount, rounds, seed)) orders[roundIndex]?.push(caseIndex);
  return orders;
}

describe("planOrder", () => {
  it("interleaves rounds: every case once before any case again", () => {
    const order = planOrder(7, 3, 1);
    expect(order.map(({ roundIndex }) => roundIndex)).toEqual(
      [0, 1, 2].flatMap((round) => Array.from({ length: 7 }, () => round)),
    );
    for (const round of ordersOf(7, 3, 1)) expect(new Set(round)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  it("is the same for the same seed and another for another", () => {
    expect(planOrder(20, 3, 5)).toEqual(planOrder(20, 3, 5));
    expect(planOrder(20, 3, 5)).not.toEqual(planOrder(20, 3, 6));
  });

  it("does not begin with the same case all the time", () => {
    const firsts = new Set(Array.from({ length: 50 }, (_, seed) => ordersOf(5, 1, seed)[0]?.[0]));
    expect(firsts.size).toBe(5);
  });

  it.each([2, 3, 4, 5, 12, 100])("lets none of %i cases always follow the same one", (caseCount) => {
    for (let seed = 0; seed < 20; seed += 1) {
      for (const rounds of [2, 3, 5]) {
        const order = planOrder(caseCount, rounds, seed).map(({ caseIndex }) => caseIndex);
        const before = new Map<number, number[]>();
        for (const [position, current] of order.entries()) {
          const previous = order[position - 1];
          if (previous !== undefined) before.set(current, [...(before.get(current) ?? []), previous]);
        }
        for (const [current, previous] of before) {
          if (previous.length > 1) {
            expect(new Set(previous).size, `case ${current}, seed ${seed}, ${rounds} rounds`).toBeGreaterThan(1);
          }
        }
      }
    }
  });

  it("copes with one case and with none", () => {
    expect(planOrder(1, 3, 1).map(({ roundIndex }) => roundIndex)).toEqual([0, 1, 2]);
    expect(planOrder(0, 3, 1)).toEqual([]);
  });
});
