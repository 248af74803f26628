// A simulated device with faults from a seed -> rounds whose figures hold together, whatever happened in them.

import { describe, expect, test } from "vitest";
import { STOP } from "../../src/engine/loop/round-memory.ts";
import { parseSimulation, SimulatedBackend, type Simulation } from "../../src/platform/simulated.ts";
import { assembleRound } from "../../src/result/assemble-round.ts";
import { roundSchema } from "../../src/result/round-schema.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { platform, rangesOf, runRound } from "../engine/rig.ts";

const SEEDS = process.env["DISKBENCH_FULL"] === "1" ? 2000 : 200;
const BLOCK_BYTES = 4096;

/** What the device itself has counted. */
interface Truth {
  whole: number;
  failed: number;
  short: number;
}

class CountingDevice extends SimulatedBackend {
  readonly #truth: Truth;

  constructor(truth: Truth, ...all: ConstructorParameters<typeof SimulatedBackend>) {
    super(...all);
    this.#truth = truth;
  }

  override reap(minimum: number): number {
    const completed = super.reap(minimum);
    for (const result of this.completedResults.subarray(0, completed)) {
      if (result < 0) this.#truth.failed += 1;
      else if (result < BLOCK_BYTES) this.#truth.short += 1;
      else this.#truth.whole += 1;
    }
    return completed;
  }
}

/** A load and a device, drawn from a seed. */
function draw(seed: number): { readonly wish: Parameters<typeof runRound>[0]; readonly device: Simulation } {
  const random = mulberry32(seed);
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const threads = one([1, 2, 3]);
  const ios = one([null, null, 500]);
  return {
    device: {
      ...parseSimulation(undefined),
      baseNs: one([20_000, 60_000, 1e6]),
      // Now and then an I/O takes far longer than all others: a stall.
      tailNs: one([0, 20_000, 2e6]),
      channels: one([1, 8]),
      errorRate: one([0, 0.001, 0.2, 1]),
      shortRate: one([0, 0.001, 0.2]),
    },
    wish: {
      seed,
      ranges: rangesOf(threads, 1024, { ios }),
      readPercent: one([0, 50, 100]),
      queueDepth: one([1, 4, 32]),
      flush: one(["never", "end", "each", "every 3"]),
      warmupSeconds: one([0, 0.005]),
      durationSeconds: one([0.01, 0.15]),
      // Nobody empties the buffers meanwhile: there are to be no more intervals than buffers.
      intervalSeconds: 0.1,
      onError: one(["stop", "continue", "continue"]),
      maxErrors: one([1, 20, 1_000_000]),
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Everything in `samples` agrees with the device's own count and with itself. */
function expectConsistent(samples: RoundSamples, truth: Truth): void {
  const { read, write, errors, intervals, outsideWindow, measuredSeconds } = samples;
  const inWindow = (read?.ios ?? 0) + (write?.ios ?? 0);
  expect(inWindow + outsideWindow.ios).toBe(truth.whole);
  expect([errors.failed, errors.short]).toEqual([truth.failed, truth.short]);
  expect(sum(errors.byCode.map(({ count }) => count))).toBe(truth.failed);
  expect(errors.outsideWindow).toBeLessThanOrEqual(errors.failed + errors.short);
  expect(errors.first === null).toBe(errors.failed + errors.short === 0);
  expect(sum(intervals.map(({ ios }) => ios))).toBe(inWindow);
  expect(sum(intervals.map(({ seconds }) => seconds))).toBeCloseTo(measuredSeconds, 6);
  for (const direction of [read, write]) {
    if (direction === null) continue;
    expect(direction.bytes).toBe(direction.ios * BLOCK_BYTES);
    expect(sum(direction.latency.buckets.map(([, count]) => count))).toBe(direction.ios);
  }
}

function expectEnding(stop: number, wish: ReturnType<typeof draw>["wish"], truth: Truth): void {
  const { onError, maxErrors = 0, ranges = [], queueDepth = 1 } = wish;
  const errors = truth.failed + truth.short;
  if (onError === "stop") {
    expect(stop).toBe(errors === 0 ? STOP.none : STOP.error);
    // What was in flight when the first one failed, and nothing after that.
    expect(errors).toBeLessThanOrEqual(ranges.length * queueDepth);
  } else if (stop !== STOP.onlyErrors) {
    expect(stop).toBe(errors > maxErrors ? STOP.tooManyErrors : STOP.none);
    expect(errors).toBeLessThanOrEqual(maxErrors + ranges.length * queueDepth);
  }
}

describe("a device with faults from a seed", () => {
  test.for(Array.from({ length: SEEDS }, (_, seed) => seed))("seed %i", (seed) => {
    const { wish, device } = draw(seed);
    const truth = { whole: 0, failed: 0, short: 0 };
    const { samples, stop } = runRound(wish, {
      ...platform,
      openBackend: (_, options) => new CountingDevice(truth, options, device),
    });
    expectConsistent(samples, truth);
    expectEnding(stop, wish, truth);
    const round = assembleRound(samples, { index: 0, startedAt: new Date(0).toISOString(), eviction: null });
    const stored: unknown = JSON.parse(JSON.stringify(round));
    expect(roundSchema.parse(stored)).toEqual(stored);
  });
});
