// Runs whose numbers should not be believed, and runs whose should -> what the result says of itself.

import { execFileSync } from "node:child_process";
import { constants, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Check, Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import { attachLoop, loopDevice, mountedFileSystem, temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

const MEBIBYTE = 2 ** 20;

interface Ran extends Ended {
  readonly result: Result;
  /** Of all cases and of the run, by code. */
  check(code: string): Check | undefined;
}

/** Half a second of random I/O, as the fields say, on the target given. */
async function run(
  undo: Undo,
  target: Readonly<Record<string, unknown>>,
  job: Readonly<Record<string, unknown>>,
  ...words: readonly string[]
): Promise<Ran> {
  const profile = {
    name: "checks",
    rounds: 1,
    target,
    defaults: { duration: "500ms", warmup: "50ms", blockSize: "4KiB", ...job },
    jobs: [{ name: "job" }],
  };
  const directory = workplace(undo, { "p.json": profile });
  const ended = await diskbench(undo, ["run", "p.json", ...words], { directory });
  const result = resultIn(directory);
  const checks = [...result.cases.flatMap((each) => each.checks), ...result.checks];
  return { ...ended, result, check: (code) => checks.find((check) => check.code === code) };
}

const AS_IT_IS = { preallocate: "none", fill: "none" } as const;

/** A file full of random bytes on a file system of its own. */
function writtenFile(path: string, sizeBytes: number): void {
  execFileSync("dd", ["if=/dev/urandom", `of=${path}`, "bs=1M", `count=${sizeBytes / MEBIBYTE}`, "conv=fsync"], {
    stdio: "ignore",
  });
}

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "allocation", () => {
  test("fails on a file that was reserved and never written, and names the extents", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const path = join(directory, "reserved");
    runTool("fallocate", "-l", String(16 * MEBIBYTE), path);
    const { code, check, stdout } = await run(onTestFinished, { path, ...AS_IT_IS }, { operation: "read" });
    expect(check("allocation")).toMatchObject({
      status: "fail",
      facts: { unwrittenBytes: 16 * MEBIBYTE, writtenBytes: 0, basis: "FIEMAP" },
    });
    expect(check("allocation")?.message).toMatch(/16\.0 MiB of 16\.0 MiB were never written.*\d+ extents?/);
    // Nothing of it reached the device either.
    expect(check("kernel-bytes")).toMatchObject({ status: "fail" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/fail allocation/);
  });

  test("passes on a file that diskbench filled", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const target = { path: join(directory, "test.dat"), size: "16MiB" };
    const { check } = await run(onTestFinished, target, { operation: "mixed" });
    expect(check("allocation")).toMatchObject({ status: "pass", facts: { unwrittenBytes: 0, holeBytes: 0 } });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.xfs"], "allocation of a reflinked file", () => {
  test("warns of writes to blocks that are shared with the original, and not of reads", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "xfs");
    const [original, copy] = [join(directory, "original"), join(directory, "copy")];
    writtenFile(original, 8 * MEBIBYTE);
    copyFileSync(original, copy, constants.COPYFILE_FICLONE_FORCE);
    const target = { path: copy, ...AS_IT_IS };
    const reads = await run(onTestFinished, target, { operation: "read" });
    expect(reads.check("allocation")).toMatchObject({ status: "pass", facts: { sharedBytes: 8 * MEBIBYTE } });
    const writes = await run(onTestFinished, target, { operation: "write" }, "--force");
    expect(writes.check("allocation")).toMatchObject({ status: "warn", facts: { sharedBytes: 8 * MEBIBYTE } });
    expect(writes.check("allocation")?.message).toMatch(/8\.00 MiB of the file are shared with other files/);
    expect(writes.stdout).toMatch(/warn allocation/);
  });
});

