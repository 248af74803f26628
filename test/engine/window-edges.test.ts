// I/Os, flushes and calls that begin before the window or outlast it -> only their part inside counts.

import { expect, test } from "vitest";
import { BlockWriter } from "../../src/workload/block-content.ts";
import { QueuedLoop } from "../../src/engine/loop/queued-loop.ts";
import { Recorder } from "../../src/engine/loop/recorder.ts";
import { scratchThreadMemory } from "../../src/engine/loop/round-memory.ts";
import { sourceOf } from "../../src/workload/source.ts";
import type { Backend, Clock } from "../../src/platform/platform.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import { BLOCK_BYTES, runRound, withDevice } from "./rig.ts";

/** I/Os, and the flush behind each batch of them, take 0.3 s each; they begin with the warm-up. */
function flushing(queueDepth: number, warmupSeconds: number): RoundSamples {
  const device = withDevice({ baseNs: 0.3e9, tailNs: 0, bytesPerSecond: 1e15, channels: queueDepth });
  const flush = queueDepth === 1 ? "each" : (`every ${queueDepth}` as const);
  return runRound({ queueDepth, flush, warmupSeconds, durationSeconds: 1 }, device).samples;
}

test.each([1, 4])("a flush that outlasts the window counts for its part inside, at queue depth %i", (queueDepth) => {
  // I/Os until 0.3, a flush until 0.6, I/Os until 0.9, a flush until 1.2.
  const { measuredSeconds, effectiveQueueDepth, flush, write } = flushing(queueDepth, 0);
  expect(measuredSeconds).toBe(1);
  expect(write?.ios).toBe(2 * queueDepth);
  expect(effectiveQueueDepth).toBeCloseTo(0.6 * queueDepth, 3);
  expect(flush?.count).toBe(1);
  expect(flush?.seconds).toBeCloseTo(0.4, 3);
  expect(flush?.latency.maxNs).toBeCloseTo(0.3e9, -4);
});

test.each([1, 4])("one that began before it counts from its opening on, at queue depth %i", (queueDepth) => {
  // The window is open from 1.0: a flush until 1.2, I/Os until 1.5, a flush until 1.8, I/Os until 2.1.
  const { effectiveQueueDepth, flush, write, outsideWindow } = flushing(queueDepth, 1);
  expect(write?.ios).toBe(queueDepth);
  expect(outsideWindow.ios).toBe(3 * queueDepth);
  expect(effectiveQueueDepth).toBeCloseTo(0.5 * queueDepth, 3);
  expect(flush?.count).toBe(2);
  expect(flush?.seconds).toBeCloseTo(0.5, 3);
});

test("a window that a single flush fills has time inside flushes, and no flush that completed", () => {
  // A flush from 0.3 to 0.6.
  const device = withDevice({ baseNs: 0.3e9, tailNs: 0, bytesPerSecond: 1e15 });
  const wish = { flush: "each", warmupSeconds: 0.35, durationSeconds: 0.2 } as const;
  const { effectiveQueueDepth, flush, write } = runRound(wish, device).samples;
  expect([write?.ios, effectiveQueueDepth, flush?.count]).toEqual([0, 0, 0]);
  expect(flush?.seconds).toBeCloseTo(0.2, 9);
});

test("an I/O that began before the window and outlasts it is none of its I/Os", () => {
  // Until 0.3, then until 0.6.
  const device = withDevice({ baseNs: 0.3e9, tailNs: 0, bytesPerSecond: 1e15 });
  const { effectiveQueueDepth, write, outsideWindow } = runRound(
    { warmupSeconds: 0.35, durationSeconds: 0.2 },
    device,
  ).samples;
  expect([write?.ios, outsideWindow.ios]).toEqual([0, 2]);
  expect(effectiveQueueDepth).toBeCloseTo(1, 6);
});

test("the calls that hand over I/Os count until the window closes", () => {
  const queueDepth = 4;
  let nowNs = 0;
  const clock: Clock = { name: "by hand", resolutionNs: 1, now: () => nowNs };
  const backend: Backend = {
    submitBatch: 1,
    nativeOperations: [],
    buffers: new Uint8Array(queueDepth * BLOCK_BYTES),
    completedSlots: new Int32Array(queueDepth),
    completedResults: new Int32Array(queueDepth),
    completedSynchronously: null,
    backPressure: 0,
    prepare: () => undefined,
    submit() {
      nowNs += 0.4e9;
    },
    reap: () => 0,
    flush: () => 0,
    close: () => 0,
  };
  const writer = new BlockWriter(backend.buffers, BLOCK_BYTES, "zero", 0);
  const loop = new QueuedLoop(
    { backend, clock, writer, control: new Int32Array(16) },
    { queueDepth, flushEvery: 0, maxErrors: 0, touchUnitBytes: null, fileSizeBytes: 4096 },
  );
  const writes = { pattern: "random", operation: "write", readPercent: null, blockSizeBytes: BLOCK_BYTES } as const;
  const source = sourceOf(writes, { firstBlock: 0, blockCount: 1 }, "calls");
  const memory = scratchThreadMemory();
  loop.setWindow(0.1e9, 1e9);
  loop.run(source, new Recorder(memory), memory.numbers, 1e9, Infinity);
  expect(nowNs).toBe(1.2e9);
  expect(loop.submittingNs).toBe(0.9e9);
  expect(loop.integralNs).toBe(1 * 0.3e9 + 2 * 0.4e9 + 3 * 0.2e9);
});

test("a write that goes on from the warm-up into the window is a write there, where some read and some write", () => {
  // Of an I/O of 0.3 s the third begins before the window opens, and ends in it; one per cent of them read.
  const device = withDevice({ baseNs: 0.3e9, tailNs: 0, bytesPerSecond: 1e15, channels: 1 });
  const times = { warmupSeconds: 0.8, durationSeconds: 1 };
  const mixed = { backend: "simulated", queueDepth: 1, operation: "mixed", readPercent: 1 } as const;
  const { samples } = runRound({ ...mixed, ...times }, device);
  expect([samples.read?.ios, samples.write?.ios]).toEqual([0, 3]);
});
