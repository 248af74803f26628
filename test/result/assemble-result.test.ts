// A run as it goes on -> a document that is valid and true at every moment.

import { expect, test } from "vitest";
import { addRound, endCase, finishResult } from "../../src/result/assemble-result.ts";
import { resultSchema } from "../../src/result/schema.ts";
import { completedResult, pendingResult, roundOf } from "./fixture.ts";

const SKETCHES = [{ job: "a" }, { job: "b", settings: { operation: "mixed", readPercent: 70 } }] as const;
const FAILURE = { code: "IO_FAILED", what: "three writes failed", where: "a/case-0" } as const;

test("before the first round every case is pending, and the run would count as aborted", () => {
  const result = pendingResult(SKETCHES, 2);
  expect(resultSchema.safeParse(result).error).toBeUndefined();
  expect(result).toMatchObject({ state: "aborted", finishedAt: null });
  expect(result.cases.map(({ state, summary }) => [state, summary])).toEqual([
    ["pending", null],
    ["pending", null],
  ]);
  expect(result.order).toEqual({
    seed: 1,
    rounds: [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  });
});

test("a case is completed with its last round, and summed up with each", () => {
  const once = addRound(pendingResult(SKETCHES, 2), 0, roundOf(SKETCHES[0], 0), ["pwrite64"]);
  expect(once.cases[0]).toMatchObject({ state: "pending", settings: { nativeOperations: ["pwrite64"] } });
  expect(once.cases[0]?.summary?.iops.cv).toBeNull();
  const twice = addRound(once, 0, roundOf(SKETCHES[0], 1), ["pwrite64"]);
  expect(twice.cases[0]?.state).toBe("completed");
  expect(twice.cases[0]?.summary?.iops.cv).toBeGreaterThan(0);
  expect(twice.cases[1]?.state).toBe("pending");
});

test("a round cut short is kept, and is no part of the summary", () => {
  const once = addRound(pendingResult(SKETCHES, 2), 0, roundOf(SKETCHES[0], 0), []);
  const cut = { ...roundOf(SKETCHES[0], 1), aborted: true };
  const ended = endCase(once, 0, { state: "failed", interruptedRound: cut, failure: FAILURE });
  expect(ended.cases[0]).toMatchObject({ state: "failed", interruptedRound: { aborted: true } });
  expect(ended.cases[0]?.rounds).toHaveLength(1);
  expect(ended.cases[0]?.summary).toEqual(once.cases[0]?.summary);
  expect(ended.cases[0]?.failure).toEqual({ ...FAILURE, system: null, cause: null, next: null });
  expect(resultSchema.safeParse(ended).error).toBeUndefined();
});

test("the end of a run names its failures", () => {
  const result = finishResult(completedResult(SKETCHES), {
    state: "failed",
    finishedAt: "2026-11-20T23:46:55.000Z",
    failures: [FAILURE],
  });
  expect(result).toMatchObject({ state: "failed", failures: [{ code: "IO_FAILED", cause: null }] });
  expect(resultSchema.safeParse(result).error).toBeUndefined();
});

test("what a finished result holds is what the contract names", () => {
  const result = completedResult(SKETCHES, 2);
  expect(Object.keys(result)).toEqual(
    expect.arrayContaining([
      "schema",
      "state",
      "tool",
      "machine",
      "profile",
      "targets",
      "startedAt",
      "finishedAt",
      "cases",
      "checks",
    ]),
  );
  expect(Object.keys(result.cases[0]?.rounds[0] ?? {})).toEqual(
    expect.arrayContaining([
      "total",
      "read",
      "write",
      "errors",
      "outsideWindow",
      "flush",
      "completedSynchronously",
      "effectiveQueueDepth",
      "cpu",
      "intervals",
    ]),
  );
  expect(result.targets[0]).toMatchObject({
    resolvedPath: "/srv/disk/diskbench.dat",
    created: true,
    fileSystem: "ext4",
  });
});
