// A back end's name -> the checks that every back end must pass, as plain functions: vitest and node --test run them both.

import assert from "node:assert/strict";
import { statSync, writeSync } from "node:fs";
import { OPERATION, type Backend, type OpenFile, type Platform } from "../../src/platform/platform.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import type { BackendName } from "../../src/shared/methods.ts";
import { Bench, BLOCK_BYTES, readBack, slotBuffer } from "./bench.ts";
import { blockContent, fillBlock, shuffled } from "./content.ts";
import { drive, type Transfer } from "./drive.ts";
import {
  filesAreKeptApart,
  flagsAreKeptOrRefused,
  lengthsDiffer,
  nothingElseIsCarriedOut,
  oddEndIsShort,
} from "./said-completely.ts";

export interface ContractCase {
  readonly name: string;
  readonly run: () => void;
}

const BLOCKS = 96;
const FAR_OFFSET = 5 * 2 ** 30;

const hex = (block: Uint8Array): string => Buffer.from(block).toString("hex");

function writesAreThere(bench: Bench, queueDepth: number, blockBytes: number): void {
  bench.withFile(BLOCKS * blockBytes, (path) => {
    bench.withBackend(path, { queueDepth, slotSizeBytes: blockBytes }, (backend) => {
      for (const sequence of [1, 2]) {
        const order = shuffled(BLOCKS, sequence * 7);
        const transfers = order.map((block): Transfer => ({
          operation: OPERATION.write,
          offsetBytes: block * blockBytes,
        }));
        drive(backend, queueDepth, transfers, {
          before: (slot, { offsetBytes }) => fillBlock(slotBuffer(backend, slot, blockBytes), offsetBytes, sequence),
          after: (_slot, _transfer, result) => assert.equal(result, blockBytes),
        });
      }
      assert.equal(backend.flush(), 0);
    });
    for (let block = 0; block < BLOCKS; block += 1) {
      const found = readBack(path, block * blockBytes, blockBytes);
      assert.equal(hex(found), hex(blockContent(blockBytes, block * blockBytes, 2)), `block ${block}`);
    }
    assert.equal(statSync(path).size, BLOCKS * blockBytes, "the file has its size");
  });
}

function readsAreTrue(bench: Bench, queueDepth: number, blockBytes: number): void {
  const write = (descriptor: number): void => {
    for (let block = 0; block < BLOCKS; block += 1) {
      writeSync(descriptor, blockContent(blockBytes, block * blockBytes, 3), 0, blockBytes, block * blockBytes);
    }
  };
  const use = (path: string): void => {
    bench.withBackend(path, { queueDepth, slotSizeBytes: blockBytes, operations: ["read"] }, (backend) => {
      const order = shuffled(BLOCKS, 11);
      const transfers = order.map((block): Transfer => ({
        operation: OPERATION.read,
        offsetBytes: block * blockBytes,
      }));
      drive(backend, queueDepth, transfers, {
        before: (slot) => void slotBuffer(backend, slot, blockBytes).fill(0xee),
        after(slot, { offsetBytes }, result) {
          assert.equal(result, blockBytes);
          const found = slotBuffer(backend, slot, blockBytes);
          assert.equal(hex(found), hex(blockContent(blockBytes, offsetBytes, 3)), `offset ${offsetBytes}`);
        },
      });
    });
  };
  bench.withFile(BLOCKS * blockBytes, use, write);
}

/** Readers and writers in turn on the same blocks: a read sees the write before it. */
function mixesAreTrue(bench: Bench, queueDepth: number): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    bench.withBackend(path, { queueDepth }, (backend) => {
      for (const operation of [OPERATION.write, OPERATION.read] as const) {
        const transfers = shuffled(BLOCKS, 5).map((block): Transfer => ({
          operation,
          offsetBytes: block * BLOCK_BYTES,
        }));
        drive(backend, queueDepth, transfers, {
          before(slot, { offsetBytes }) {
            if (operation === OPERATION.write) fillBlock(slotBuffer(backend, slot, BLOCK_BYTES), offsetBytes, 4);
            else slotBuffer(backend, slot, BLOCK_BYTES).fill(0);
          },
          after(slot, { offsetBytes }, result) {
            assert.equal(result, BLOCK_BYTES);
            if (operation === OPERATION.write) return;
            const found = slotBuffer(backend, slot, BLOCK_BYTES);
            assert.equal(hex(found), hex(blockContent(BLOCK_BYTES, offsetBytes, 4)));
          },
        });
      }
      const synchronously = backend.completedSynchronously;
      assert.ok(synchronously === null || (synchronously >= 0 && synchronously <= 2 * BLOCKS), `${synchronously}`);
    });
  });
}

