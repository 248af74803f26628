// The rule of the measured loop: no back end allocates on the JavaScript heap per I/O.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { getHeapStatistics } from "node:v8";
import { OPERATION, type Backend } from "../../src/platform/platform.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { BACKEND_TRAITS, type BackendName } from "../../src/shared/methods.ts";
import { temporaryDirectory } from "./temporary.ts";

const BLOCK_BYTES = 4096;
const FILE_BYTES = 16 * 2 ** 20;
/** Enough that the compiler is done. */
const WARM_UP_IOS = 20_000;
const MEASURED_IOS = 10_000;
/** The smallest thing on the heap, a boxed number, takes 12 bytes or more. */
const LIMIT_BYTES_PER_IO = 6;

const BACKENDS = [
  "write-file",
  "completion-port",
  "completion-event",
  "completion-poll",
  "write-file-ex",
  "write-file-gather",
  "mapped-view",
] as const;

const platform = createPlatform();
const directory = temporaryDirectory("allocation");

/** A closed loop of random reads and writes. */
function loop(backend: Backend, queueDepth: number, ios: number): void {
  let state = 1;
  let outstanding = 0;
  for (let slot = 0; slot < queueDepth; slot += 1) {
    backend.prepare(slot, OPERATION.write, 0, slot * BLOCK_BYTES, BLOCK_BYTES, 0);
    backend.submit();
    outstanding += 1;
  }
  for (let done = 0; outstanding > 0;) {
    const collected = backend.reap(1);
    for (let index = 0; index < collected; index += 1) {
      outstanding -= 1;
      if (backend.completedResults[index] !== BLOCK_BYTES) throw new Error(`result ${backend.completedResults[index]}`);
      done += 1;
      if (done > ios) continue;
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const offset = (state >>> 20) * BLOCK_BYTES;
      const operation = (state & 0x10000) === 0 ? OPERATION.read : OPERATION.write;
      backend.prepare(backend.completedSlots[index] ?? 0, operation, 0, offset, BLOCK_BYTES, 0);
      backend.submit();
      outstanding += 1;
    }
  }
}

/** Bytes that the heap grows by per turn of a loop of MEASURED_IOS turns. */
function heapGrowth(run: () => void): number {
  const growths = [1, 2, 3].map(() => {
    const before = getHeapStatistics().used_heap_size;
    run();
    return (getHeapStatistics().used_heap_size - before) / MEASURED_IOS;
  });
  // The middle one: a collection of old garbage makes one of them negative.
  return growths.toSorted((left, right) => left - right)[1] ?? 0;
}

function heapBytesPerIo(name: BackendName): number {
  const traits = BACKEND_TRAITS[name];
  const path = join(directory, `${name}.dat`);
  writeFileSync(path, Buffer.alloc(FILE_BYTES));
  const file = platform.files.open(path, {
    access: "read-write",
    caching: traits.mapped ? "buffered" : "unbuffered",
    writeThrough: false,
    overlapped: traits.overlapped,
    accessOrder: "random",
    exclusive: false,
  });
  const queueDepth = traits.queued ? 32 : 1;
  const backend = platform.openBackend(name, {
    files: [{ ...file, sizeBytes: FILE_BYTES }],
    slotSizeBytes: BLOCK_BYTES,
    queueDepth,
    clock: platform.clock,
    operations: ["read", "write"],
    seed: 1,
    submitBatch: null,
  });
  try {
    loop(backend, queueDepth, WARM_UP_IOS);
    return heapGrowth(() => loop(backend, queueDepth, MEASURED_IOS));
  } finally {
    assert.equal(backend.close(), 0);
    platform.files.close(file);
  }
}

for (const name of BACKENDS) {
  void test(`${name} allocates nothing per I/O`, () => {
    const bytes = heapBytesPerIo(name);
    assert.ok(bytes < LIMIT_BYTES_PER_IO, `${bytes} bytes of heap per I/O`);
  });
}

void test("the clock allocates nothing", () => {
  const { clock } = platform;
  const stamps = new Float64Array(2);
  const read = (times: number): void => {
    for (let time = 0; time < times; time += 1) stamps[time & 1] = clock.now();
  };
  for (let round = 0; round < 10; round += 1) read(WARM_UP_IOS);
  const bytes = heapGrowth(() => read(MEASURED_IOS));
  assert.ok(bytes < LIMIT_BYTES_PER_IO, `${bytes} bytes of heap per look at the clock`);
});
