// Latencies recorded by one thread -> what the collector makes of them, also when it is late or the thread never ends.

import { expect, test } from "vitest";
import { Collector } from "../../../src/engine/collector.ts";
import { Recorder } from "../../../src/engine/loop/recorder.ts";
import { KIND, RING_SIZE } from "../../../src/engine/loop/memory-layout.ts";
import { PHASE, THREAD_NUMBER, THREAD_WORD, type ThreadMemory } from "../../../src/engine/loop/round-memory.ts";
import { roundOf } from "../../../src/engine/round-spec.ts";
import type { RoundSamples } from "../../../src/samples/samples.ts";
import { latencyPercentilesNs } from "../../../src/samples/summary.ts";
import { platform, rangesOf, memberSpec } from "../rig.ts";
import { unsharedRoundMemory } from "../unshared-memory.ts";

const OPEN_NS = 1e9;
const BLOCK_BYTES = 4096;

class Bench {
  readonly #memory = unsharedRoundMemory(2);
  readonly collector: Collector;
  readonly recorders = this.#memory.threads.map((thread) => new Recorder(thread));

  /** `meanwhile`: what happens each time the collector comes to the second thread. */
  constructor(meanwhile: () => void = () => undefined) {
    const second = this.thread(1);
    const watched: ThreadMemory = {
      ...second,
      get words() {
        meanwhile();
        return second.words;
      },
    };
    this.collector = new Collector(
      { ...this.#memory, threads: [this.thread(0), watched] },
      roundOf([
        memberSpec({ ranges: rangesOf(2, 1024), readPercent: 50, intervalSeconds: 1, backend: "mmap", flush: "each" }),
      ]),
    );
    for (const recorder of this.recorders) recorder.open(OPEN_NS, 1e9);
  }

  thread(index: number): ThreadMemory {
    const thread = this.#memory.threads[index];
    if (thread === undefined) throw new RangeError(`no thread ${index}`);
    return thread;
  }

  /** One I/O of thread `index` that completes `atSeconds` after the window has opened. */
  record(index: number, atSeconds: number, latencyNs: number, kind: number = KIND.read, bytes = BLOCK_BYTES): void {
    const recorder = this.recorders[index];
    const nowNs = OPEN_NS + atSeconds * 1e9;
    if (recorder !== undefined && nowNs >= recorder.intervalEndNs) recorder.rotate(nowNs);
    recorder?.record(kind, latencyNs);
    if (kind > KIND.write) return;
    const { numbers } = this.thread(index);
    numbers[THREAD_NUMBER.bytes + kind] = (numbers[THREAD_NUMBER.bytes + kind] ?? 0) + bytes;
  }

  /** As threads leave their memory when they end; `crashed` ones leave it as it is. */
  finish(seconds: number, crashed: readonly number[] = []): RoundSamples {
    for (const index of [0, 1]) {
      const { numbers, words } = this.thread(index);
      numbers[THREAD_NUMBER.openNs] = OPEN_NS;
      const endNs = OPEN_NS + seconds * 1e9;
      if (crashed.includes(index)) {
        words[THREAD_WORD.phase] = PHASE.measure;
        numbers[THREAD_NUMBER.heartbeatNs] = endNs;
        continue;
      }
      numbers[THREAD_NUMBER.closeNs] = endNs;
      numbers[THREAD_NUMBER.transfersEndNs] = endNs;
      this.recorders[index]?.finish();
      words[THREAD_WORD.phase] = PHASE.done;
    }
    return this.collector.finish(platform, { outcomes: [], aborted: false, machineCores: null });
  }
}

test("directions, first touches and flushes are kept apart, their sums exact", () => {
  const bench = new Bench();
  bench.record(0, 0.1, 1000, KIND.read);
  bench.record(0, 0.2, 3000, KIND.read);
  bench.record(1, 0.3, 70_001, KIND.write);
  bench.record(1, 0.3, 70_001, KIND.firstTouch);
  bench.record(0, 0.4, 2e6, KIND.flush);
  const { read, write, firstTouch, flush, intervals } = bench.finish(1);
  expect(read?.latency).toMatchObject({ count: 2, sumNs: 4000, sumSquaresNs: 1e6 + 9e6, minNs: 1000, maxNs: 3000 });
  expect(write?.latency).toMatchObject({ count: 1, sumNs: 70_001, minNs: 70_001, maxNs: 70_001 });
  expect(firstTouch?.count).toBe(1);
  expect(flush).toMatchObject({ count: 1, latency: { sumNs: 2e6 } });
  // Only transfers are in the series.
  expect(intervals.map(({ ios }) => ios)).toEqual([3]);
});

test("samples that are recorded together are those that are recorded one by one", () => {
  const samples = Array.from({ length: 300 }, (_, index) => [index % 3 === 0 ? 0 : 1, 300 + index * index * 7.5]);
  const [single, together] = [new Bench(), new Bench()];
  for (const [kind = 0, latencyNs = 0] of samples) single.record(0, 0.5, latencyNs, kind);
  for (let from = 0; from < samples.length; from += 64) {
    const rows = Float64Array.from(
      samples
        .slice(from, from + 64)
        .flatMap(([kind = 0, latencyNs = 0]) => [kind, 0, BLOCK_BYTES, 0, 0, 0, 0, latencyNs]),
    );
    for (const kind of [KIND.read, KIND.write]) together.recorders[0]?.recordAll(kind, rows, 0, rows.length);
  }
  const [expected, found] = [single.finish(1), together.finish(1)];
  expect(found.read).toEqual(expected.read);
  expect(found.write?.latency).toMatchObject({ count: 200, buckets: expected.write?.latency.buckets });
  expect(found.write?.latency.minNs).toBe(expected.write?.latency.minNs);
  expect(found.write?.latency.maxNs).toBe(expected.write?.latency.maxNs);
  expect(found.write?.latency.sumNs).toBeCloseTo(expected.write?.latency.sumNs ?? 0, 3);
});

test("bytes are those that were transferred, of I/Os of whatever length, in each interval and in all", () => {
  const bench = new Bench();
  for (const [index, atSeconds, kind, bytes] of [
    [0, 0.1, KIND.read, 512],
    [1, 0.2, KIND.write, 65_536],
    [0, 0.3, KIND.read, 4096],
    [0, 1.1, KIND.write, 1536],
    [0, 2.1, KIND.read, 8192],
  ] as const) {
    bench.record(index, atSeconds, 1000, kind, bytes);
    bench.collector.drain();
  }
  const { read, write, intervals } = bench.finish(3);
  expect([read?.bytes, write?.bytes]).toEqual([12_800, 67_072]);
  expect(intervals.map((each) => [each.read?.bytes, each.write?.bytes, each.bytes])).toEqual([
    [4608, 65_536, 70_144],
    [0, 1536, 1536],
    [8192, 0, 8192],
  ]);
});

test("a buffer that comes around again begins empty", () => {
  const bench = new Bench();
  for (let second = 0; second < 3 * RING_SIZE; second += 1) {
    for (const index of [0, 1]) bench.record(index, second + 0.5, 1000 * (second + 1));
    bench.collector.drain();
  }
  const { read, intervals } = bench.finish(3 * RING_SIZE);
  expect(intervals.map(({ ios, latency }) => [ios, latency.minNs, latency.maxNs])).toEqual(
    Array.from({ length: 3 * RING_SIZE }, (_, second) => [2, 1000 * (second + 1), 1000 * (second + 1)]),
  );
  expect(read?.latency.count).toBe(6 * RING_SIZE);
});

test("a collector that was late makes the series coarser and loses nothing", () => {
  const bench = new Bench();
  for (let second = 0; second < 10; second += 1) {
    for (let io = 0; io < 10; io += 1) bench.record(0, second + io / 10, 5000 + second);
  }
  const { read, intervals } = bench.finish(10);
  expect(read?.latency).toMatchObject({ count: 100, minNs: 5000, maxNs: 5009 });
  expect(intervals).toHaveLength(10);
  expect(intervals.reduce((sum, { ios }) => sum + ios, 0)).toBe(100);
});

test("one thread that is ahead does not close an interval for the other", () => {
  const bench = new Bench();
  bench.record(0, 0.5, 1000);
  bench.record(1, 0.5, 1000);
  bench.record(0, 1.5, 1000);
  bench.record(0, 2.5, 1000);
  bench.collector.drain();
  bench.record(1, 0.6, 9000);
  bench.record(1, 1.7, 1000);
  const { intervals } = bench.finish(3);
  expect(intervals.map(({ ios, latency }) => [ios, latency.maxNs])).toEqual([
    [3, 9000],
    [2, 1000],
    [1, 1000],
  ]);
});

test("a thread that goes on to the next interval while the collector is at another loses nothing", () => {
  let step = (): void => undefined;
  const bench = new Bench(() => step());
  for (const index of [0, 1]) for (let io = 0; io < 10; io += 1) bench.record(index, io / 10, 1000, io % 2);
  bench.collector.drain();
  // The first thread has been looked at in its first interval; now it ends that one, with more I/Os in it.
  for (let io = 0; io < 5; io += 1) bench.record(0, 0.95, 2000, KIND.write);
  bench.record(1, 1.1, 1000);
  step = () => {
    step = () => undefined;
    bench.record(0, 1.2, 1000);
  };
  bench.collector.drain();
  bench.collector.drain();
  const { read, write, intervals } = bench.finish(2);
  expect([read?.ios, write?.ios]).toEqual([12, 15]);
  expect(intervals.map(({ ios }) => ios)).toEqual([25, 2]);
});

test("what a lost thread had recorded counts", () => {
  const bench = new Bench();
  bench.record(0, 0.5, 1000);
  bench.record(1, 0.5, 2000);
  bench.record(1, 1.2, 3000);
  const { read, intervals, measuredSeconds } = bench.finish(1.25, [0, 1]);
  expect(read?.latency).toMatchObject({ count: 3, sumNs: 6000 });
  expect(intervals.map(({ ios }) => ios)).toEqual([2, 1]);
  expect(measuredSeconds).toBeCloseTo(1.25, 9);
});

test("latencies over five orders of magnitude keep their ranks to a tenth of a percent", () => {
  const bench = new Bench();
  const latencies = Array.from({ length: 200_000 }, (_, index) => 800 * 1.0001 ** (index % 100_000));
  for (const [index, latencyNs] of latencies.entries()) bench.record(index % 2, 0.5, latencyNs);
  const { read } = bench.finish(1);
  const sorted = latencies.toSorted((a, b) => a - b);
  for (const percent of [1, 50, 90, 99, 99.9, 99.99]) {
    const exact = sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
    const found = read === null ? 0 : (latencyPercentilesNs(read.latency, [percent])[0] ?? 0);
    expect(Math.abs(found - exact) / exact).toBeLessThan(0.001);
  }
});
