// Samples of several members -> one that holds all that they did, whatever each of them can tell.

import { describe, expect, test } from "vitest";
import { sumMembers } from "../../src/samples/sum-members.ts";
import type { MemberSamples } from "../../src/samples/samples.ts";
import { roundSamples } from "../result/fixture.ts";

const [READER] = roundSamples({ job: "reader", settings: { operation: "read", threads: 2 }, ios: 300 }, 1).members;
const [WRITER] = roundSamples({ job: "writer", settings: { operation: "write" }, ios: 500 }, 2).members;
const both = (reader: Partial<MemberSamples> = {}, writer: Partial<MemberSamples> = {}): MemberSamples =>
  sumMembers([
    { ...READER, ...reader },
    { ...WRITER, ...writer },
  ]);

test("one member alone is its own sum", () => {
  expect(sumMembers([READER])).toBe(READER);
});

test("counts, bytes, threads and intervals add up", () => {
  const sum = both();
  expect(sum.read?.ios).toBe(300);
  expect(sum.write?.ios).toBe(500);
  expect(sum.threads).toHaveLength(3);
  expect(sum.intervals.map(({ ios }) => ios).reduce((total, ios) => total + ios)).toBe(800);
  expect(sum.outsideWindow).toEqual({ ios: 20, bytes: 20 * 4096 });
  expect(sum.flush?.count).toBe(2);
  expect(sum.pauses?.waitsForCpu).toBe(2000);
});

test("the sum lasts as long as the longest member, and outstanding I/Os count by their time", () => {
  const sum = both(
    { measuredSeconds: 3, secondsBeforeFlush: 3, effectiveQueueDepth: 2 },
    { secondsBeforeFlush: 1.5, effectiveQueueDepth: 4 },
  );
  expect(sum.measuredSeconds).toBe(3);
  expect(sum.effectiveQueueDepth).toBe((2 * 3 + 4 * 1.5) / 3);
});

test("an interval in which only one member ran is in the sum", () => {
  const [first] = WRITER.intervals;
  if (first === undefined) throw new RangeError("no interval");
  const sum = both({}, { intervals: [first] });
  expect(sum.intervals).toHaveLength(READER.intervals.length);
  expect(sum.intervals[1]).toMatchObject({ ios: READER.intervals[1]?.ios, write: null });
});

describe("what a member cannot tell", () => {
  test.each([
    ["its threads' own counts", { threads: null }, "threads"],
    ["its pauses", { pauses: null }, "pauses"],
    ["what was complete at once", { completedSynchronously: null }, "completedSynchronously"],
  ] as const)("%s: the sum cannot either", (_, unknown, name) => {
    expect(both({ completedSynchronously: 3, ...unknown }, { completedSynchronously: 4 })[name]).toBeNull();
  });

  test("completions per wait come from the waits of both", () => {
    expect(both({ completionsPerWait: 3 }, { completionsPerWait: 5 }).completionsPerWait).toBe(800 / 200);
    expect(both({ completionsPerWait: 3 }).completionsPerWait).toBeNull();
  });
});

describe("errors", () => {
  const errorsOf = (name: string, code: number, count: number): MemberSamples["errors"] => ({
    failed: count,
    short: 0,
    byCode: [{ error: { call: "pwrite", code, name, text: name }, count }],
    outsideWindow: 0,
    first: { offsetBytes: 4096, direction: "write", thread: 0 },
  });

  test("of one code are one entry", () => {
    const { errors } = both({ errors: errorsOf("EIO", 5, 2) }, { errors: errorsOf("EIO", 5, 3) });
    expect(errors).toMatchObject({ failed: 5, byCode: [{ count: 5 }] });
  });

  test("of two codes are two, and the first is found in its thread", () => {
    const { errors } = both({}, { errors: errorsOf("ENOSPC", 28, 1) });
    expect(errors.first?.thread).toBe(2);
    expect(both({ errors: errorsOf("EIO", 5, 2) }, { errors: errorsOf("ENOSPC", 28, 1) }).errors.byCode).toHaveLength(
      2,
    );
  });
});
