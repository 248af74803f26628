// Truly pending I/O: what the overlapped back ends do while the system keeps a request, on named pipes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { OPERATION, type Backend } from "../../src/platform/platform.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { makePipe, type Pipe } from "./pipe.ts";

const BLOCK_BYTES = 512;
const ERROR_BROKEN_PIPE = 109;

const platform = createPlatform();

/** WriteFileGather works on files only. */
const BACKENDS = ["completion-port", "completion-event", "completion-poll", "write-file-ex"] as const;
type PipeBackend = (typeof BACKENDS)[number];

function openBackend(name: PipeBackend, pipe: Pipe, queueDepth: number): Backend {
  return platform.openBackend(name, {
    files: [{ ...pipe.server, sizeBytes: 0 }],
    slotSizeBytes: BLOCK_BYTES,
    queueDepth,
    clock: platform.clock,
    operations: ["read", "write"],
    seed: 1,
    submitBatch: null,
  });
}

function withPipe(name: PipeBackend, queueDepth: number, use: (pipe: Pipe, backend: Backend) => void): void {
  const pipe = makePipe();
  const backend = openBackend(name, pipe, queueDepth);
  try {
    use(pipe, backend);
  } finally {
    const stuck = backend.close();
    pipe.close();
    assert.equal(stuck, 0, "nothing stays with the system");
  }
}

function submitReads(backend: Backend, queueDepth: number): void {
  for (let slot = 0; slot < queueDepth; slot += 1) backend.prepare(slot, OPERATION.read, 0, 0, BLOCK_BYTES, 0);
  backend.submit();
}

/** Everything that completes until `count` have, as [slot, result] in the order of completion. */
function collect(backend: Backend, count: number): [number, number][] {
  const found: [number, number][] = [];
  while (found.length < count) {
    const collected = backend.reap(1);
    for (let index = 0; index < collected; index += 1) {
      found.push([backend.completedSlots[index] ?? -1, backend.completedResults[index] ?? 0]);
    }
  }
  return found;
}

const slotBytes = (backend: Backend, slot: number): Uint8Array =>
  backend.buffers.subarray(slot * BLOCK_BYTES, (slot + 1) * BLOCK_BYTES);

for (const name of BACKENDS) {
  for (const queueDepth of [1, 8, 32]) {
    void test(`${name}: ${queueDepth} reads stay outstanding until there is something to read`, () => {
      withPipe(name, queueDepth, (pipe, backend) => {
        submitReads(backend, queueDepth);
        assert.equal(backend.reap(0), 0, "nothing can have completed");
        assert.equal(backend.completedSynchronously, 0);
        for (let sent = 0; sent < queueDepth; sent += 1) pipe.send(Buffer.alloc(BLOCK_BYTES, sent + 1));
        const completed = collect(backend, queueDepth);
        assert.equal(new Set(completed.map(([slot]) => slot)).size, queueDepth);
        for (const [slot, result] of completed) {
          assert.equal(result, BLOCK_BYTES);
          // A pipe serves its readers in the order in which they came.
          assert.deepEqual(new Set(slotBytes(backend, slot)), new Set([slot + 1]));
        }
        assert.equal(backend.reap(0), 0);
      });
    });
  }

  void test(`${name}: completions come one by one and slots are used again`, () => {
    withPipe(name, 4, (pipe, backend) => {
      submitReads(backend, 4);
      for (let round = 0; round < 50; round += 1) {
        pipe.send(Buffer.alloc(BLOCK_BYTES, round));
        const [[slot, result] = [-1, 0]] = collect(backend, 1);
        assert.equal(result, BLOCK_BYTES);
        assert.equal(slot, round % 4, "the oldest reader is served first");
        assert.deepEqual(new Set(slotBytes(backend, slot)), new Set([round]));
        backend.prepare(slot, OPERATION.read, 0, 0, BLOCK_BYTES, 0);
        backend.submit();
      }
    });
  });

  void test(`${name}: a short transfer is reported with its length`, () => {
    withPipe(name, 2, (pipe, backend) => {
      submitReads(backend, 2);
      pipe.send(Buffer.alloc(100, 1));
      assert.deepEqual(collect(backend, 1), [[0, 100]]);
    });
  });

  void test(`${name}: writes wait for a reader and arrive whole`, () => {
    withPipe(name, 16, (pipe, backend) => {
      const sent: Buffer[] = [];
      for (let slot = 0; slot < 16; slot += 1) {
        slotBytes(backend, slot).fill(slot + 65);
        sent.push(Buffer.alloc(BLOCK_BYTES, slot + 65));
        backend.prepare(slot, OPERATION.write, 0, 0, BLOCK_BYTES, 0);
        backend.submit();
      }
      const received: Uint8Array[] = [];
      while (Buffer.concat(received).length < 16 * BLOCK_BYTES) {
        received.push(pipe.receive(BLOCK_BYTES));
        backend.reap(0);
      }
      assert.equal(Buffer.concat(received).toString(), Buffer.concat(sent).toString());
    });
  });

  void test(`${name}: a broken pipe fails every outstanding read by name`, () => {
    withPipe(name, 8, (pipe, backend) => {
      submitReads(backend, 8);
      pipe.hangUp();
      const completed = collect(backend, 8);
      assert.deepEqual(
        completed.map(([slot]) => slot).toSorted((left, right) => left - right),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
      assert.ok(
        completed.every(([, result]) => result === -ERROR_BROKEN_PIPE),
        JSON.stringify(completed),
      );
      assert.equal(platform.describeError("ReadFile", ERROR_BROKEN_PIPE).name, "ERROR_BROKEN_PIPE");
    });
  });

  void test(`${name}: close cancels what is outstanding and waits for it`, () => {
    const started = performance.now();
    withPipe(name, 32, (_pipe, backend) => submitReads(backend, 32));
    assert.ok(performance.now() - started < 4000, "cancelling took as long as giving up");
  });

  void test(`${name}: reap waits for the first completion`, async () => {
    const pipe = makePipe();
    // The other end hangs up while this thread sits in the call that waits.
    const worker = new Worker(new URL("hang-up.js", import.meta.url), { workerData: { client: pipe.client } });
    await new Promise((resolve) => worker.once("message", resolve));
    const backend = openBackend(name, pipe, 2);
    submitReads(backend, 2);
    const started = performance.now();
    worker.postMessage("go");
    const completed = collect(backend, 2);
    assert.ok(performance.now() - started > 100, "it did not wait");
    assert.ok(
      completed.every(([, result]) => result === -ERROR_BROKEN_PIPE),
      JSON.stringify(completed),
    );
    assert.equal(backend.close(), 0);
    await worker.terminate();
    pipe.close();
  });
}