function farOffsets(bench: Bench): void {
  const offsets = [FAR_OFFSET - BLOCK_BYTES, FAR_OFFSET, FAR_OFFSET + BLOCK_BYTES, 2 ** 32 - BLOCK_BYTES, 2 ** 31];
  bench.withFile(FAR_OFFSET + 2 * BLOCK_BYTES, (path) => {
    bench.withBackend(path, {}, (backend) => {
      const transfers = offsets.map((offsetBytes): Transfer => ({ operation: OPERATION.write, offsetBytes }));
      drive(backend, 1, transfers, {
        before: (slot, { offsetBytes }) => fillBlock(slotBuffer(backend, slot, BLOCK_BYTES), offsetBytes, 5),
        after: (_slot, _transfer, result) => assert.equal(result, BLOCK_BYTES),
      });
      assert.equal(backend.flush(), 0);
      drive(backend, 1, [{ operation: OPERATION.read, offsetBytes: FAR_OFFSET }], {
        after: (slot) =>
          assert.equal(hex(slotBuffer(backend, slot, BLOCK_BYTES)), hex(blockContent(BLOCK_BYTES, FAR_OFFSET, 5))),
      });
    });
    for (const offsetBytes of offsets) {
      const found = readBack(path, offsetBytes, BLOCK_BYTES);
      assert.equal(hex(found), hex(blockContent(BLOCK_BYTES, offsetBytes, 5)), `offset ${offsetBytes}`);
    }
  });
}

/** At the end of the file a block comes short, behind it nothing comes: neither is ever a whole I/O. */
function shortReads(bench: Bench): void {
  const restBytes = 512;
  bench.withFile(2 * BLOCK_BYTES + restBytes, (path) => {
    bench.withBackend(path, { operations: ["read"] }, (backend) => {
      const results: number[] = [];
      const transfers = [1, 2, 4].map((block): Transfer => ({
        operation: OPERATION.read,
        offsetBytes: block * BLOCK_BYTES,
      }));
      drive(backend, 1, transfers, { after: (_slot, _transfer, result) => void results.push(result) });
      assert.deepEqual(results.slice(0, 2), [BLOCK_BYTES, restBytes]);
      assert.ok((results[2] ?? 1) <= 0, `beyond the end: ${results[2]}`);
    });
  });
}

/** A file that must not be written gives an error code, or does not open for writing at all. */
function failedWrites(bench: Bench): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    const before = hex(readBack(path, 0, BLOCK_BYTES));
    const file = bench.openFile(path, "read");
    try {
      expectFailure(bench, file);
    } finally {
      bench.closeFile(file);
    }
    assert.equal(hex(readBack(path, 0, BLOCK_BYTES)), before, "nothing was written");
  });
}

function badHandle(bench: Bench): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    // No process has so many: a multiple of four, as Windows' handles are.
    expectFailure(bench, { handle: 0x3ffffffc, path });
  });
}

function expectFailure(bench: Bench, file: OpenFile): void {
  let backend: Backend;
  try {
    backend = bench.openBackend(file, { queueDepth: bench.traits.queued ? 4 : 1 });
  } catch (thrown) {
    assert.ok(thrown instanceof DiskbenchError, String(thrown));
    return;
  }
  const results: number[] = [];
  const transfers = [0, 1, 2, 3].map((block): Transfer => ({
    operation: OPERATION.write,
    offsetBytes: block * BLOCK_BYTES,
  }));
  drive(backend, bench.traits.queued ? 4 : 1, transfers, {
    before: (slot) => void slotBuffer(backend, slot, BLOCK_BYTES).fill(0xdd),
    after: (_slot, _transfer, result) => void results.push(result),
  });
  assert.equal(backend.close(), 0);
  assert.equal(results.length, transfers.length);
  assert.ok(
    results.every((result) => result < 0 && result === results[0]),
    `results ${results.join(", ")}`,
  );
}

/** Everything prepared and handed over, nothing reaped: close takes it all back, and what was written is whole. */
function closesWithOutstanding(bench: Bench, queueDepth: number): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    for (const sequence of [6, 7, 8]) {
      bench.withBackend(path, { queueDepth }, (backend) => {
        for (let slot = 0; slot < queueDepth; slot += 1) {
          fillBlock(slotBuffer(backend, slot, BLOCK_BYTES), slot * BLOCK_BYTES, sequence);
          backend.prepare(slot, OPERATION.write, 0, slot * BLOCK_BYTES, BLOCK_BYTES, 0);
          backend.submit();
        }
      });
      if (!bench.storesData) continue;
      for (let slot = 0; slot < queueDepth; slot += 1) {
        const found = hex(readBack(path, slot * BLOCK_BYTES, BLOCK_BYTES));
        const possible = [0, 6, 7, 8].map((pass) =>
          pass === 0 ? hex(new Uint8Array(BLOCK_BYTES)) : hex(blockContent(BLOCK_BYTES, slot * BLOCK_BYTES, pass)),
        );
        assert.ok(possible.includes(found), `block ${slot} is torn`);
      }
    }
  });
}

