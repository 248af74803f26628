// Devices that answer late, at once or one by one -> how many I/Os the loop hands over per call.

import { expect, test } from "vitest";
import { BlockWriter } from "../../../src/workload/block-content.ts";
import { QueuedLoop } from "../../../src/engine/loop/queued-loop.ts";
import { KIND } from "../../../src/engine/loop/memory-layout.ts";
import { Recorder } from "../../../src/engine/loop/recorder.ts";
import { scratchThreadMemory, THREAD_NUMBER } from "../../../src/engine/loop/round-memory.ts";
import { sourceOf } from "../../../src/workload/source.ts";
import { loopOfDepth } from "../../../src/engine/thread-options.ts";
import { OPERATION, type Backend } from "../../../src/platform/platform.ts";
import { BLOCK_BYTES, platform } from "../rig.ts";

const QUEUE_DEPTH = 32;
const WRITES = { pattern: "random", operation: "write", readPercent: null, blockSizeBytes: BLOCK_BYTES } as const;

/** How many of those that are outstanding a look finds. */
type Answers = (outstanding: number, minimum: number) => number;

const lateAndTogether: Answers = (outstanding, minimum) => (minimum > 0 ? outstanding : 0);
const atOnce: Answers = (outstanding) => outstanding;
const lateOneByOne: Answers = (_, minimum) => minimum;

/** I/Os per `submit`, of as many as `ios` on a device that answers like this. */
function batchesOf(answers: Answers, ios: number, batches: Pick<Backend, "submitBatch" | "firstBatch">): number[] {
  const waiting: number[] = [];
  let prepared = 0;
  const handedOver: number[] = [];
  const backend: Backend = {
    ...batches,
    nativeOperations: [],
    buffers: new Uint8Array(QUEUE_DEPTH * BLOCK_BYTES),
    completedSlots: new Int32Array(QUEUE_DEPTH),
    completedResults: new Int32Array(QUEUE_DEPTH).fill(BLOCK_BYTES),
    completedSynchronously: null,
    backPressure: 0,
    prepare(slot) {
      waiting.push(slot);
      prepared += 1;
    },
    submit() {
      handedOver.push(prepared);
      prepared = 0;
    },
    reap(minimum) {
      const found = waiting.splice(0, answers(waiting.length, minimum));
      backend.completedSlots.set(found);
      return found.length;
    },
    flush: () => 0,
    close: () => 0,
  };
  const memory = scratchThreadMemory();
  const writer = new BlockWriter(backend.buffers, BLOCK_BYTES, "zero", 0);
  const parts = { backend, clock: platform.clock, writer, control: new Int32Array(16) };
  const loop = new QueuedLoop(parts, {
    queueDepth: QUEUE_DEPTH,
    flushEvery: 0,
    maxErrors: 0,
    touchUnitBytes: null,
    fileSizeBytes: 64 * BLOCK_BYTES,
  });
  const source = sourceOf(WRITES, { firstBlock: 0, blockCount: 64 }, "batches");
  loop.run(source, new Recorder(memory), memory.numbers, Infinity, ios);
  return handedOver;
}

const RAMP = { firstBatch: 2, submitBatch: 8 };

test("a device that idles gets few I/Os at first, and more behind those", () => {
  expect(batchesOf(lateAndTogether, 64, RAMP)).toEqual([2, 2, 4, 8, 8, 8, 2, 2, 4, 8, 8, 8]);
});

test("a device that answers at once gets whole batches after its first", () => {
  expect(batchesOf(atOnce, 42, RAMP)).toEqual([2, 8, 8, 8, 8, 8]);
});

test("a free slot is not held back", () => {
  expect(batchesOf(lateOneByOne, 36, RAMP)).toEqual([2, 2, 4, 8, 8, 8, 1, 1, 1, 1]);
});

test("a back end without a first batch hands over as many as it takes", () => {
  expect(batchesOf(lateAndTogether, 64, { submitBatch: 16 })).toEqual([16, 16, 16, 16]);
});

test("an I/O is whole when it has transferred its own length; only then do its bytes count", () => {
  for (const queueDepth of [1, 4]) {
    let io = 0;
    const results: number[] = [];
    const backend: Backend = {
      nativeOperations: [],
      buffers: new Uint8Array(queueDepth * BLOCK_BYTES),
      submitBatch: 1,
      completedSlots: new Int32Array(queueDepth),
      completedResults: new Int32Array(queueDepth),
      completedSynchronously: null,
      backPressure: 0,
      prepare(slot, operation, file, _offsetBytes, lengthBytes, flags) {
        expect([operation, file, flags]).toEqual([OPERATION.write, 0, 0]);
        // Every third comes short, every fifth fails; the others are as long as they were asked to be.
        io += 1;
        const result = io % 3 === 0 ? lengthBytes - 512 : io % 5 === 0 ? -5 : lengthBytes;
        backend.completedSlots[results.length] = slot;
        results.push(result);
      },
      submit: () => undefined,
      reap() {
        backend.completedResults.set(results);
        return results.splice(0).length;
      },
      flush: () => 0,
      close: () => 0,
    };
    const memory = scratchThreadMemory();
    const writer = new BlockWriter(backend.buffers, BLOCK_BYTES, "zero", 0);
    const parts = { backend, clock: platform.clock, writer, control: new Int32Array(16) };
    const loop = loopOfDepth(parts, {
      queueDepth,
      flushEvery: 0,
      maxErrors: Infinity,
      touchUnitBytes: null,
      fileSizeBytes: 64 * BLOCK_BYTES,
    });
    const source = sourceOf(WRITES, { firstBlock: 0, blockCount: 64 }, "lengths");
    const { numbers } = memory;
    const recorder = new Recorder(memory);
    loop.run(source, recorder, numbers, Infinity, 30);
    loop.run(source, recorder, numbers, Infinity, 0);
    expect(numbers[THREAD_NUMBER.ios + KIND.write]).toBe(16);
    expect(numbers[THREAD_NUMBER.bytes + KIND.write]).toBe(16 * BLOCK_BYTES);
    expect(numbers[THREAD_NUMBER.bytes + KIND.read]).toBe(0);
    expect(numbers[THREAD_NUMBER.short]).toBe(10);
    expect(numbers[THREAD_NUMBER.failed]).toBe(4);
  }
});
