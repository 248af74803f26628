// A file of diskbench's own under other programs' hands, and where marks must lie beside it.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeTarget } from "../../src/machine/describe-target.ts";
import type { TargetPlatform } from "../../src/machine/resolve-target.ts";
import type { ReadyTarget } from "../../src/target/ready-target.ts";
import { failureOf, failureWithin } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { sidecarPath } from "../support/marks.ts";
import { shownAs, temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { fillCompletely, MEBIBYTE, planFor, prepare } from "./fixture.ts";

const newPath = (): string => join(temporaryDirectory(onTestFinished), "x.dat");
const REMOVE = { remove: true };
const KEEP = { remove: false };

describe("a change during the run is noticed", () => {
  const changes: Readonly<Record<string, [(path: string) => void, string]>> = {
    "cut off": [(path) => truncateSync(path, 4096), `Its size went from ${MEBIBYTE} to 4096 bytes`],
    grown: [(path) => truncateSync(path, MEBIBYTE + 1), `Its size went from ${MEBIBYTE} to ${MEBIBYTE + 1} bytes`],
    "cut off and grown again": [
      (path) => {
        truncateSync(path, 0);
        truncateSync(path, MEBIBYTE);
      },
      "Holes of 1.00 MiB have appeared in it",
    ],
    renamed: [(path) => renameSync(path, `${path}-moved`), "It was removed or renamed"],
    replaced: [
      (path) => {
        renameSync(path, `${path}-moved`);
        writeFileSync(path, Buffer.alloc(MEBIBYTE));
      },
      "Another file was put in its place",
    ],
  };

  test.each(Object.entries(changes))("%s", async (_, [change, what]) => {
    const path = newPath();
    const ready = await prepare({ path });
    onTestFinished(() => {
      try {
        ready.release(REMOVE);
      } catch {
        // What was replaced is left alone; that has a test of its own.
      }
    });
    expect(ready.verifyUnchanged()).toBeNull();
    change(path);
    expect(ready.verifyUnchanged()).toMatchObject({
      code: "TARGET_CHANGED",
      where: path,
      what: `${what} during the run`,
    });
  });

  test("but writing is none, also where that fills holes", async () => {
    const path = newPath();
    const ready = await prepare({ path, preallocate: "extend" });
    writeFileSync(path, Buffer.alloc(65536, 1), { flag: "r+" });
    expect(ready.verifyUnchanged()).toBeNull();
    truncateSync(path, 0);
    truncateSync(path, MEBIBYTE);
    expect(ready.verifyUnchanged()?.what).toContain("Holes of 64.0 KiB have appeared");
    ready.release(REMOVE);
  });
});

describe("removal", () => {
  test("happens also when the file was cut off during the run", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    truncateSync(path, 0);
    ready.release(REMOVE);
    expect(existsSync(path)).toBe(false);
  });

  test("leaves alone what was put in the file's place, and says so", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    renameSync(path, `${path}-moved`);
    writeFileSync(path, "precious");
    expect(failureOf(() => ready.release(REMOVE))).toMatchObject({ code: "TARGET_UNUSABLE", where: path });
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("does not happen when the file has lost its mark", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    const file = linuxPlatform.files.open(path, PLAIN_OPEN);
    linuxPlatform.files.writeMark(file, "not a mark");
    linuxPlatform.files.close(file);
    expect(failureOf(() => ready.release(REMOVE)).cause).toBe("It lost its mark during the run");
    expect(existsSync(path)).toBe(true);
  });

  test("of a file that is gone already is no error", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    rmSync(path);
    expect(() => ready.release(REMOVE)).not.toThrow();
  });

  test("does not follow a file that was renamed, but says where it is", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    renameSync(path, `${path}-moved`);
    const { what } = failureOf(() => ready.release(REMOVE));
    expect(what).toBe(`The test file was not removed; it is ${path}-moved now`);
    expect(existsSync(`${path}-moved`)).toBe(true);
  });

  test("happens in the directory in which the file was made, whatever that is called by then", async () => {
    const parent = temporaryDirectory(onTestFinished);
    const [directory, moved] = [join(parent, "d"), join(parent, "moved")];
    mkdirSync(directory);
    const ready = await prepare({ path: join(directory, "x.dat") });
    renameSync(directory, moved);
    mkdirSync(directory);
    writeFileSync(join(directory, "x.dat"), "precious");
    ready.release(REMOVE);
    expect(readdirSync(moved)).toEqual([]);
    expect(readFileSync(join(directory, "x.dat"), "utf8")).toBe("precious");
  });

  test.runIf(process.geteuid?.() === 0)(
    "does not happen when the file was given to another user during the run",
    async () => {
      const path = newPath();
      const ready = await prepare({ path });
      chownSync(path, 65534, 65534);
      expect(failureOf(() => ready.release(REMOVE)).cause).toBe("It was given to another user during the run");
      expect(existsSync(path)).toBe(true);
    },
  );

  test("nor does a run that only read vouch, with --keep, for what somebody wrote meanwhile", async () => {
    const path = newPath();
    const ready = await prepare({ path, written: false }, { keep: true });
    writeFileSync(path, "precious", { flag: "r+" });
    ready.release(KEEP);
    expect(planFor([{ path }]).targets[0]?.facts.ours).toBe(false);
  });

  test("does not happen when a run that only reads finds that somebody has written", async () => {
    const path = newPath();
    const ready = await prepare({ path, written: false });
    writeFileSync(path, "precious", { flag: "r+" });
    expect(failureOf(() => ready.release(REMOVE)).cause).toBe("Another program has written to it during the run");
    expect(readFileSync(path).subarray(0, 8).toString()).toBe("precious");
  });
});