/** All slots at once are taken, and all come back. */
function takesItsDepth(bench: Bench, queueDepth: number): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    bench.withBackend(path, { queueDepth, operations: ["read"] }, (backend) => {
      assert.equal(backend.buffers.length, queueDepth * BLOCK_BYTES);
      for (let slot = 0; slot < queueDepth; slot += 1)
        backend.prepare(slot, OPERATION.read, 0, slot * BLOCK_BYTES, BLOCK_BYTES, 0);
      backend.submit();
      const seen = new Set<number>();
      while (seen.size < queueDepth) {
        const collected = backend.reap(1);
        for (const slot of backend.completedSlots.subarray(0, collected)) {
          assert.ok(!seen.has(slot), `slot ${slot} completed twice`);
          seen.add(slot);
        }
        for (const result of backend.completedResults.subarray(0, collected)) assert.equal(result, BLOCK_BYTES);
      }
      assert.equal(backend.reap(0), 0);
    });
  });
}

function reapDoesNotWait(bench: Bench): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    bench.withBackend(path, { operations: ["read"] }, (backend) => {
      const started = performance.now();
      for (let look = 0; look < 100; look += 1) assert.equal(backend.reap(0), 0);
      assert.ok(performance.now() - started < 1000, "reap(0) waited");
    });
  });
}

function namesItsCalls(bench: Bench): void {
  bench.withFile(BLOCKS * BLOCK_BYTES, (path) => {
    const calls: string[] = [];
    bench.withBackend(path, { operations: ["read"] }, (backend) => void calls.push(...backend.nativeOperations));
    assert.equal(new Set(calls).size, calls.length);
    assert.ok(bench.traits.nativeCall === "null" || calls.length > 0);
    assert.ok(!calls.some((call) => /write/i.test(call)), `a run of reads names ${calls.join(", ")}`);
  });
}

/** The checks for back end `name`. `makePath` gives a new path each time; the files are made and removed here. */
export function backendContract(platform: Platform, name: BackendName, makePath: () => string): ContractCase[] {
  const bench = new Bench(platform, name, makePath);
  const { traits, storesData } = bench;
  const cases: ContractCase[] = [];
  const add = (title: string, run: () => void): void => void cases.push({ name: `${name}: ${title}`, run });
  for (const queueDepth of bench.queueDepths) {
    add(`takes ${queueDepth} at once`, () => takesItsDepth(bench, queueDepth));
    add(`gives ${queueDepth} back at close`, () => closesWithOutstanding(bench, queueDepth));
    add(`lengths at depth ${queueDepth} are each I/O's own`, () => lengthsDiffer(bench, queueDepth));
    if (!storesData) continue;
    add(`writes at depth ${queueDepth} are there`, () => writesAreThere(bench, queueDepth, BLOCK_BYTES));
    add(`reads at depth ${queueDepth} are true`, () => readsAreTrue(bench, queueDepth, BLOCK_BYTES));
    add(`reads see the writes at depth ${queueDepth}`, () => mixesAreTrue(bench, queueDepth));
  }
  add("reap(0) does not wait", () => reapDoesNotWait(bench));
  add("two files are kept apart", () => filesAreKeptApart(bench));
  add("what it does not carry out is refused, and never done", () => nothingElseIsCarriedOut(bench));
  add("flags of single I/Os are carried out or refused", () => flagsAreKeptOrRefused(bench));
  if (!storesData) return cases;
  add("names the calls it makes", () => namesItsCalls(bench));
  add("blocks of 16 pages are written", () =>
    writesAreThere(bench, traits.queued ? 8 : 1, 16 * platform.pageSizeBytes),
  );
  add("blocks of 16 pages are read", () => readsAreTrue(bench, traits.queued ? 8 : 1, 16 * platform.pageSizeBytes));
  add("offsets beyond 4 GiB", () => farOffsets(bench));
  // A mapping knows no short transfer: the rest of the last page reads as zeros, and behind it is no page.
  if (!traits.mapped) {
    add("reads at the end of the file are short", () => shortReads(bench));
    add("reads that end in the middle of a block are short", () => oddEndIsShort(bench));
  }
  add("writes to a read-only file fail", () => failedWrites(bench));
  add("a handle that is none fails", () => badHandle(bench));
  return cases;
}
