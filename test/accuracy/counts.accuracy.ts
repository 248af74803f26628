// Runs that end after so many I/Os -> every I/O and byte of the result is found again where the device counts.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSource } from "../../src/workload/source.ts";
import { drawn } from "../support/drawn.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { expectExactly } from "./figures.ts";
import { asItIs, label, measure, onlyRound, type Words } from "./measure.ts";
import { ownDevice } from "./own-device.ts";

const SIZE_BYTES = 64 * 2 ** 20;
const SECTOR_BYTES = 512;
const IOS = 5000;

/** Every method that does not go through the page cache, with depths and block sizes of its own. */
const WAYS: readonly Words[] = [
  { method: "pwrite", blockSize: "4KiB" },
  { method: "pwritev", blockSize: "16KiB" },
  { method: "io_uring", blockSize: "4KiB", queueDepth: 8 },
  { method: "gather", blockSize: "64KiB", queueDepth: 4 },
  { method: "libaio", blockSize: "4KiB", queueDepth: 32 },
];

/** Sectors read and written so far (Documentation/admin-guide/iostats.rst, fields 3 and 7). */
function sectors(device: string): { readonly read: number; readonly written: number } {
  const fields = readFileSync(`/sys/block/${device}/stat`, "utf8").trim().split(/\s+/).map(Number);
  return { read: fields[2] ?? Number.NaN, written: fields[6] ?? Number.NaN };
}

const limited = (path: string, operation: string, way: Words): Words => ({
  rounds: 1,
  target: asItIs(path),
  defaults: { warmup: 0, duration: "60s", ios: IOS, operation, pattern: "random" },
  jobs: [way],
});

describeWith(["root", "losetup", "/dev/loop-control"], "the device's own counters", () => {
  test.each(WAYS)("have grown by the bytes of the result: $method", async (way) => {
    const { path, name, flags } = ownDevice(onTestFinished, SIZE_BYTES);
    for (const operation of ["write", "mixed"]) {
      const before = sectors(name);
      const { cases } = await measure(limited(path, operation, way), { flags });
      const after = sectors(name);
      const [only] = cases;
      if (only === undefined) throw new Error("there is no case");
      const { total, write, outsideWindow } = onlyRound(only);
      const what = label(only);
      expectExactly(`${what}: I/Os`, total.ios, IOS);
      expectExactly(`${what}: I/Os outside the window`, outsideWindow.ios, 0);
      const writtenBytes = (after.written - before.written) * SECTOR_BYTES;
      expectExactly(`${what}: bytes written`, write?.bytes ?? 0, writtenBytes);
    }
  });
});

interface Logged {
  readonly offset: number;
  readonly count: number;
}

/** Writes in the log of nbdkit's log filter: `... Write id=5 offset=0x1000 count=0x1000 ...`. */
function loggedWrites(path: string): readonly Logged[] {
  const lines = readFileSync(path, "utf8").matchAll(/ Write id=\d+ offset=0x([0-9a-f]+) count=0x([0-9a-f]+)/g);
  return [...lines].map(([, offset = "", count = ""]) => ({
    offset: Number.parseInt(offset, 16),
    count: Number.parseInt(count, 16),
  }));
}

describeWith(["root", "nbdkit", "nbdfuse", "/dev/fuse"], "the log of a served file", () => {
  test.each(WAYS)("holds the I/Os of the result and no other: $method", async (way) => {
    const log = join(temporaryDirectory(onTestFinished), "log");
    const parameters = ["--filter=log", "memory", String(SIZE_BYTES), `logfile=${log}`];
    const path = await nbdFile(onTestFinished, SIZE_BYTES, parameters);
    const result = await measure(limited(path, "write", way), { flags: ["--force"] });
    const [only] = result.cases;
    if (only === undefined) throw new Error("there is no case");
    expect(existsSync(log)).toBe(true);
    const writes = loggedWrites(log);
    const { total, outsideWindow } = onlyRound(only);
    const what = label(only);
    const bytes = writes.reduce((sum, { count }) => sum + count, 0);
    expectExactly(`${what}: I/Os`, total.ios + outsideWindow.ios, writes.length);
    expectExactly(`${what}: bytes`, total.bytes + outsideWindow.bytes, bytes);
    const { blockSizeBytes } = only.settings;
    const range = { thread: 0, firstBlock: 0, blockCount: SIZE_BYTES / blockSizeBytes, ios: IOS };
    const origin = { ...only.settings, seed: result.order.seed, caseId: only.id, roundIndex: 0 };
    const planned = drawn(openSource(origin, range, "measure"), IOS).map(({ offsetBytes }) => offsetBytes);
    const ascending = (a: number, b: number): number => a - b;
    expect(writes.map(({ offset }) => offset).toSorted(ascending)).toEqual(planned.toSorted(ascending));
  });
});
