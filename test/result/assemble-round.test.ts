// Samples of a round -> rates, percentiles and counts that follow from them.

import { expect, test } from "vitest";
import { assembleRound } from "../../src/result/assemble-round.ts";
import { histogramOf, samplesOf } from "../../src/result/stored-histogram.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { logNormalLatencies, samplesFrom } from "../samples/fixture.ts";
import { roundSamples } from "./fixture.ts";

const WHEN = { index: 2, startedAt: "2026-11-20T23:45:40.000Z", eviction: null };

test("rates are counts divided by the measured seconds, final flush included", () => {
  const round = assembleRound({ ...roundSamples({ job: "a" }, 1), measuredSeconds: 2 }, WHEN);
  expect(round).toMatchObject({ index: 2, startedAt: WHEN.startedAt, measuredSeconds: 2 });
  expect(round.total).toMatchObject({ ios: 1000, bytes: 4_096_000, iops: 500, bytesPerSecond: 2_048_000 });
  expect(round.bytesPerSecondBeforeFlush).toBe(4_096_000 / 1.25);
  expect(round.flush).toMatchObject({ count: 1, seconds: 0.25, latencyNs: { mean: 250_000_000 } });
});

test("a direction that was no part of the case is null; mixed I/O has both, and their total", () => {
  const written = assembleRound(roundSamples({ job: "a" }, 1), WHEN);
  expect(written.read).toBeNull();
  expect(written.write).toEqual(written.total);

  const mixed = assembleRound(roundSamples({ job: "a", settings: { operation: "mixed" } }, 1), WHEN);
  expect([mixed.read?.ios, mixed.write?.ios, mixed.total.ios]).toEqual([700, 300, 1000]);
  expect(mixed.total.latencyNs.max).toBe(Math.max(mixed.read?.latencyNs.max ?? 0, mixed.write?.latencyNs.max ?? 0));
});

test("an empty window has a rate of 0, and no latency", () => {
  const nothing = { ios: 0, bytes: 0, latency: samplesFrom([]) };
  const empty = { ...roundSamples({ job: "a" }, 1), measuredSeconds: 0, secondsBeforeFlush: 0, write: nothing };
  const { total, bytesPerSecondBeforeFlush } = assembleRound(empty, WHEN);
  expect(total).toMatchObject({ ios: 0, iops: 0, bytesPerSecond: 0, latencyNs: { mean: null, p50: null } });
  expect(bytesPerSecondBeforeFlush).toBe(0);
});

test("failed I/Os are counted by the name of their code", () => {
  const error = { call: "pwrite", code: 5, name: "EIO", text: "Input/output error" };
  const errors = {
    failed: 3,
    short: 1,
    byCode: [
      { error, count: 1 },
      { error: { ...error, call: "io_uring" }, count: 2 },
    ],
    outsideWindow: 1,
    first: { offsetBytes: 8192, direction: "write" as const, thread: 0 },
  };
  const round = assembleRound({ ...roundSamples({ job: "a" }, 1), errors }, WHEN);
  expect(round.errors).toEqual({ ...errors, byCode: { EIO: 3 } });
});

test("first touches of a mapping keep a distribution of their own", () => {
  const round = assembleRound(roundSamples({ job: "a", firstTouch: true }, 1), WHEN);
  expect(round.firstTouch?.count).toBe(200);
  expect(round.firstTouch?.latencyNs.p90).toBeGreaterThan(700_000);
});

test("a stored histogram gives the distribution back", () => {
  const samples = samplesFrom(logNormalLatencies(20_000, 90_000, 1, 3));
  const latencyNs = latencySummary(samples);
  const back = samplesOf({ latencyNs, histogram: histogramOf(samples) });
  expect(back.buckets).toEqual(samples.buckets);
  expect(back).toMatchObject({ count: 20_000, minNs: samples.minNs, maxNs: samples.maxNs });
  const again = latencySummary(back);
  expect(again.stddev).toBeCloseTo(latencyNs.stddev ?? Number.NaN, 3);
  expect({ ...again, mean: null, stddev: null }).toEqual({ ...latencyNs, mean: null, stddev: null });
});
