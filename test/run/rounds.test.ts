// A plan, and what came of its rounds -> which one is next, what the engine is told, what failed.

import { settingsOf } from "../support/builders.ts";
import { describe, expect, test } from "vitest";
import type { Case, Plan, PlannedRound } from "../../src/plan/plan.ts";
import { nextRound } from "../../src/run/next-round.ts";
import { ProgressMeter } from "../../src/run/progress-meter.ts";
import { ioFailure, roundFailure } from "../../src/run/round-failure.ts";
import { fillMembers } from "../../src/run/round-specs.ts";
import type { RunEvent } from "../../src/run/events.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import type { Failure } from "../../src/shared/errors.ts";
import { rangesOf, runRound, withDevice } from "../engine/rig.ts";

describe("the next round", () => {
  const order: readonly PlannedRound[] = [
    { caseIndex: 1, roundIndex: 0 },
    { caseIndex: 0, roundIndex: 0 },
    { caseIndex: 0, roundIndex: 1 },
  ];
  // All that the decision looks at.
  const plan = { order, cases: [{}, {}] } as unknown as Plan;
  const after = (...whole: readonly boolean[]): PlannedRound | null =>
    nextRound(
      plan,
      whole.map((each, index) => ({ planned: order[index] as PlannedRound, whole: each })),
      () => false,
    );

  test("is the next in the planned order", () => {
    expect([after(), after(true), after(true, true)]).toEqual(order);
  });
  test("is none after the last", () => {
    expect(after(true, true, true)).toBeNull();
  });
  test("is none after one that was not whole", () => {
    expect([after(false), after(true, false)]).toEqual([null, null]);
  });
});

describe("a fill", () => {
  const MEBIBYTE = 2 ** 20;
  const partsOf = (sizeBytes: number): unknown =>
    fillMembers({ path: "x", sizeBytes, content: "random", caching: "unbuffered" }, "io-uring", 1).map(
      ({ blockSizeBytes, ranges, caching }) => [blockSizeBytes, ranges[0]?.firstBlock, ranges[0]?.ios, caching],
    );

  test("goes in large blocks, and in smaller ones where these end", () => {
    expect(partsOf(3 * MEBIBYTE)).toEqual([[MEBIBYTE, 0, 3, "unbuffered"]]);
    expect(partsOf(2 * MEBIBYTE + 24_576)).toEqual([
      [MEBIBYTE, 0, 2, "unbuffered"],
      [8192, 256, 3, "unbuffered"],
    ]);
  });

  test("takes what is less than a sector through the cache", () => {
    expect(partsOf(4096 + 1536)).toEqual([
      [4096, 0, 1, "unbuffered"],
      [512, 8, 3, "buffered"],
    ]);
    expect(partsOf(700)).toEqual([[4, 0, 175, "buffered"]]);
  });

  test.for([1, 511, 4095, 4097, 1_000_001, 5 * MEBIBYTE, 7 * MEBIBYTE + 12_345])(
    "of %i bytes leaves none out",
    (size) => {
      let atBytes = 0;
      const request = { path: "x", sizeBytes: size, content: "zero", caching: "unbuffered" } as const;
      for (const { ranges, blockSizeBytes, caching, pattern } of fillMembers(request, "pwrite", 1)) {
        const { firstBlock = 0, ios = 0 } = ranges[0] ?? {};
        expect(pattern).toBe("sequential");
        expect(firstBlock * blockSizeBytes).toBe(atBytes);
        expect(caching === "buffered" || blockSizeBytes % 4096 === 0).toBe(true);
        atBytes += (ios ?? 0) * blockSizeBytes;
      }
      expect(atBytes).toBe(size);
    },
  );
});

describe("what failed", () => {
  const caseThat = (onError: Case["settings"]["onError"]): Case => ({
    index: 0,
    id: "the-case",
    job: "job",
    targetIndex: 0,
    settings: settingsOf({ onError }),
    ios: null,
    ranges: [],
  });
  const planned = caseThat("continue");
  const samplesWith = (device: Parameters<typeof withDevice>[0]): RoundSamples =>
    runRound(
      { ranges: rangesOf(1, 100, { ios: 1000 }), durationSeconds: null, onError: "continue" },
      withDevice(device),
    ).samples;
  const TARGET: Failure = { code: "TARGET_CHANGED", what: "Its size changed", where: "/x" };
  const ENGINE: Failure = { code: "ENGINE_LOST", what: "It ended", where: "the-case" };

  test("is nothing when every I/O was whole", () => {
    expect(ioFailure(planned, samplesWith({}))).toBeNull();
    expect(ioFailure(planned, null)).toBeNull();
    expect(roundFailure(null, null, null)).toBeNull();
  });

  test("is said with counts, names and the first place", () => {
    const failure = ioFailure(planned, samplesWith({ errorRate: 1, errorCode: 5 }));
    expect(failure).toMatchObject({ code: "IO_FAILED", where: "the-case", system: { name: "EIO" } });
    expect(failure?.what).toMatch(/^1000 I\/Os failed \(EIO 1000 times\), first a write at byte \d+$/);
    const short = ioFailure(planned, samplesWith({ shortRate: 1 }));
    expect(short?.what).toMatch(/^1000 I\/Os transferred less than a whole block, first a write/);
    expect(short?.system).toBeUndefined();
  });

  test("advises to go on only where the run stopped", () => {
    const samples = samplesWith({ errorRate: 1 });
    expect(ioFailure(caseThat("stop"), samples)?.next).toContain("onError: continue");
    expect(ioFailure(planned, samples)?.next).not.toContain("onError");
  });

  test("has its reason in the target where that changed", () => {
    const io = ioFailure(planned, samplesWith({ errorRate: 1 }));
    expect(roundFailure(null, TARGET, io)).toMatchObject({ code: "TARGET_CHANGED", where: "/x" });
    expect(roundFailure(ENGINE, null, io)).toEqual(ENGINE);
    expect(roundFailure(ENGINE, TARGET, null)).toMatchObject({
      code: "TARGET_CHANGED",
      what: expect.stringContaining(ENGINE.what) as unknown,
    });
  });
});

describe("the meter", () => {
  test("tells of every phase once it begins, of nothing before, and of no rate at its beginning", () => {
    const events: RunEvent[] = [];
    const meter = new ProgressMeter((event) => events.push(event));
    for (const phase of ["starting", "starting", "warmup", "warmup", "measure", "measure", "drain"] as const) {
      meter.update({ phase, ios: events.length * 100, bytes: 0, p99Ns: null, isMoving: true, unansweredSeconds: 0 });
    }
    expect(events.map((event) => event.kind === "round-progress" && [event.phase, event.iops])).toEqual([
      ["warmup", 0],
      ["measure", 0],
      ["drain", 0],
    ]);
  });
});
