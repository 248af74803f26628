// Whole disks through the command line, on real loop devices -> refused by name unless everything speaks for it.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { diskbench, isAlive, resultIn, start, workplace, type Ended } from "../support/diskbench.ts";
import { takeGlobalLock } from "../support/global-lock.ts";
import { attachLoop, loopDevice, makeFileSystem, mountOn, temporaryDirectory } from "../support/places.ts";
import type { LoopDevice } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";

const MEBIBYTE = 2 ** 20;
const PROFILE = {
  name: "raw",
  rounds: 1,
  target: { path: "never-used.dat", size: "1MiB" },
  defaults: { operation: "write", blockSize: "4KiB", warmup: 0, ios: 100 },
  jobs: [{ name: "writes" }],
};
const LONG = { ...PROFILE, rounds: 3, defaults: { ...PROFILE.defaults, ios: undefined, duration: "400ms" } };

let devices = 0;
interface Disk extends LoopDevice {
  readonly identity: string;
  /** From which byte to which the kernel may write by itself: swap space, when memory runs short. */
  readonly swapBytes?: readonly [number, number];
}

/** A loop device of a size that no other device has. */
function newDisk(): Disk {
  devices += 1;
  const sizeBytes = 24 * MEBIBYTE + 8192 * ((process.pid % 1000) + 1000 * devices);
  const loop = loopDevice(onTestFinished, { sizeBytes });
  return { ...loop, identity: `${loop.name}:${sizeBytes}` };
}

/** Of all that was ever written to the disk, save for what the kernel has swapped out to it. */
function digest({ path, backingFile, swapBytes = [0, 0] }: Disk): string {
  runTool("sync", path);
  const content = readFileSync(backingFile).fill(0, ...swapBytes);
  return createHash("sha256").update(content).digest("hex");
}

function run(path: string, ...words: readonly string[]): Promise<Ended> {
  const directory = workplace(onTestFinished, { "p.json": PROFILE });
  const all = ["run", "p.json", "--target", path, "--force", "--quiet", ...words];
  return diskbench(onTestFinished, all, { directory });
}

/** The run is refused, in words that match, with exit code 3; the bytes of the disk are those before. */
async function expectRefused(disk: Disk, said: RegExp, path = disk.path, ...words: readonly string[]): Promise<void> {
  const before = digest(disk);
  const confirm = words.length === 0 ? ["--confirm", disk.identity] : words;
  const { code, stdout, stderr } = await run(path, ...confirm);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(said);
  expect(stderr).not.toContain("mistake in diskbench");
  expect(digest(disk)).toBe(before);
}