describe("where there is no room for attributes", () => {
  const files = { ...linuxPlatform.files, writeMark: () => false, readMark: () => null };
  const platform: TargetPlatform = { ...linuxPlatform, files };
  const prepareThere = (path: string, keep: boolean): Promise<ReadyTarget> =>
    prepare({ path }, { keep }, fillCompletely, platform);

  test("a sidecar carries the mark, and goes with the file", async () => {
    const path = newPath();
    const ready = await prepareThere(path, false);
    expect(ready.mark).toBe("sidecar");
    expect(readdirSync(dirname(path)).sort()).toEqual([".x.dat.diskbench", "x.dat"]);
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("a kept file is known again by it", async () => {
    const path = newPath();
    (await prepareThere(path, true)).release(KEEP);
    const ready = await prepareThere(path, false);
    expect(ready.reused).toBe(true);
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test.each([
    ["240 bytes", "x".repeat(240)],
    ["241 bytes", "x".repeat(241)],
    ["255 bytes", "x".repeat(255)],
    ["255 bytes in 85 characters", "\u4e16".repeat(85)],
  ])("a name of %s leaves room for it", async (_, name) => {
    const path = join(dirname(newPath()), name);
    (await prepareThere(path, true)).release(KEEP);
    const sidecar = sidecarPath(path);
    expect(readdirSync(dirname(path)).sort()).toEqual([basename(sidecar), name].sort());
    const ready = await prepareThere(path, false);
    expect(ready.reused).toBe(true);
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("an old sidecar is replaced", async () => {
    const path = newPath();
    (await prepareThere(path, true)).release(KEEP);
    renameSync(path, `${path}-old`);
    (await prepareThere(path, false)).release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual(["x.dat-old"]);
  });

  test("a link in its place is not followed, be it to another sidecar", async () => {
    const path = newPath();
    (await prepareThere(path, true)).release(KEEP);
    renameSync(sidecarPath(path), `${path}-old-mark`);
    renameSync(path, `${path}-old`);
    symlinkSync(`${path}-old-mark`, sidecarPath(path));
    const before = readFileSync(`${path}-old-mark`, "utf8");
    expect(await failureWithin(prepareThere(path, false))).toMatchObject({ where: sidecarPath(path) });
    expect(readFileSync(`${path}-old-mark`, "utf8")).toBe(before);
    expect(existsSync(path)).toBe(false);
  });

  test("somebody else's file in the sidecar's place is left alone, and no target made", async () => {
    const path = newPath();
    writeFileSync(sidecarPath(path), "precious");
    const failure = await failureWithin(prepareThere(path, false));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: sidecarPath(path) });
    expect(readdirSync(dirname(path))).toEqual([".x.dat.diskbench"]);
    expect(readFileSync(sidecarPath(path), "utf8")).toBe("precious");
  });

  test.each(["", "whole"])("a draft of the sidecar that a killed run left (%j) is in nobody's way", async (text) => {
    const path = newPath();
    const draft = `${sidecarPath(path)}.new`;
    (await prepareThere(path, true)).release(KEEP);
    writeFileSync(draft, text === "" ? "" : readFileSync(sidecarPath(path), "utf8"));
    (await prepareThere(path, false)).release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("somebody else's file, or pipe, where the draft should be is left alone", async () => {
    const path = newPath();
    const draft = `${sidecarPath(path)}.new`;
    writeFileSync(draft, "precious");
    expect(await failureWithin(prepareThere(path, false))).toMatchObject({ code: "TARGET_UNUSABLE", where: draft });
    expect(readFileSync(draft, "utf8")).toBe("precious");
    expect(existsSync(path)).toBe(false);
    runTool("mkfifo", sidecarPath(path));
    const failure = await failureWithin(prepareThere(path, false));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: sidecarPath(path) });
  });

  test("a directory in the sidecar's place is named", async () => {
    const path = newPath();
    mkdirSync(sidecarPath(path));
    const failure = await failureWithin(prepareThere(path, false));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: sidecarPath(path) });
    expect(existsSync(path)).toBe(false);
  });
});

// As FAT, exFAT, shares of a virtual machine, and NFS for root do. None of them has attributes.
const FOREIGN_LOOKS: readonly [string, readonly string[], string][] = [
  ["writable by others", ["--perms=a+rw", "--chmod-ignore"], "others may write to it (mode 0666)"],
  ["another user's", ["--force-user=65534", "--chown-ignore"], "it belongs to another user (user id 65534)"],
];

describeWith(["root", "bindfs"], "where every file looks as if it were", () => {
  const looking = (options: readonly string[]): string =>
    join(shownAs(onTestFinished, "--xattr-none", ...options), "x.dat");

  test.each(FOREIGN_LOOKS)("%s, a file is made, used and removed without a mark", async (_, options) => {
    const path = looking(options);
    const ready = await prepare({ path });
    expect(ready).toMatchObject({ created: true, mark: null });
    expect(readdirSync(dirname(path))).toEqual(["x.dat"]);
    expect(ready.verifyUnchanged()).toBeNull();
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test.each(FOREIGN_LOOKS)("%s, --keep is refused before anything is filled", async (_, options, why) => {
    const path = looking(options);
    expect(await failureWithin(prepare({ path }, { keep: true }))).toEqual({
      code: "TARGET_UNUSABLE",
      where: path,
      what: "A test file cannot be kept here: no later run could tell that it is diskbench's own",
      cause: `Of a file that was made a moment ago this file system says that ${why}`,
      next: "Leave --keep out, or choose a target on another file system",
    });
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test.each(FOREIGN_LOOKS)("%s, a mark in an attribute counts as little", async (_, options) => {
    const path = join(shownAs(onTestFinished, ...options), "x.dat");
    await expect(prepare({ path }, { keep: true })).rejects.toThrow("A test file cannot be kept here");
    const ready = await prepare({ path });
    expect(ready.mark).toBe("extended attribute user.diskbench");
    // As it would stand there if this run were killed.
    expect(describeTarget(linuxPlatform, path, "/")).toMatchObject({ ours: false });
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});