describeWith(
  ["root", "losetup", "mount", "mkfs.ext4"],
  "unbuffered I/O where the file system buffers all the same",
  () => {
    test("is refused by name before anything is written", async ({ onTestFinished }) => {
      const { directory } = mountedFileSystem(onTestFinished, "ext4", { mountOptions: ["data=journal"] });
      const place = workplace(onTestFinished);
      const ended = await diskbench(
        onTestFinished,
        ["run", "quick", "--target", join(directory, "test.dat"), "--size", "8MiB"],
        { directory: place },
      );
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/data=journal/);
      expect(ended.stderr).toMatch(/caching: buffered/);
      expect(runTool("find", directory, "-name", "test.dat")).toBe("");
    });
  },
);

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "kernel-bytes", () => {
  test("counts what a device of its own saw, to the byte", async ({ onTestFinished }) => {
    const device = loopDevice(onTestFinished, { sizeBytes: 32 * MEBIBYTE });
    const words = ["--confirm", await confirmationOf(onTestFinished, device.path)];
    const { check } = await run(onTestFinished, { path: device.path }, { operation: "write", ios: 500 }, ...words);
    expect(check("kernel-bytes")).toMatchObject({ status: "pass", facts: { device: device.name, reachedShare: 1 } });
  });

  test("names a cache below the device that answered reads", async ({ onTestFinished }) => {
    // The image lies on a disk that nobody else uses, but the loop device reads it through the page cache, where it is.
    const disk = mountedFileSystem(onTestFinished, "ext4", { sizeBytes: 32 * MEBIBYTE });
    const image = join(disk.directory, "image");
    writtenFile(image, 16 * MEBIBYTE);
    execFileSync("cat", [image], { stdio: "ignore" });
    const device = attachLoop(onTestFinished, image, "--direct-io=off");
    const words = ["--confirm", await confirmationOf(onTestFinished, device.path)];
    const target = { path: device.path, ...AS_IT_IS };
    const { check, stdout } = await run(onTestFinished, target, { operation: "read" }, ...words);
    expect(check("kernel-bytes")).toMatchObject({ status: "warn", facts: { device: device.name, reachedShare: 1 } });
    expect(check("kernel-bytes")?.message).toMatch(new RegExp(`a cache below ${device.name} answered`));
    expect(stdout).toMatch(/warn kernel-bytes/);
  });

  test("tells of buffered reads how many the cache answered, without blaming them", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const path = join(directory, "warm");
    writtenFile(path, 8 * MEBIBYTE);
    const { check } = await run(onTestFinished, { path, ...AS_IT_IS }, { operation: "read", caching: "buffered" });
    expect(check("kernel-bytes")).toMatchObject({ status: "pass" });
    expect(check("kernel-bytes")?.message).toMatch(/reached loop\d+: a cache answered the rest/);
    expect(check("cache-size")).toMatchObject({ status: "warn" });
  });

  test("says why it cannot be made where no device counts", async ({ onTestFinished }) => {
    const path = join(temporaryDirectory(onTestFinished, { onTmpfs: true }), "test.dat");
    const job = { operation: "read", caching: "buffered" };
    const { check, stdout } = await run(onTestFinished, { path, size: "8MiB" }, job);
    expect(check("kernel-bytes")).toMatchObject({
      status: "pass",
      facts: { cannotBeChecked: expect.any(String) as string },
    });
    expect(check("kernel-bytes")?.message).toMatch(/^Cannot be checked: no block device under this tmpfs/);
    expect(check("memory")).toMatchObject({ status: "warn", facts: { memoryBasis: "tmpfs" } });
    expect(stdout).toMatch(/tmpfs file system,\s+in\s+memory,\s+no\s+disk/);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "foreign-io", () => {
  test("notices somebody else on the same device", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const other = join(directory, "other");
    writeFileSync(other, Buffer.alloc(8 * MEBIBYTE, 1));
    const busy = new AbortController();
    const reading = readUnbuffered(other, busy.signal);
    const target = { path: join(directory, "test.dat"), size: "8MiB" };
    const { check } = await run(onTestFinished, target, { operation: "read" });
    busy.abort();
    await reading;
    expect(check("foreign-io")).toMatchObject({ status: "warn" });
    expect(check("foreign-io")?.message).toMatch(/Others transferred up to [\d.]+ [KMG]iB\/s on loop\d+/);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.btrfs"], "content", () => {
  test("warns of zeros on a file system that compresses, and not of random data", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "btrfs", { mountOptions: ["compress-force=zstd"] });
    const target = { path: join(directory, "test.dat"), size: "8MiB" };
    const zeros = await run(onTestFinished, { ...target, fill: "zero" }, { operation: "read" });
    expect(zeros.check("content")).toMatchObject({ status: "warn", facts: { filledWith: "zero" } });
    expect(zeros.check("content")?.message).toMatch(/compress-force=zstd/);
    const random = await run(onTestFinished, target, { operation: "read" });
    expect(random.check("content")).toMatchObject({ status: "pass" });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "an ordinary run on an idle disk", () => {
  test("has every check, and no warning about the disk or the tool", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4", {
      sizeBytes: 96 * MEBIBYTE,
      makeOptions: ["-O", "^has_journal"],
    });
    const target = { path: join(directory, "test.dat"), size: "64MiB" };
    for (const queueDepth of [1, 8]) {
      // Long enough for a busy machine to reach the thousand I/Os that a p99 takes.
      const job = { operation: ["read", "write"], queueDepth, duration: "2s" };
      const { check, result, code } = await run(onTestFinished, target, job);
      const codes = [...(result.cases[0]?.checks ?? []), ...result.checks].map((each) => each.code);
      expect(codes).toEqual(
        "sums,memory,allocation,cache-size,content,kernel-bytes,foreign-io,queue-depth,generator,pauses,steady,samples,spread,clock,power".split(
          ",",
        ),
      );
      // The CPUs are not idle while tests run, hence nothing is asked here of what only depends on them.
      for (const quiet of [
        "allocation",
        "cache-size",
        "content",
        "kernel-bytes",
        "foreign-io",
        "steady",
        "samples",
        "spread",
        "power",
      ]) {
        expect([quiet, check(quiet)?.status]).toEqual([quiet, "pass"]);
      }
      expect(check("memory")?.facts["memoryBasis"]).toMatch(/^loop\d+ over tmpfs$/);
      expect(code).toBe(0);
    }
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "--strict", () => {
  test("turns a warning into exit 1, which is 0 without it", async ({ onTestFinished }) => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const target = { path: join(directory, "test.dat"), size: "8MiB" };
    const job = { operation: "read", caching: "buffered" };
    expect((await run(onTestFinished, target, job)).code).toBe(0);
    expect((await run(onTestFinished, target, job, "--strict")).code).toBe(1);
  });
});

/** What `--confirm` must repeat for a device. */
async function confirmationOf(undo: Undo, path: string): Promise<string> {
  const { stdout } = await diskbench(undo, ["devices", "--json"], { directory: workplace(undo) });
  const devices = JSON.parse(stdout) as readonly { readonly path: string; readonly confirmation: string | null }[];
  return devices.find((device) => device.path === path)?.confirmation ?? "";
}

/** Reads a file past the page cache, over and over, until it is told to stop. */
async function readUnbuffered(path: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    execFileSync("dd", [`if=${path}`, "of=/dev/null", "bs=1M", "iflag=direct"], { stdio: "ignore" });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
