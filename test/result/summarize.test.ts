// Rounds -> their summary: medians, spread, and latencies of all I/Os together.

import { expect, test } from "vitest";
import { summarize } from "../../src/result/summarize.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { logNormalLatencies, samplesFrom } from "../samples/fixture.ts";
import { roundOf } from "./fixture.ts";

const rounds = [0, 1, 2].map((index) => roundOf({ job: "a" }, index));

test("rates are medians over rounds, with extremes and spread", () => {
  const summary = summarize(rounds);
  const rates = rounds.map((round) => round.total.iops);
  expect(summary?.iops).toMatchObject({ median: rates[1], min: rates[2], max: rates[0] });
  expect(summary?.iops.cv).toBeCloseTo(0.0066, 4);
  expect(summary?.cpuNsPerIo?.median).toBeCloseTo(6000, 6);
  expect(summary?.effectiveQueueDepth.median).toBe(7.9);
});

test("percentiles are those of all rounds' I/Os together, not averages", () => {
  const all = [2, 3, 4].flatMap((seed) => [...logNormalLatencies(1000, 80_000, 0.5, seed)]);
  const exact = latencySummary(samplesFrom(all));
  const pooled = summarize(rounds)?.latencyNs;
  expect(pooled).toMatchObject({ min: exact.min, p50: exact.p50, p90: exact.p90, p99: exact.p99, max: exact.max });
  expect(pooled?.mean).toBeCloseTo(exact.mean ?? Number.NaN, 6);
  expect(pooled?.stddev).toBeCloseTo(exact.stddev ?? Number.NaN, 3);
});

test("one round has no spread, and no round no summary", () => {
  expect(summarize(rounds.slice(0, 1))?.iops.cv).toBeNull();
  expect(summarize([])).toBeNull();
});

test("directions are summed up apart", () => {
  const mixed = summarize([roundOf({ job: "a", settings: { operation: "mixed" } }, 0)]);
  expect((mixed?.read?.iops.median ?? 0) + (mixed?.write?.iops.median ?? 0)).toBeCloseTo(mixed?.iops.median ?? 0, 6);
  expect(summarize(rounds)?.read).toBeNull();
});

test("CPU per I/O is not made up where no I/O succeeded", () => {
  expect(summarize([roundOf({ job: "a", ios: 0 }, 0)])?.cpuNsPerIo).toBeNull();
});

test("a round in which diskbench was stopped counts in nothing", () => {
  const [first, ...others] = rounds.map((round, index) =>
    index === 0 ? { ...round, stopped: { engineSeconds: 0.5, commandSeconds: 0 } } : round,
  );
  if (first === undefined) throw new RangeError("there are rounds");
  expect(summarize([first, ...others])).toEqual(summarize(others));
  expect(summarize([first])).toBeNull();
});