/** A shell that does `script`, says `ready`, and goes on until it is told to end. */
async function hold(words: readonly [string, ...string[]], script: string): Promise<() => Promise<void>> {
  const [program, ...rest] = words;
  const shell = ["sh", "-c", `${script} && echo ready && read line`];
  const holder = spawn(program, [...rest, ...shell], { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return async () => {
    holder.stdin.end();
    if (holder.exitCode === null) await once(holder, "exit");
  };
}

describeWith(["root", "losetup", "/dev/loop-control"], "a disk that nothing uses", () => {
  test("is overwritten when its identity is repeated, and only then", async () => {
    const disk = newDisk();
    const number = disk.identity.split(":")[1] ?? "";
    const other = newDisk();
    const wrong = [
      "",
      disk.name,
      disk.path,
      number,
      disk.identity.slice(0, -1),
      `${disk.identity} `,
      disk.identity.toUpperCase(),
      other.identity,
      `${disk.identity},${other.identity}`,
    ];
    const asked = /must be confirmed by its identity, which is loop/;
    const { code, stderr } = await run(disk.path);
    expect([code, asked.test(stderr)]).toEqual([3, true]);
    for (const confirm of wrong) await expectRefused(disk, asked, disk.path, "--confirm", confirm);
    const [before, otherBefore] = [digest(disk), digest(other)];
    expect(await run(disk.path, "--confirm", other.identity, "--confirm", disk.identity)).toMatchObject({ code: 0 });
    expect(digest(disk)).not.toBe(before);
    expect(digest(other)).toBe(otherBefore);
  });

  test("cannot be confirmed at all when another one has its size", async () => {
    const disk = newDisk();
    const twin = loopDevice(onTestFinished, { sizeBytes: Number(disk.identity.split(":")[1]) });
    await expectRefused(disk, new RegExp(`cannot be told from others.*${twin.name} is of the same size`));
  });

  test("stays held by one run from its first moment to its last; a second one names the first", async () => {
    const disk = newDisk();
    const directory = workplace(onTestFinished, { "p.json": LONG });
    const words = ["run", "p.json", "--target", disk.path, "--confirm", disk.identity];
    const first = start(onTestFinished, words, { directory });
    await first.says(/^\[1\/3\]/m);
    const second = await run(disk.path, "--confirm", disk.identity);
    expect(second.code).toBe(3);
    expect(second.seconds).toBeLessThan(5);
    expect(second.stderr).toContain(`process ${first.processId} (`);
    expect(second.stderr).toMatch(/Something else holds this device.*diskbench/);
    let lastRefusal = 0;
    let firstSuccess = Infinity;
    while (isAlive(first.processId)) {
      try {
        closeSync(openSync(disk.path, constants.O_RDONLY | constants.O_EXCL));
        firstSuccess = Math.min(firstSuccess, performance.now());
      } catch {
        lastRefusal = performance.now();
      }
      await sleep(5);
    }
    expect(lastRefusal).toBeLessThan(firstSuccess);
    expect((await first.ended).code).toBe(0);
    expect(resultIn(directory).cases[0]?.rounds).toHaveLength(3);
  });

  test("is refused while another program has it exclusively, which is named", async () => {
    const disk = newDisk();
    const script = `require("fs").openSync("${disk.path}", ${constants.O_RDWR | constants.O_EXCL}); console.log("ready"); process.stdin.resume()`;
    const holder = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    await expectRefused(disk, new RegExp(`Something else holds this device.*EBUSY.*process ${holder.pid} \\(`));
    holder.stdin.end();
    await once(holder, "exit");
  });

  test("is refused while another program has it locked", async () => {
    const disk = newDisk();
    const letGo = await hold(["flock", disk.path], "true");
    await expectRefused(disk, /is using it.*process \d+ \(flock /);
    await letGo();
    expect(await run(disk.path, "--confirm", disk.identity)).toMatchObject({ code: 0 });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4", "unshare", "addpart"], "a disk that is mounted", () => {
  test("is refused", async () => {
    const disk = newDisk();
    makeFileSystem("ext4", disk.path);
    const directory = mountOn(onTestFinished, disk.path);
    await expectRefused(disk, new RegExp(`in use: ${disk.name} is mounted at ${directory} \\(ext4\\)`));
  });

  test("is refused when only another namespace sees that", async () => {
    const disk = newDisk();
    makeFileSystem("ext4", disk.path);
    const directory = temporaryDirectory(onTestFinished);
    const letGo = await hold(["unshare", "--mount"], `mount ${disk.path} ${directory}`);
    await expectRefused(disk, new RegExp(`in use: ${disk.name} is mounted at ${directory} \\(ext4\\)`));
    await letGo();
  });

  test("is refused when no process at all sees that", async () => {
    const disk = newDisk();
    makeFileSystem("ext4", disk.path);
    const directory = temporaryDirectory(onTestFinished);
    // A namespace that a file keeps alive; the file must lie on a mount that is not shared with it.
    const keep = temporaryDirectory(onTestFinished);
    runTool("mount", "-t", "tmpfs", "-o", "size=1m", "--make-private", "none", keep);
    onTestFinished(() => void runTool("umount", keep));
    const pin = join(keep, "namespace");
    writeFileSync(pin, "");
    runTool("unshare", `--mount=${pin}`, "mount", disk.path, directory);
    onTestFinished(() => void runTool("umount", pin));
    await expectRefused(disk, /Something else holds this device.*EBUSY/);
  });

  test("as a part of it is refused as a whole, and by that part, but not by the other one", async () => {
    const disk = newDisk();
    runTool("addpart", disk.path, "1", "2048", "20480");
    runTool("addpart", disk.path, "2", "22528", "8192");
    onTestFinished(() => ["1", "2"].forEach((part) => runTool("delpart", disk.path, part)));
    makeFileSystem("ext4", `${disk.path}p1`);
    const directory = mountOn(onTestFinished, `${disk.path}p1`);
    const said = new RegExp(`in use: ${disk.name}p1 is mounted at ${directory} \\(ext4\\)`);
    await expectRefused(disk, said);
    await expectRefused(disk, said, `${disk.path}p1`, "--confirm", `${disk.identity}-part1`);
    await expectRefused(disk, /must be confirmed.*-part2/, `${disk.path}p2`, "--confirm", disk.identity);
    await expectRefused(disk, /must be confirmed.*-part2/, `${disk.path}p2`, "--confirm", `${disk.identity}-part1`);
    expect(await run(`${disk.path}p2`, "--confirm", `${disk.identity}-part2`)).toMatchObject({ code: 0 });
    runTool("umount", directory);
    runTool("fsck.ext4", "-f", "-n", `${disk.path}p1`);
    runTool("mount", `${disk.path}p1`, directory);
  });
});

describeWith(["root", "losetup", "mkswap", "swapon", "addpart"], "a disk that is used otherwise", () => {
  test("as swap space is refused, also when a part of it is", async () => {
    onTestFinished(takeGlobalLock());
    const disk: Disk = { ...newDisk(), swapBytes: [MEBIBYTE, 9 * MEBIBYTE] };
    runTool("addpart", disk.path, "1", "2048", "16384");
    onTestFinished(() => void runTool("delpart", disk.path, "1"));
    runTool("mkswap", `${disk.path}p1`);
    runTool("swapon", `${disk.path}p1`);
    onTestFinished(() => void runTool("swapoff", `${disk.path}p1`));
    // What mkswap wrote would otherwise reach the file below at any moment, and look like a write of the command's.
    runTool("sync");
    await expectRefused(disk, new RegExp(`in use: ${disk.name}p1 is swap space`));
  });

  test("by a loop device over it is refused, whatever has become of the name that it was attached by", async () => {
    const disk = newDisk();
    const node = join(temporaryDirectory(onTestFinished), "node");
    const [, minor = ""] = /loop(\d+)/.exec(disk.name) ?? [];
    runTool("mknod", node, "b", "7", minor);
    // Of another size: otherwise they would be twins.
    const above = attachLoop(onTestFinished, node, "--sizelimit", "4194304");
    rmSync(node);
    await expectRefused(disk, new RegExp(`in use: ${disk.name} backs ${above.name}`));
  });

  test("by a loop device over a part of it is refused", async () => {
    const disk = newDisk();
    runTool("addpart", disk.path, "1", "2048", "8192");
    onTestFinished(() => void runTool("delpart", disk.path, "1"));
    const above = attachLoop(onTestFinished, `${disk.path}p1`);
    await expectRefused(disk, new RegExp(`in use: ${disk.name}p1 backs ${above.name}`));
  });
});
