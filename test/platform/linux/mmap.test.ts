// A mapped file whose pages lie on the disk -> a random read takes in its own pages, sequential ones what follows, too.

import { PLAIN_OPEN } from "../../../src/platform/plain-open.ts";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClock } from "../../../src/platform/linux/clock.ts";
import { createFiles } from "../../../src/platform/linux/file.ts";
import { MmapBackend } from "../../../src/platform/linux/mmap.ts";
import { OPERATION } from "../../../src/platform/platform.ts";
import type { AccessOrder } from "../../../src/shared/vocabulary.ts";
import { mountedFileSystem } from "../../support/places.ts";
import { describeWith } from "../../support/requirements.ts";
import { drive, type Transfer } from "../../contract/drive.ts";
import type { Undo } from "../../support/undo.ts";

const FILE_BYTES = 16 * 2 ** 20;
const BLOCK_BYTES = 4096;
const files = createFiles();

/** Bytes of a cold file that are in memory once the blocks at `offsets` were read. */
function takenIn(undo: Undo, accessOrder: AccessOrder, offsets: readonly number[]): number | null {
  const path = join(mountedFileSystem(undo, "ext4").directory, "x.dat");
  writeFileSync(path, randomBytes(FILE_BYTES));
  const file = files.open(path, { ...PLAIN_OPEN, access: "read-write", caching: "buffered", accessOrder });
  undo(() => files.close(file));
  files.flush(file);
  expect(files.evict(file, FILE_BYTES).complete).toBe(true);
  const backend = new MmapBackend({
    files: [{ ...file, sizeBytes: FILE_BYTES }],
    slotSizeBytes: BLOCK_BYTES,
    queueDepth: 1,
    clock: createClock(),
    operations: ["read"],
    seed: 1,
    submitBatch: null,
    accessOrder,
  });
  undo(() => backend.close());
  const transfers = offsets.map((offsetBytes): Transfer => ({ operation: OPERATION.read, offsetBytes }));
  drive(backend, 1, transfers, { after: (_slot, _transfer, result) => expect(result).toBe(BLOCK_BYTES) });
  return files.cachedBytes(file, FILE_BYTES);
}

describeWith(["root", "losetup", "mount", "/dev/loop-control", "mkfs.ext4"], "reading ahead", () => {
  const count = 8;

  test("random reads take in nothing but what they read", ({ onTestFinished }) => {
    const offsets = Array.from({ length: count }, (_, index) => (((index * 5) % count) * FILE_BYTES) / count);
    expect(takenIn(onTestFinished, "random", offsets)).toBe(count * BLOCK_BYTES);
  });

  test("sequential reads find what follows in memory", ({ onTestFinished }) => {
    const offsets = Array.from({ length: count }, (_, index) => index * BLOCK_BYTES);
    expect(takenIn(onTestFinished, "sequential", offsets)).toBeGreaterThan(count * BLOCK_BYTES);
  });
});
