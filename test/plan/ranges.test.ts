// Size, threads and limits -> what each thread works on.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planFor } from "./fixture.ts";

const caseOf = (job: object, size: number | string) => {
  const [first] = planFor({ target: { path: "a", size }, jobs: [{ name: "j", ...job }] }).cases;
  if (first === undefined) throw new Error("a case was expected");
  return first;
};

describe("thread ranges", () => {
  it("give every random thread the whole target, rounded down to whole blocks", () => {
    expect(caseOf({ blockSize: "4KiB", threads: 2 }, 4096 * 10 + 4095).ranges).toEqual([
      { thread: 0, firstBlock: 0, blockCount: 10, ios: null },
      { thread: 1, firstBlock: 0, blockCount: 10, ios: null },
    ]);
  });

  it("divide a sequential target into parts that follow each other", () => {
    const { ranges } = caseOf({ pattern: "sequential", blockSize: "4KiB", threads: 3 }, 4096 * 11);
    expect(ranges.map(({ firstBlock, blockCount }) => [firstBlock, blockCount])).toEqual([
      [0, 4],
      [4, 4],
      [8, 3],
    ]);
  });

  it.each([
    [{ ios: 10 }, 10, [4, 3, 3]],
    [{ ios: 2 }, 2, [1, 1, 0]],
    [{ bytes: "64KiB" }, 16, [6, 5, 5]],
    [{ bytes: 4096 * 7 + 1 }, 7, [3, 2, 2]],
    [{ ios: 5, bytes: "1MiB" }, 5, [2, 2, 1]],
  ])("divide the limit %j of a round between threads", (limit, ios, shares) => {
    const one = caseOf({ blockSize: "4KiB", threads: 3, ...limit }, "1MiB");
    expect(one.ios).toBe(ios);
    expect(one.ranges.map((range) => range.ios)).toEqual(shares);
  });

  it("cover each block of a sequential target exactly once, and all I/Os, whatever the numbers", () => {
    const numbers = fc.record({ threads: fc.integer({ min: 1, max: 256 }), ios: fc.maxSafeInteger().map(Math.abs) });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 256, max: 1_000_000 }), ({ threads, ios }, blocks) => {
        const limit = Math.max(1, ios);
        const { ranges } = caseOf({ pattern: "sequential", blockSize: 512, threads, ios: limit }, blocks * 512);
        let next = 0;
        for (const { firstBlock, blockCount } of ranges) {
          expect(firstBlock).toBe(next);
          expect(blockCount).toBeGreaterThan(0);
          next += blockCount;
        }
        expect(next).toBe(blocks);
        expect(ranges.reduce((sum, range) => sum + BigInt(range.ios ?? -1), 0n)).toBe(BigInt(limit));
      }),
    );
  });
});
