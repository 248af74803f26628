// Files that serve as disks or as swap, and devices that are exchanged -> refused, whoever owns them.

import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepareTarget } from "../../src/target/prepare.ts";
import { failureWithin } from "../support/failures.ts";
import { takeGlobalLock } from "../support/global-lock.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { attachLoop, loopDevice, makeFileSystem, mountOn, temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { fillCompletely, MEBIBYTE, NO_OPTIONS, planFor, prepare } from "./fixture.ts";

const asItIs = { fill: "none", preallocate: "none" } as const;

function image(sizeBytes = 16 * MEBIBYTE): string {
  const path = join(temporaryDirectory(onTestFinished), "image");
  closeSync(openSync(path, "wx"));
  truncateSync(path, sizeBytes);
  return path;
}

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "a file below a loop device", () => {
  test("is not written to, even with --force, by whatever name it was attached", async () => {
    const path = image();
    const loop = attachLoop(onTestFinished, path);
    const failure = await failureWithin(prepare({ path, ...asItIs }, { force: true }));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", what: `This file is in use: it backs ${loop.name}` });
    makeFileSystem("ext4", loop.path);
    const directory = mountOn(onTestFinished, loop.path);
    renameSync(path, `${path}-renamed`);
    const again = await failureWithin(prepare({ path: `${path}-renamed`, ...asItIs }, { force: true }));
    expect(again.what).toBe(
      `This file is in use: it backs ${loop.name}; ${loop.name} is mounted at ${directory} (ext4)`,
    );
  });

  test("can be read", async () => {
    const path = image();
    attachLoop(onTestFinished, path);
    (await prepare({ path, ...asItIs, written: false })).release({ remove: false });
  });

  test("is neither written nor removed where it was diskbench's own", async () => {
    const path = join(temporaryDirectory(onTestFinished), "x.dat");
    (await prepare({ path, sizeBytes: 16 * MEBIBYTE }, { keep: true })).release({ remove: false });
    const loop = attachLoop(onTestFinished, path);
    const before = await failureWithin(prepare({ path, sizeBytes: 16 * MEBIBYTE }));
    expect(before.what).toContain(`it backs ${loop.name}`);
    makeFileSystem("ext4", loop.path);
    const directory = mountOn(onTestFinished, loop.path);
    writeFileSync(join(directory, "precious"), "precious");
    // Written to, it is not diskbench's own any more: without --force it is only read.
    const after = await failureWithin(prepare({ path, sizeBytes: 16 * MEBIBYTE }));
    expect(after.what).toContain("is not diskbench's own");
    const forced = await failureWithin(prepare({ path, sizeBytes: 16 * MEBIBYTE }, { force: true }));
    expect(forced.what).toContain(`it backs ${loop.name}`);
    expect(readFileSync(join(directory, "precious"), "utf8")).toBe("precious");
  });
});

describeWith(["root", "mkswap", "swapon"], "a file that is swapped to", () => {
  test("is refused by that name", async () => {
    onTestFinished(takeGlobalLock());
    const path = image(4096);
    writeFileSync(path, randomBytes(2 * MEBIBYTE), { mode: 0o600 });
    runTool("mkswap", path);
    runTool("swapon", path);
    onTestFinished(() => void runTool("swapoff", path));
    const failure = await failureWithin(prepare({ path, ...asItIs }, { force: true }));
    expect(failure.what).toBe("This file is in use: it is swap space");
  });
});

describeWith(["root", "losetup", "/dev/loop-control"], "a device that is exchanged after the plan was made", () => {
  test("is refused, though its name and size are the same", async () => {
    const sizeBytes = 9 * MEBIBYTE + 4096 * (process.pid % 997);
    const other = image(sizeBytes);
    writeFileSync(other, randomBytes(sizeBytes));
    const before = readFileSync(other);
    const { path, name } = loopDevice(onTestFinished, { sizeBytes });
    const plan = planFor([{ path, ...asItIs }]);
    runTool("losetup", "--detach", path);
    runTool("losetup", path, other);
    const [planned] = plan.targets;
    if (planned === undefined) throw new Error("no target");
    const options = { ...NO_OPTIONS, confirm: [`${name}:${sizeBytes}`] };
    const failure = await failureWithin(prepareTarget(linuxPlatform, planned, plan, options, fillCompletely));
    expect(failure.what).toContain("no longer the device that it was when the run was planned");
    expect(readFileSync(other).equals(before)).toBe(true);
    rmSync(other);
  });
});
