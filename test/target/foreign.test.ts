// Files of somebody else's and whole devices: what is asked before they are touched, and what is never done to them.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkTargets, prepareTarget } from "../../src/target/prepare.ts";
import { failureOf, failureWithin } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { attachLoop, loopDevice, makeFileSystem, mountOn, temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { fillCompletely, MEBIBYTE, NO_OPTIONS, planFor, prepare, rememberingFill, type Wish } from "./fixture.ts";

function foreignFile(sizeBytes = MEBIBYTE): string {
  const path = join(temporaryDirectory(onTestFinished), "precious.dat");
  writeFileSync(path, randomBytes(sizeBytes));
  return path;
}

/** Taken as it is: nothing is filled. */
const asItIs = (path: string, more: Partial<Wish> = {}): Wish => ({ path, fill: "none", preallocate: "none", ...more });

describe("a file of somebody else's", () => {
  test("is not written to without --force", async () => {
    const path = foreignFile();
    const before = readFileSync(path);
    const failure = await failureWithin(prepare(asItIs(path)));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: path });
    expect(failure.next).toContain("--force");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("can be read without, is opened for reading only and never filled", async () => {
    const path = foreignFile();
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, written: false }, {}, fill);
    expect(ready).toMatchObject({ created: false, reused: false, mark: null, cold: true });
    expect(requests).toEqual([]);
    ready.release({ remove: true });
    expect(statSync(path).size).toBe(MEBIBYTE);
  });

  test("with --force is filled within its size, never resized, marked or removed", async () => {
    const path = foreignFile(2 * MEBIBYTE);
    const before = readFileSync(path);
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, sizeBytes: MEBIBYTE }, { force: true }, fill);
    expect(requests).toMatchObject([{ path, sizeBytes: MEBIBYTE }]);
    expect(ready.allocation?.writtenBytes).toBe(MEBIBYTE);
    ready.release({ remove: true });
    const after = readFileSync(path);
    expect(after.length).toBe(2 * MEBIBYTE);
    expect(after.subarray(MEBIBYTE).equals(before.subarray(MEBIBYTE))).toBe(true);
    expect(after.subarray(0, MEBIBYTE).equals(before.subarray(0, MEBIBYTE))).toBe(false);
    const file = linuxPlatform.files.open(path, PLAIN_OPEN);
    expect(linuxPlatform.files.readMark(file)).toBeNull();
    linuxPlatform.files.close(file);
  });

  test("stays when preparing it fails", async () => {
    const path = foreignFile();
    const stop = new Error("stop");
    await expect(prepare({ path }, { force: true }, () => Promise.reject(stop))).rejects.toBe(stop);
    expect(existsSync(path)).toBe(true);
  });

  test("is refused when it is smaller than the run needs", async () => {
    const failure = await failureWithin(prepare(asItIs(foreignFile(4096)), { force: true }));
    expect(failure.what).toBe("It is smaller than the run needs, 4KiB instead of 1MiB");
  });

  test("is refused when another one has taken its place since", async () => {
    const path = foreignFile();
    const plan = planFor([asItIs(path)]);
    renameSync(path, `${path}-moved`);
    writeFileSync(path, randomBytes(MEBIBYTE));
    const [planned] = plan.targets;
    if (planned === undefined) throw new Error("no target");
    const options = { ...NO_OPTIONS, force: true };
    const failure = await failureWithin(prepareTarget(linuxPlatform, planned, plan, options, fillCompletely));
    expect(failure.what).toContain("no longer the file that it was");
  });

  test("is used by one run at a time", async () => {
    const path = foreignFile();
    const first = await prepare(asItIs(path), { force: true });
    const failure = await failureWithin(prepare(asItIs(path, { written: false })));
    expect(failure.what).toBe("Another diskbench run is using it");
    first.release({ remove: false });
  });

  test("is watched like any other", async () => {
    const path = foreignFile();
    const ready = await prepare(asItIs(path), { force: true });
    truncateSync(path, 0);
    expect(ready.verifyUnchanged()?.code).toBe("TARGET_CHANGED");
    ready.release({ remove: true });
    expect(existsSync(path)).toBe(true);
  });
});

describeWith(["nbdkit", "nbdfuse", "/dev/fuse"], "a file of FUSE", () => {
  test("is used unbuffered without a single I/O of our own, and the claim says what it rests on", async () => {
    const log = join(temporaryDirectory(onTestFinished), "log");
    const parameters = ["--filter=log", "memory", String(MEBIBYTE), `logfile=${log}`];
    const path = await nbdFile(onTestFinished, MEBIBYTE, parameters);
    const ready = await prepare(asItIs(path, { caching: "unbuffered" }), { force: true });
    expect(ready.unbufferedBasis).toContain("accepts O_DIRECT; not probed");
    expect(ready.verifyUnchanged()).toBeNull();
    ready.release({ remove: true });
    expect(readFileSync(log, "utf8")).not.toMatch(/ (Read|Write|Zero|Trim) /);
  });
});

