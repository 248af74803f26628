// A back end -> the checks that an I/O is all that it says: its operation, its file, its length, its flags.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { IO_FLAG, OPERATION, type Backend, type OperationCode } from "../../src/platform/platform.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { IO_FLAGS } from "../../src/shared/vocabulary.ts";
import { BLOCK_BYTES, readBack, slotBuffer, type Bench } from "./bench.ts";
import { blockContent, fillBlock, shuffled } from "./content.ts";
import { drive, type Driver, type Transfer } from "./drive.ts";

const SLOT_BLOCKS = 4;
const SLOT_BYTES = SLOT_BLOCKS * BLOCK_BYTES;
const PLACES = 24;

const hex = (block: Uint8Array): string => Buffer.from(block).toString("hex");

const depthOf = (bench: Bench): number => (bench.traits.queued ? 8 : 1);

/** Each at a place of its own, a slot wide, and none as long as those around it. */
function transfersOf(operation: OperationCode, file = 0, flags = 0): readonly (Transfer & { lengthBytes: number })[] {
  return shuffled(PLACES, 3).map((place) => ({
    operation,
    file,
    offsetBytes: place * SLOT_BYTES,
    lengthBytes: (1 + (place % SLOT_BLOCKS)) * BLOCK_BYTES,
    flags,
  }));
}

const lengthOf = ({ lengthBytes = SLOT_BYTES }: Transfer): number => lengthBytes;

/** Through the verbs at depth, and through `transfer` where there is one. */
function carryOut(backend: Backend, queueDepth: number, transfers: readonly Transfer[], driver: Driver): void {
  drive(backend, queueDepth, transfers, driver);
  if (backend.transfer === undefined || queueDepth > 1) return;
  for (const transfer of transfers) {
    driver.before?.(0, transfer);
    const { operation, file = 0, offsetBytes, flags = 0 } = transfer;
    driver.after(0, transfer, backend.transfer(operation, file, offsetBytes, lengthOf(transfer), flags));
  }
}

const writing = (backend: Backend, sequence: number): Driver => ({
  // The rest of the slot must not get into the file.
  before: (slot, { offsetBytes, file = 0 }) =>
    fillBlock(slotBuffer(backend, slot, SLOT_BYTES), offsetBytes, sequence + file),
  after: (_slot, transfer, result) => assert.equal(result, lengthOf(transfer), "as much as was asked for"),
});

/** What was written at each place, and nothing behind it. */
function assertWritten(path: string, transfers: readonly Transfer[], sequence: number): void {
  for (const transfer of transfers) {
    const { offsetBytes } = transfer;
    const expected = new Uint8Array(SLOT_BYTES);
    expected.set(blockContent(SLOT_BYTES, offsetBytes, sequence).subarray(0, lengthOf(transfer)));
    assert.equal(hex(readBack(path, offsetBytes, SLOT_BYTES)), hex(expected), `at ${offsetBytes}`);
  }
}

/** Slots beside each other, each with a length of its own: that much is transferred, and no byte more. */
export function lengthsDiffer(bench: Bench, queueDepth: number): void {
  bench.withFile(PLACES * SLOT_BYTES, (path) => {
    bench.withBackend(path, { queueDepth, slotSizeBytes: SLOT_BYTES }, (backend) => {
      const writes = transfersOf(OPERATION.write);
      carryOut(backend, queueDepth, writes, writing(backend, 1));
      assert.equal(backend.flush(), 0);
      if (!bench.storesData) return;
      assertWritten(path, writes, 1);
      carryOut(backend, queueDepth, transfersOf(OPERATION.read), {
        before: (slot) => void slotBuffer(backend, slot, SLOT_BYTES).fill(0xee),
        after(slot, transfer, result) {
          const length = lengthOf(transfer);
          assert.equal(result, length);
          const found = slotBuffer(backend, slot, SLOT_BYTES);
          const expected = blockContent(SLOT_BYTES, transfer.offsetBytes, 1).fill(0xee, length);
          assert.equal(hex(found), hex(expected), `at ${transfer.offsetBytes}`);
        },
      });
    });
    assert.equal(statSync(path).size, PLACES * SLOT_BYTES, "the file has its size");
  });
}

