// Bytes in a result -> the very bytes that the kernel counted on the device below.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { DeviceListing } from "../../src/platform/platform.ts";
import type { Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { loopDevice, makeFileSystem, mountOn, type LoopDevice } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { undoAfterAll, type Undo } from "../support/undo.ts";

const MEBIBYTE = 2 ** 20;
/** Method, queue depth: every back end that writes to a device unbuffered. */
const WAYS = [
  ["pwrite", 1],
  ["pwritev", 1],
  ["libaio", 8],
  ["io_uring", 1],
  ["io_uring", 16],
  ["gather", 4],
] as const;

/** Bytes written to a device since it was attached; sectors are 512 bytes, whatever the device's own are (iostats). */
function writtenBytes({ name }: LoopDevice): number {
  const line = readFileSync("/proc/diskstats", "utf8")
    .split("\n")
    .map((each) => each.trim().split(/\s+/))
    .find((fields) => fields[2] === name);
  return Number(line?.[9]) * 512;
}

/** All that the tool says it wrote, in the window and around it. */
function claimedBytes({ cases }: Result): number {
  const rounds = cases.flatMap((each) => each.rounds);
  return rounds.reduce((sum, { write, outsideWindow }) => sum + (write?.bytes ?? 0) + outsideWindow.bytes, 0);
}

/** What neither runs nor file systems share with any other device of this machine. */
const unusualSize = (mebibytes: number): number => mebibytes * MEBIBYTE + 4096 * (process.pid % 4096);

const profileFor = (path: string, jobs: readonly object[]): unknown => ({
  name: "bytes",
  rounds: 1,
  target: { path, preallocate: "none", fill: "none" },
  defaults: { operation: "write", blockSize: "4KiB", duration: "60s", warmup: 0 },
  jobs,
});

async function run(undo: Undo, profile: unknown, ...words: readonly string[]): Promise<Result> {
  const directory = workplace(undo, { "p.json": profile });
  const ended = await diskbench(undo, ["run", "p.json", "--quiet", ...words], { directory });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return resultIn(directory);
}

describeWith(["root", "losetup", "/dev/loop-control"], "on a raw device", () => {
  const undo = undoAfterAll();
  let device: LoopDevice;
  let confirmation = "";

  beforeAll(async () => {
    device = loopDevice(undo, { sizeBytes: unusualSize(67) });
    const { stdout } = await diskbench(undo, ["devices", "--json"], { directory: workplace(undo) });
    const listing = (JSON.parse(stdout) as DeviceListing[]).find(({ path }) => path === device.path);
    confirmation = listing?.confirmation ?? "";
    expect(confirmation).toContain(device.name);
  });

  test.for(WAYS)("%s at depth %i wrote what it says, to the byte", async ([method, queueDepth], { onTestFinished }) => {
    const before = writtenBytes(device);
    const job = { name: "a", method, queueDepth, threads: 2, blockSize: "16KiB", ios: 1501 };
    const result = await run(onTestFinished, profileFor(device.path, [job]), "--confirm", confirmation);
    const rounds = result.cases.flatMap((each) => each.rounds);
    expect(rounds.map(({ total, outsideWindow }) => [total.ios, outsideWindow.ios])).toEqual([[1501, 0]]);
    expect(writtenBytes(device) - before).toBe(1501 * 16_384);
    expect(claimedBytes(result)).toBe(1501 * 16_384);
  });

  test("warm-up and drain are counted too, to the byte", async ({ onTestFinished }) => {
    const before = writtenBytes(device);
    const jobs = WAYS.map(([method, queueDepth], index) => ({ name: `job-${index}`, method, queueDepth }));
    const words = ["--confirm", confirmation, "--duration", "150ms", "--warmup", "50ms"];
    const result = await run(onTestFinished, profileFor(device.path, jobs), ...words);
    expect(result.cases.every(({ rounds }) => (rounds[0]?.outsideWindow.bytes ?? 0) > 0)).toBe(true);
    expect(claimedBytes(result)).toBe(writtenBytes(device) - before);
  });

  test("without its identity nothing is written", async ({ onTestFinished }) => {
    const before = writtenBytes(device);
    const directory = workplace(onTestFinished, { "p.json": profileFor(device.path, [{ name: "a" }]) });
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory });
    expect(code).toBe(3);
    expect(stderr).toContain(`--confirm "${confirmation}"`);
    expect(writtenBytes(device)).toBe(before);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "on a file system", () => {
  test("the device sees never fewer bytes, and at most 1 % or 1 MiB more", async ({ onTestFinished }) => {
    const device = loopDevice(onTestFinished, { sizeBytes: unusualSize(131) });
    makeFileSystem("ext4", device.path, "-O", "^has_journal");
    const path = join(mountOn(onTestFinished, device.path), "test.dat");
    writeFileSync(path, Buffer.alloc(64 * MEBIBYTE, 1), { flush: true });
    runTool("sync", "-f", path);
    const before = writtenBytes(device);
    const ways = WAYS.filter((_, index) => index % 2 === 0);
    const jobs = ways.map(([method, queueDepth], index) => ({ name: `job-${index}`, method, queueDepth, ios: 6000 }));
    const claimed = claimedBytes(await run(onTestFinished, profileFor(path, jobs), "--force"));
    runTool("sync", "-f", path);
    const more = writtenBytes(device) - before - claimed;
    expect(claimed).toBe(ways.length * 6000 * 4096);
    expect(more).toBeGreaterThanOrEqual(0);
    expect(more).toBeLessThanOrEqual(Math.max(claimed * 0.01, MEBIBYTE));
  });
});
