// From a path in a profile to what stands there, or to the reason why it cannot be a target.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { describeTarget } from "../../src/machine/describe-target.ts";
import type { TargetFacts } from "../../src/machine/machine.ts";
import { failureOf } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { loopDevice, mountedFileSystem, temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { undoAfterAll } from "../support/undo.ts";

const newDirectory = (): string => realpathSync(temporaryDirectory(onTestFinished));
const describeHere = (path: string, cwd = "/"): TargetFacts => describeTarget(linuxPlatform, path, cwd);

describe("a path", () => {
  test("of a file that is not there yet is seen from the current directory", () => {
    const directory = newDirectory();
    const facts = describeHere("x.dat", directory);
    expect(facts).toMatchObject({ path: "x.dat", resolvedPath: join(directory, "x.dat"), existing: null, ours: false });
    expect(facts.directIo).toEqual({
      offsetAlignmentBytes: null,
      memoryAlignmentBytes: null,
      basis: "not asked: the file does not exist yet",
    });
    expect(facts.freeBytes).toBeGreaterThan(0);
    expect(facts.totalBytes).toBeGreaterThan(facts.freeBytes ?? Infinity);
    expect(directory.startsWith(facts.mountPoint ?? "none")).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each(["", "/"])("of a directory%s means a file in it", (ending) => {
    const directory = newDirectory();
    expect(describeHere(`${directory}${ending}`).resolvedPath).toBe(join(directory, "diskbench.dat"));
    expect(describeHere(".", directory).resolvedPath).toBe(join(directory, "diskbench.dat"));
  });

  test("through links means what they lead to", () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "real"));
    writeFileSync(join(directory, "real/file"), "content");
    symlinkSync("real", join(directory, "link"));
    symlinkSync("link/file", join(directory, "file-link"));
    expect(describeHere(join(directory, "link/new")).resolvedPath).toBe(join(directory, "real/new"));
    expect(describeHere(join(directory, "file-link"))).toMatchObject({
      resolvedPath: join(directory, "real/file"),
      existing: { kind: "file", sizeBytes: 7 },
      ours: false,
    });
  });

  test("of a file in a directory that is a link to a file in another one is followed as well", () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "d"));
    writeFileSync(join(directory, "elsewhere"), "");
    symlinkSync("../elsewhere", join(directory, "d/diskbench.dat"));
    expect(describeHere(join(directory, "d")).resolvedPath).toBe(join(directory, "elsewhere"));
  });
});

describe("a file that is there", () => {
  test("is ours only with a mark that fits", () => {
    const path = join(newDirectory(), "x.dat");
    writeFileSync(path, "12345");
    expect(describeHere(path).ours).toBe(false);
    const file = linuxPlatform.files.open(path, PLAIN_OPEN);
    const { identity, ownerId } = linuxPlatform.files.detailsOf(file);
    const mark = { tool: "diskbench", version: 2, state: "ready", sizeBytes: 5, fill: "none", preallocate: "none" };
    const more = { kept: true, createdAt: "", identity, ownerId, changedAtNs: null };
    linuxPlatform.files.writeMark(file, JSON.stringify({ ...mark, ...more }));
    linuxPlatform.files.close(file);
    expect(describeHere(path).ours).toBe(true);
    writeFileSync(path, "123456");
    expect(describeHere(path)).toMatchObject({ ours: false, objection: "its size is another than it was" });
  });
});

describe("what cannot be a target is said, with the directory at fault", () => {
  test.each(["/nowhere/at/all.dat", "/nowhere/at/"])("%s", (path) => {
    const failure = failureOf(() => describeHere(path));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: path.replace(/\/$/, "") });
    expect(failure.what).toMatch(/The directory \/nowhere(\/at)? does not exist/);
  });

  test("a directory that ends in a separator and is not there", () => {
    const directory = newDirectory();
    expect(failureOf(() => describeHere(`${directory}/new/`)).what).toBe(
      `The directory ${directory}/new does not exist`,
    );
  });

  test("a path below a file, and a file with a separator behind", () => {
    const path = join(newDirectory(), "x");
    writeFileSync(path, "");
    expect(failureOf(() => describeHere(`${path}/y`)).what).toBe(`${path} is not a directory`);
    expect(failureOf(() => describeHere(`${path}/`)).what).toBe(`${path} is not a directory but a regular file`);
  });

  test("a link to nowhere, which must not be created through", () => {
    const directory = newDirectory();
    symlinkSync("missing", join(directory, "link"));
    expect(failureOf(() => describeHere(join(directory, "link"))).what).toContain("leads nowhere");
    expect(readdirSync(directory)).toEqual(["link"]);
  });

  test("links in a circle", () => {
    const directory = newDirectory();
    symlinkSync("b", join(directory, "a"));
    symlinkSync("a", join(directory, "b"));
    expect(failureOf(() => describeHere(join(directory, "a"))).system?.name).toBe("ELOOP");
  });

  test.each(["/dev/null", "/dev/tty"])("%s, which is a character device", (path) => {
    expect(failureOf(() => describeHere(path))).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: path,
      what: "It is a character device",
    });
  });

  test("a named pipe, without waiting for its other end", () => {
    const path = join(newDirectory(), "pipe");
    execFileSync("mkfifo", [path]);
    expect(failureOf(() => describeHere(path)).what).toBe("It is a named pipe");
  });

  test("a directory where the file should be", () => {
    const directory = newDirectory();
    mkdirSync(join(directory, "diskbench.dat"));
    expect(failureOf(() => describeHere(directory)).what).toBe("It is a directory");
  });

  test.each(["", "a\0b"])("no path at all: %j", (path) => {
    expect(failureOf(() => describeHere(path)).what).toBe("This is not a path");
  });
});