describeWith(["root", "losetup", "/dev/loop-control", "mount", "mkfs.ext4"], "a whole device", () => {
  // Sizes that no other device here has.
  let serial = 0;
  const oddSize = (): number => 8 * MEBIBYTE + 4096 * (1 + (process.pid % 997) + 1000 * serial++);
  const newLoop = (): { path: string; name: string; identity: string } => {
    const sizeBytes = oddSize();
    const { path, name } = loopDevice(onTestFinished, { sizeBytes });
    return { path, name, identity: `${name}:${sizeBytes}` };
  };

  test("needs its identity repeated, which the refusal names", async () => {
    const { path, identity } = newLoop();
    const failure = await failureWithin(prepare(asItIs(path), { force: true }));
    expect(failure.what).toContain(identity);
    expect(failure.next).toContain(`--confirm "${identity}"`);
    const wrong = await failureWithin(prepare(asItIs(path), { confirm: ["sda"] }));
    expect(wrong.what).toContain("what was given is sda");
  });

  test("is held for this process alone until it is released, and never removed", async () => {
    const { path, identity } = newLoop();
    const ready = await prepare(asItIs(path, { caching: "unbuffered" }), { confirm: ["another", identity] });
    expect(ready).toMatchObject({ path, allocation: null, mark: null, created: false });
    expect(ready.unbufferedBasis).toBe("STATX_DIOALIGN");
    expect(() => linuxPlatform.files.open(path, { ...PLAIN_OPEN, exclusive: true })).toThrow("EBUSY");
    expect(() => runTool("mkfs.ext4", "-q", "-F", path)).toThrow();
    expect(ready.verifyUnchanged()).toBeNull();
    ready.release({ remove: true });
    expect(statSync(path).isBlockDevice()).toBe(true);
    makeFileSystem("ext4", path);
  });

  test("is waited for while udev looks at it", async () => {
    const { path, identity } = newLoop();
    const udev = spawn("flock", ["--shared", path, "sh", "-c", "echo locked; sleep 0.1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(udev.stdout, "data");
    (await prepare(asItIs(path), { confirm: [identity] })).release({ remove: false });
    expect(udev.exitCode).toBeNull();
    await once(udev, "exit");
  });

  test("is found behind links, and filled when that is planned", async () => {
    const { path, identity } = newLoop();
    const link = join(temporaryDirectory(onTestFinished), "disk");
    symlinkSync(path, link);
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path: link }, { confirm: [identity] }, fill);
    expect(requests).toMatchObject([{ path, sizeBytes: MEBIBYTE }]);
    ready.release({ remove: true });
  });

  test("is refused when it is mounted, even with its identity repeated", async () => {
    const { path, name, identity } = newLoop();
    makeFileSystem("ext4", path);
    const directory = mountOn(onTestFinished, path);
    const failure = await failureWithin(prepare(asItIs(path), { confirm: [identity], force: true }));
    expect(failure.what).toBe(`This device is in use: ${name} is mounted at ${directory} (ext4)`);
  });

  test("is refused for writing when it is read-only", async () => {
    const { path } = newLoop();
    const { path: readOnly, name } = attachLoop(onTestFinished, path, "--read-only", "--sizelimit", "3145728");
    const confirm = [`${name}:3145728`];
    expect((await failureWithin(prepare(asItIs(readOnly), { confirm }))).what).toBe("This device is read-only");
    (await prepare(asItIs(readOnly, { written: false }), { confirm })).release({ remove: false });
  });

  test("is refused when it cannot be told from its twin", async () => {
    const sizeBytes = oddSize();
    const [first, second] = [1, 2].map(() => loopDevice(onTestFinished, { sizeBytes }));
    const confirm = [`${first?.name}:${sizeBytes}`];
    const failure = await failureWithin(prepare(asItIs(first?.path ?? ""), { confirm }));
    expect(failure.what).toContain(`${second?.name} is of the same size`);
  });
});

describe("all targets are checked before any is touched", () => {
  test("and everything that is wrong is said at once", () => {
    const directory = temporaryDirectory(onTestFinished);
    const good = { path: join(directory, "good.dat") };
    const plan = planFor([good, asItIs(foreignFile()), asItIs(foreignFile(4096), { written: false })]);
    expect(() => checkTargets(linuxPlatform, plan, NO_OPTIONS)).toThrow(/--force[\s\S]*smaller than the run needs/);
    expect(existsSync(good.path)).toBe(false);
  });

  test("and when all is well nothing is made, kept or locked", async () => {
    const directory = temporaryDirectory(onTestFinished);
    const kept = { path: join(directory, "kept.dat") };
    (await prepare(kept, { keep: true })).release({ remove: false });
    const plan = planFor([{ path: join(directory, "new.dat") }, { ...kept, sizeBytes: 2 * MEBIBYTE }]);
    checkTargets(linuxPlatform, plan, NO_OPTIONS);
    checkTargets(linuxPlatform, plan, NO_OPTIONS);
    expect(existsSync(join(directory, "new.dat"))).toBe(false);
    expect(statSync(kept.path).size).toBe(MEBIBYTE);
  });

  test("which also finds a lock that another run holds", async () => {
    const path = join(temporaryDirectory(onTestFinished), "x.dat");
    const ready = await prepare({ path });
    const failure = failureOf(() => checkTargets(linuxPlatform, planFor([{ path }]), NO_OPTIONS));
    expect(failure.what).toBe("Another diskbench run is using it");
    ready.release({ remove: true });
  });
});
