// Figures that contradict each other -> the check that finds each pair, however small the difference.

import { threadIos } from "../../../src/samples/thread-ios.ts";
import { describe, expect, test } from "vitest";
import { checkCase } from "../../../src/result/checks/index.ts";
import { checkSums } from "../../../src/result/checks/sums.ts";
import type { CaseResult, Round } from "../../../src/result/result.ts";
import { evidenceWith, testRows, type Row } from "./fixture.ts";

const MIXED = { operation: "mixed", readPercent: 70 } as const;
const firstInterval = (change: (interval: Round["intervals"][number]) => Partial<Round["intervals"][number]>) => ({
  settings: MIXED,
  round: ({ intervals }: Round) => ({
    intervals: intervals.map((each, index) => (index === 0 ? { ...each, ...change(each) } : each)),
  }),
});
const one = (counts: { readonly ios: number; readonly bytes: number } | null): { ios: number; bytes: number } => ({
  ios: (counts?.ios ?? 0) - 1,
  bytes: (counts?.bytes ?? 0) - 4096,
});
const roundWith = (round: (round: Round) => Partial<Round>) => ({ settings: MIXED, round });

describe("a case is told apart whose", () => {
  const row = (what: string, changes: Row[2], message: RegExp): Row => [what, "sums", changes, "fail", message];
  testRows([
    ["figures agree", "sums", { settings: MIXED }, "pass", /same in both/],
    [
      "summary is that of the round that counts",
      "sums",
      { settings: MIXED, round: ({ index }) => ({ stopped: { engineSeconds: index, commandSeconds: 0 } }) },
      "pass",
      /same in both/,
    ],
    row(
      "round does not count, and contradicts itself",
      { round: () => ({ stopped: { engineSeconds: 0.5, commandSeconds: 0 }, effectiveQueueDepth: -1 }) },
      /outstanding on average/,
    ),
    row(
      "intervals lack one I/O",
      firstInterval((each) => ({ ...one(each), read: one(each.read) })),
      /all intervals/,
    ),
    row(
      "intervals have a read as a write",
      firstInterval((each) => ({ read: one(each.read), write: { ios: (each.write?.ios ?? 0) + 1, bytes: 0 } })),
      /all intervals \(read\)/,
    ),
    row(
      "intervals lack a byte",
      firstInterval((each) => ({ bytes: each.bytes - 1 })),
      /bytes in all intervals/,
    ),
    row(
      "intervals do not cover the window",
      firstInterval(() => ({ seconds: 0.9 })),
      /seconds of all intervals/,
    ),
    row(
      "threads counted another",
      roundWith(() => ({ threads: [threadIos((_, code) => code + 1)] })),
      /all threads/,
    ),
    row(
      "thread is missing",
      roundWith(() => ({ threads: [] })),
      /threads: 0, where it should be 1/,
    ),
    row(
      "histogram lacks an I/O",
      roundWith(({ total }) => {
        const [[lowNs, count] = [0, 0], ...others] = total.histogram.buckets;
        return { total: { ...total, histogram: { ...total.histogram, buckets: [[lowNs, count + 1], ...others] } } };
      }),
      /in the histogram \(all\)/,
    ),
    row(
      "directions are not the total",
      roundWith(({ total, read }) => ({ write: null, read: read && { ...read, ...total, ios: total.ios } })),
      /I\/Os in all intervals \(read\)/,
    ),
    row(
      "rate is another",
      roundWith(({ total }) => ({ total: { ...total, iops: total.iops * 1.001 } })),
      /by their rate/,
    ),
    row("queue was deeper than it can be", { round: () => ({ effectiveQueueDepth: 1.01 }) }, /outstanding on average/),
    row("queue was less than empty", { round: () => ({ effectiveQueueDepth: -2.04 }) }, /outstanding on average/),
    row("calls took longer than the window", { round: () => ({ submittingSeconds: 1.9 }) }, /handing over/),
    row(
      "flushes took longer than the window",
      { round: ({ flush }) => ({ flush: flush && { ...flush, seconds: 1.9 } }) },
      /flushing/,
    ),
    row(
      "CPUs worked more than all the time",
      { round: ({ cpu }) => ({ cpu: { ...cpu, userSeconds: 4 } }) },
      /CPU seconds of the engine/,
    ),
  ]);

  const changed = (change: (measured: CaseResult) => Partial<CaseResult>): CaseResult => {
    const { case: measured } = evidenceWith({ settings: MIXED });
    return { ...measured, ...change(measured) };
  };

  test("summary has other I/Os than its rounds", () => {
    const lacking = changed(({ rounds }) => ({ rounds: rounds.slice(0, 1) }));
    expect(checkSums({ ...evidenceWith(), case: lacking })).toMatchObject({ status: "fail", facts: { count: 3 } });
  });

  test("interrupted round contradicts itself, although none was finished", () => {
    const interrupted = changed(({ rounds: [round = null] }) => ({
      rounds: [],
      summary: null,
      interruptedRound: round && { ...round, intervals: [] },
    }));
    const checks = checkCase({ ...evidenceWith(), case: interrupted });
    expect(checks).toMatchObject([{ code: "sums", status: "fail" }]);
  });
});
