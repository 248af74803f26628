// A new file of diskbench's own -> marked and locked before it has a name, or nothing at all.

import { PLAIN_OPEN } from "../../../src/platform/plain-open.ts";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFiles } from "../../../src/platform/linux/file.ts";
import type { OpenFile } from "../../../src/platform/platform.ts";
import { diskbench, workplace } from "../../support/diskbench.ts";
import { temporaryDirectory } from "../../support/places.ts";
import { describeWith } from "../../support/requirements.ts";

const files = createFiles();

/** In the directory of `path`, as the file is left open. */
function createMarked(path: string): OpenFile | null {
  const directory = files.hold(dirname(path), "none");
  try {
    return directory.createMarked(basename(path), () => "mark");
  } finally {
    directory.close();
  }
}

const newPath = (): string => join(temporaryDirectory(onTestFinished), "x.dat");

test("it is there with its mark, under its lock, alone", () => {
  const path = newPath();
  const file = createMarked(path);
  if (file === null) throw new Error("this file system has no files without names");
  expect(readdirSync(dirname(path))).toEqual(["x.dat"]);
  const other = files.open(path, PLAIN_OPEN);
  expect([files.readMark(other), files.lock(other), files.statusOf(other).sizeBytes]).toEqual(["mark", false, 0]);
  files.close(other);
  files.close(file);
});

test("what stands there already stays as it is", () => {
  const path = newPath();
  writeFileSync(path, "precious");
  expect(() => createMarked(path)).toThrow("EEXIST");
  expect(readFileSync(path, "utf8")).toBe("precious");
  expect(readdirSync(dirname(path))).toEqual(["x.dat"]);
});

test("where that cannot be had there is nothing", () => {
  expect(createMarked("/proc/diskbench.dat")).toBeNull();
});

describeWith(["strace"], "a run that is killed while it makes its file", () => {
  test.each([
    ["fsetxattr", false],
    ["linkat", false],
    ["fallocate", true],
  ])("at the call of %s: what is left, if anything, the next run knows for its own", async (call, isLeft) => {
    const job = { name: "reads", ios: 10, warmup: 0 };
    const profile = { name: "p", rounds: 1, target: { path: "test.dat", size: "1MiB" }, jobs: [job] };
    const directory = workplace(onTestFinished, { "p.json": profile });
    const strike = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=1`];
    const prefix = ["strace", "-o", join(directory, "trace"), ...strike];
    await diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory, prefix });
    expect(readdirSync(directory).sort()).toEqual(["p.json", ...(isLeft ? ["test.dat"] : []), "trace"]);
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--no-progress"], { directory });
    expect(code).toBe(0);
    expect(/was left behind by a run that was ended from outside/.test(stderr)).toBe(isLeft);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results", "trace"]);
  });
});