/** Does file work with the rights of nobody. */
function asNobody<Result>(action: () => Result): Result {
  process.seteuid?.(65534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

describe("what only looks like a file", () => {
  test.each([
    ["/proc/sys/vm/swappiness", "proc"],
    ["/sys/kernel/mm/transparent_hugepage/enabled", "sysfs"],
    ["/sys/kernel/new-file", "sysfs"],
  ])("%s is refused by the name of its file system", (path, fileSystem) => {
    const failure = failureOf(() => describeHere(path));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: path });
    expect(failure.what).toContain(`It is on ${fileSystem}, where files are the kernel's own`);
  });

  test("the name of a device that is not there becomes no file in memory", () => {
    const failure = failureOf(() => describeHere("/dev/nvme77n1"));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: "/dev/nvme77n1" });
    expect(failure.what).toBe("There is no such device, and other files do not belong there");
    expect(describeHere("/dev/shm/x.dat").fileSystem).toBe("tmpfs");
  });
});

describeWith(["root"], "permissions", () => {
  test("a directory that may not be looked into is named", () => {
    const directory = newDirectory();
    chmodSync(directory, 0o700);
    const failure = failureOf(() => asNobody(() => describeHere(join(directory, "x.dat"))));
    expect(failure).toMatchObject({
      code: "TARGET_UNUSABLE",
      what: `The directory ${directory} cannot be looked into`,
      system: { code: 13, name: "EACCES", text: "permission denied" },
    });
  });

  test("a file that may not be read is named", () => {
    const path = join(newDirectory(), "x.dat");
    chmodSync(join(path, ".."), 0o755);
    writeFileSync(path, "", { mode: 0o600 });
    const failure = failureOf(() => asNobody(() => describeHere(path)));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: path, system: { call: "open", name: "EACCES" } });
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "places", () => {
  const undo = undoAfterAll();
  let [directory, device] = ["", ""];
  beforeAll(() => {
    const mounted = mountedFileSystem(undo, "ext4", { mountOptions: ["data=journal"] });
    [directory, device] = [mounted.directory, mounted.device.name];
  });

  test("the file system, its options and its device are named", () => {
    expect(describeHere(directory)).toMatchObject({
      resolvedPath: join(directory, "diskbench.dat"),
      fileSystem: "ext4",
      mountPoint: directory,
      mountOptions: expect.stringContaining("data=journal"),
      device: { name: device, logicalSectorBytes: 512 },
    });
  });

  test("a directory that may not be written is named", () => {
    const closed = join(directory, "closed");
    mkdirSync(closed);
    execFileSync("chattr", ["+i", closed]);
    onTestFinished(() => void execFileSync("chattr", ["-i", closed]));
    const failure = failureOf(() => describeHere(closed));
    expect(failure).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: join(closed, "diskbench.dat"),
      what: `Files cannot be created in the directory ${closed}`,
    });
  });

  test("a read-only file system is called that", () => {
    execFileSync("mount", ["-o", "remount,ro", directory]);
    onTestFinished(() => void execFileSync("mount", ["-o", "remount,rw", directory]));
    expect(failureOf(() => describeHere(directory)).cause).toBe("The file system is mounted read-only");
  });

  test("a raw device has no file system, and the sectors of its own", () => {
    const loop = loopDevice(onTestFinished, { sizeBytes: 2 ** 20, sectorSizeBytes: 4096 });
    expect(describeHere(loop.path)).toMatchObject({
      resolvedPath: loop.path,
      existing: { kind: "block-device", sizeBytes: 2 ** 20 },
      ours: false,
      fileSystem: null,
      mountPoint: null,
      freeBytes: null,
      totalBytes: null,
      directIo: { offsetAlignmentBytes: 4096 },
      device: { name: loop.name, logicalSectorBytes: 4096 },
    });
  });
});