/** The same places of two files, in one queue: each I/O goes to its own, and a flush is of both. */
export function filesAreKeptApart(bench: Bench): void {
  const queueDepth = depthOf(bench);
  const sizeBytes = PLACES * SLOT_BYTES;
  bench.withFile(sizeBytes, (first) => {
    bench.withFile(2 * sizeBytes, (second) => {
      const files = [bench.openFile(first, "read-write"), bench.openFile(second, "read-write")] as const;
      const backend = bench.openBackend(files[0], {
        queueDepth,
        slotSizeBytes: SLOT_BYTES,
        files: [
          { ...files[0], sizeBytes },
          { ...files[1], sizeBytes: 2 * sizeBytes },
        ],
      });
      // Of the second file its second half, too.
      const beyond = { ...transfersOf(OPERATION.write, 1)[0], operation: OPERATION.write, offsetBytes: sizeBytes };
      const pairs = transfersOf(OPERATION.write).flatMap((transfer) => [transfer, { ...transfer, file: 1 }]);
      try {
        carryOut(backend, queueDepth, [...pairs, beyond], writing(backend, 5));
        assert.equal(backend.flush(), 0);
      } finally {
        assert.equal(backend.close(), 0);
        files.forEach((file) => bench.closeFile(file));
      }
      if (!bench.storesData) return;
      assertWritten(first, transfersOf(OPERATION.write), 5);
      assertWritten(second, [...transfersOf(OPERATION.write), beyond], 6);
      assert.equal(statSync(first).size, sizeBytes, "the first has its size");
    });
  });
}

/** A length that is not a slot's, cut short by the end of the file in the middle of a block. */
export function oddEndIsShort(bench: Bench): void {
  const oddBytes = 512;
  const sizeBytes = 2 * BLOCK_BYTES + oddBytes;
  bench.withFile(sizeBytes, (path) => {
    bench.withBackend(path, { slotSizeBytes: SLOT_BYTES, operations: ["read"] }, (backend) => {
      const results: number[] = [];
      const reads = [
        { operation: OPERATION.read, offsetBytes: BLOCK_BYTES, lengthBytes: 2 * BLOCK_BYTES },
        { operation: OPERATION.read, offsetBytes: 0, lengthBytes: 2 * BLOCK_BYTES },
      ];
      drive(backend, 1, reads, { after: (_slot, _transfer, result) => void results.push(result) });
      assert.deepEqual(results, [BLOCK_BYTES + oddBytes, 2 * BLOCK_BYTES]);
    });
  });
}

/** It is refused at opening; asked for all the same it comes back, having done nothing, and so does what follows it. */
export function nothingElseIsCarriedOut(bench: Bench): void {
  const { operations } = bench.traits;
  const others = (["trim", "flush", "open", "close"] as const).filter((name) => !operations.includes(name));
  bench.withFile(PLACES * SLOT_BYTES, (path) => {
    const before = hex(readBack(path, 0, PLACES * SLOT_BYTES));
    for (const name of others) {
      const open = (): void => bench.withBackend(path, { operations: ["read", name] }, () => undefined);
      assert.throws(open, (thrown) => thrown instanceof DiskbenchError && thrown.failures[0]?.code === "UNSUPPORTED");
    }
    const queueDepth = depthOf(bench);
    bench.withBackend(path, { queueDepth, slotSizeBytes: SLOT_BYTES }, (backend) => {
      // Among others that are carried out, which come whole.
      const transfers = others.flatMap((name, index): Transfer[] => [
        { operation: OPERATION.read, offsetBytes: 0 },
        { operation: OPERATION[name], offsetBytes: index * SLOT_BYTES },
        { operation: OPERATION.read, offsetBytes: SLOT_BYTES },
      ]);
      carryOut(backend, queueDepth, transfers, {
        before: (slot) => void slotBuffer(backend, slot, SLOT_BYTES).fill(0xdd),
        after(_slot, { operation }, result) {
          if (operation === OPERATION.read) assert.equal(result, SLOT_BYTES);
          else assert.ok(result <= 0, `operation ${operation} transferred ${result}`);
        },
      });
    });
    assert.equal(hex(readBack(path, 0, PLACES * SLOT_BYTES)), before, "the file is as it was");
  });
}

/** Flags of single I/Os are carried out or refused, as the back end's traits say. */
export function flagsAreKeptOrRefused(bench: Bench): void {
  const queueDepth = depthOf(bench);
  bench.withFile(PLACES * SLOT_BYTES, (path) => {
    for (const flag of IO_FLAGS.filter((name) => !bench.traits.flags.includes(name))) {
      const open = (): void => bench.withBackend(path, { flags: [flag] }, () => undefined);
      assert.throws(open, (thrown) => thrown instanceof DiskbenchError && thrown.failures[0]?.code === "UNSUPPORTED");
    }
    for (const flag of bench.traits.flags) {
      bench.withBackend(path, { queueDepth, slotSizeBytes: SLOT_BYTES, flags: [flag] }, (backend) => {
        const writes = transfersOf(OPERATION.write, 0, IO_FLAG[flag]);
        carryOut(backend, queueDepth, writes, writing(backend, 8));
        assertWritten(path, writes, 8);
      });
    }
  });
}
