// Where unbuffered I/O is to be had, and on what that claim rests, on real file systems.

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkTargets } from "../../src/target/prepare.ts";
import type { TargetPlatform } from "../../src/machine/resolve-target.ts";
import { failureOf, failureWithin } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { mountedFileSystem, temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { fillCompletely, MEBIBYTE, NO_OPTIONS, planFor, prepare, rememberingFill } from "./fixture.ts";

const unbufferedIn = (directory: string) => ({ path: join(directory, "x.dat"), caching: "unbuffered" as const });

describe("tmpfs", () => {
  test("is memory, and said to be", async () => {
    const directory = temporaryDirectory(onTestFinished, { onTmpfs: true });
    const ready = await prepare(unbufferedIn(directory));
    expect(ready).toMatchObject({ unbufferedBasis: "tmpfs: memory", cold: false });
    expect(ready.allocation).toMatchObject({ writtenBytes: MEBIBYTE, basis: "SEEK_HOLE" });
    ready.release({ remove: true });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "ext4", () => {
  test("does it", async () => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const { fill, requests } = rememberingFill();
    const ready = await prepare(unbufferedIn(directory), {}, fill);
    expect(ready).toMatchObject({ unbufferedBasis: "STATX_DIOALIGN", cold: true });
    expect(requests[0]?.unbuffered).toBe(true);
    ready.release({ remove: true });
  });

  test("with data=journal does not, which is named; nothing stays behind, and buffered it works", async () => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4", { mountOptions: ["data=journal"] });
    const failure = await failureWithin(prepare(unbufferedIn(directory)));
    expect(failure).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: join(directory, "x.dat"),
      cause: "ext4 mounted with data=journal writes all data through its journal",
    });
    expect(failure.next).toContain("caching: buffered");
    expect(readdirSync(directory)).toEqual(["lost+found"]);
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path: join(directory, "x.dat") }, {}, fill);
    expect(ready.unbufferedBasis).toBeNull();
    expect(requests[0]?.unbuffered).toBe(false);
    ready.release({ remove: true });
  });

  test("with data=journal is known beforehand for a file that is there", async () => {
    const { directory } = mountedFileSystem(onTestFinished, "ext4", { mountOptions: ["data=journal"] });
    const path = join(directory, "x.dat");
    (await prepare({ path }, { keep: true })).release({ remove: false });
    const plan = planFor([{ path, caching: "unbuffered" }]);
    expect(failureOf(() => checkTargets(linuxPlatform, plan, NO_OPTIONS)).cause).toContain("data=journal");
  });

  test("on a kernel that cannot say so is found out by trying, and a file of holes stays one", async () => {
    const directIo = { offsetAlignmentBytes: null, memoryAlignmentBytes: null, basis: "an older kernel" };
    const files = { ...linuxPlatform.files, directIo: () => directIo };
    const silent: TargetPlatform = { ...linuxPlatform, files };
    const { directory } = mountedFileSystem(onTestFinished, "ext4");
    const wish = { ...unbufferedIn(directory), preallocate: "extend" } as const;
    const ready = await prepare(wish, {}, fillCompletely, silent);
    expect(ready.unbufferedBasis).toBe("a write with O_DIRECT left nothing in the page cache (mincore)");
    expect(ready.allocation).toMatchObject({ holeBytes: MEBIBYTE, writtenBytes: 0 });
    ready.release({ remove: true });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.btrfs"], "btrfs", () => {
  test("does it only for files without checksums; the refusal names the way out", async () => {
    const { directory } = mountedFileSystem(onTestFinished, "btrfs");
    const outcome = await prepare(unbufferedIn(directory)).then(
      (ready) => {
        ready.release({ remove: true });
        return "accepted";
      },
      () => "refused",
    );
    // Kernels before 6.15 write checksummed files unbuffered as well.
    if (outcome === "refused") {
      expect((await failureWithin(prepare(unbufferedIn(directory)))).cause).toContain("chattr +C");
    }
    execFileSync("chattr", ["+C", directory]);
    const ready = await prepare(unbufferedIn(directory));
    expect(ready.unbufferedBasis).toContain("left nothing in the page cache");
    ready.release({ remove: true });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.xfs"], "xfs", () => {
  test("does it", async () => {
    const { directory } = mountedFileSystem(onTestFinished, "xfs");
    const ready = await prepare(unbufferedIn(directory));
    expect(ready).toMatchObject({ unbufferedBasis: "STATX_DIOALIGN", allocation: { writtenBytes: MEBIBYTE } });
    ready.release({ remove: true });
  });
});
