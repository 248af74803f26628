// 500 million latencies -> the same few megabytes as of a few, and percentiles in under a second.

import { expect, test } from "vitest";
import { Recorder } from "../../src/engine/loop/recorder.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { expectBetween, expectExactly, expectWithin, present } from "./figures.ts";
import { INTERVAL_NS, SyntheticRound } from "./synthetic-round.ts";

const SAMPLES = 500e6;
const INTERVALS = 100;
const OPEN_NS = INTERVAL_NS;
const SAMPLES_PER_INTERVAL = SAMPLES / INTERVALS;
/** Latencies spread evenly from 50 us to 50 us + 2^20 ns. */
const LOWEST_NS = 50_000;
const SPREAD_NS = 2 ** 20;
const MEBIBYTE = 2 ** 20;

const residentMebibytes = (): number => process.memoryUsage().rss / MEBIBYTE;

/** One interval's samples. Latencies walk through all of the spread in steps of a number prime to it. */
function recordInterval(recorder: Recorder, step: number, from: number): number {
  let place = from;
  for (let sample = 0; sample < SAMPLES_PER_INTERVAL; sample += 1) {
    place = (place + step) & (SPREAD_NS - 1);
    recorder.record(0, LOWEST_NS + place);
  }
  return place;
}

test("500 million samples: memory is flat, percentiles take less than a second", () => {
  const round = new SyntheticRound();
  const recorder = new Recorder(round.memory);
  recorder.open(OPEN_NS, INTERVAL_NS);
  let place = 0;
  let warmMebibytes = 0;
  for (let interval = 0; interval < INTERVALS; interval += 1) {
    if (interval > 0) recorder.rotate(OPEN_NS + interval * INTERVAL_NS);
    place = recordInterval(recorder, 611_953, place);
    round.collector.drain();
    // By then everything is compiled and every buffer was touched.
    if (interval === INTERVALS / 10) warmMebibytes = residentMebibytes();
  }
  const grownMebibytes = residentMebibytes() - warmMebibytes;

  recorder.finish();
  const finishedMs = performance.now();
  const { read, intervals } = round.finish(OPEN_NS, OPEN_NS + INTERVALS * INTERVAL_NS);
  if (read === null) throw new Error("there are no reads");
  const { min, mean, max, p50, p99, p9999 } = latencySummary(read.latency);
  const percentilesMs = performance.now() - finishedMs;

  expectExactly("samples", read.ios, SAMPLES);
  expectExactly(
    "samples in all intervals",
    intervals.reduce((sum, { ios }) => sum + ios, 0),
    SAMPLES,
  );
  expectBetween("memory gained over the last 450 million samples, MiB", grownMebibytes, -Infinity, 16);
  expectBetween("ms until the percentiles are there", percentilesMs, 0, 1000);
  expect({ min, max }).toEqual({ min: LOWEST_NS, max: LOWEST_NS + SPREAD_NS - 1 });
  const quantileNs = (share: number): number => LOWEST_NS + SPREAD_NS * share;
  expectWithin("mean in ns", present(mean), quantileNs(0.5), 0.1);
  expectWithin("p50 in ns", present(p50), quantileNs(0.5), 0.1);
  expectWithin("p99 in ns", present(p99), quantileNs(0.99), 0.1);
  expectWithin("p99.99 in ns", present(p9999), quantileNs(0.9999), 0.1);
});
