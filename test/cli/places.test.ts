// Working directories, result directories and names that are no good -> one sentence before anything is touched.

import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import { runTool } from "../support/requirements.ts";
import { undoAfterAll } from "../support/undo.ts";

const PROFILE = {
  name: "p",
  rounds: 1,
  target: { path: "test.dat", size: "64KiB" },
  jobs: [{ name: "a", method: "pwrite", operation: "write", blockSize: "4KiB", ios: 10, warmup: 0 }],
};

function expectOneSentence({ stderr }: Ended, pattern: RegExp): void {
  expect(stderr).toMatch(pattern);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
}

describe.concurrent("a target's name", () => {
  test.for([
    ["of 244 bytes", "x".repeat(244)],
    ["of 245 bytes", "x".repeat(245)],
    ["of 255 bytes", "x".repeat(255)],
    ["of 255 bytes in 85 characters", "\u4e16".repeat(85)],
  ] as const)("%s works", async ([, name], { onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    const ended = await diskbench(onTestFinished, ["run", "p.json", "--quiet", "--target", name], { directory });
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    expect(resultIn(directory).cases[0]?.rounds[0]?.total.ios).toBe(10);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("of 256 bytes is refused", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    const words = ["run", "p.json", "--target", "x".repeat(256)];
    const ended = await diskbench(onTestFinished, words, { directory });
    expect(ended.code).toBe(3);
    expectOneSentence(ended, /The path, or a name in it, is too long \(lstat: ENAMETOOLONG/);
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });
});

describe.concurrent("a working directory that was removed", () => {
  const undo = undoAfterAll();
  let directory = "";
  let stored = "";
  beforeAll(async () => {
    directory = workplace(undo, { "p.json": PROFILE });
    expect((await diskbench(undo, ["run", "p.json", "--quiet"], { directory })).code).toBe(0);
    stored = join(directory, "results", readdirSync(join(directory, "results"))[0] ?? "");
  });

  /** Words that begin with `@` are names in the directory that is still there. */
  const absolute = (words: readonly string[]): string[] =>
    words.map((word) => (word === "STORED" ? stored : word.startsWith("@") ? join(directory, word.slice(1)) : word));
  /** A shell goes into a directory, removes it, and starts the command. */
  const nowhere = (name: string): string[] => {
    const place = join(directory, name);
    mkdirSync(place);
    return ["sh", "-c", `cd '${place}' && rmdir '${place}' && exec "$@"`, "sh"];
  };

  test.for([
    ["methods"],
    ["devices"],
    ["profiles", "quick"],
    ["validate", "@p.json"],
    ["--version"],
    ["report", "STORED"],
    ["compare", "STORED", "STORED", "--gate", "iops"],
    ["trend", "STORED"],
    ["import", "fio --name=a --rw=read --size=1m"],
    ["run", "@p.json", "--dry-run", "--target", "@test.dat"],
  ])("%s works", async (words, { onTestFinished, task }) => {
    const prefix = nowhere(`gone-${task.id}`);
    const { code, stdout, stderr } = await diskbench(onTestFinished, absolute(words), { directory, prefix });
    // With one round each nothing can be decided: that is compare's own exit code.
    expect([0, 5]).toContain(code);
    expect(stdout).not.toBe("");
    expect(stderr).not.toContain("cwd");
  });

  test.for([
    [3, ["run", "@p.json"], /^diskbench: working directory: It has no path \(uv_cwd: ENOENT .*It has been removed\. /],
    [3, ["run", "@p.json", "--target", "@test.dat"], /^diskbench: working directory: It has no path \(uv_cwd: ENOENT/],
    [3, ["run", "@p.json", "--dry-run"], /^diskbench: working directory: It has no path \(uv_cwd: ENOENT/],
    [3, ["ab", "@p.json", "--aa"], /^diskbench: working directory: It has no path \(uv_cwd: ENOENT/],
    [2, ["run", "p.json"], /^diskbench: p\.json: There is no such file/],
    [2, ["report", "x.json"], /^diskbench: x\.json: .*ENOENT/],
    [3, ["report", "STORED", "--output", "x.csv"], /^diskbench: x\.csv: the file cannot be written .*ENOENT/],
    [3, ["init"], /^diskbench: profile\.json: the file cannot be written .*ENOENT/],
    [3, ["import", "fio --name=a --rw=read", "--output", "x.json", "--force"], /^diskbench: x\.json: .*ENOENT/m],
  ] as const)("%i: %s", async ([code, words, pattern], { onTestFinished, task }) => {
    const prefix = nowhere(`gone-${task.id}`);
    const ended = await diskbench(onTestFinished, absolute(words), { directory, prefix });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(pattern);
    expect(ended.stderr).not.toContain("mistake in diskbench");
  });
});

describe.concurrent("results that is no directory", () => {
  test.for([
    ["a file", (path: string): void => writeFileSync(path, "")],
    ["a program", (path: string): void => writeFileSync(path, "", { mode: 0o755 })],
    ["a pipe", (path: string): void => void runTool("mkfifo", path)],
  ] as const)("but %s is called that before anything is touched", async ([, make], { onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    make(join(directory, "results"));
    const ended = await diskbench(onTestFinished, ["run", "p.json"], { directory });
    expect(ended.code).toBe(3);
    expectOneSentence(ended, /results: This is not a directory, so no file can be written in it\. Rename or remove it/);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test.for([
    ["a circle of links", "results", /results: There are too many symbolic links on the way\. Remove the link/],
    ["a link to a file", "p.json", /p\.json: This is not a directory/],
    [
      "a link into a file",
      "p.json/results",
      /p\.json: The directory cannot be reached \(openat: ENOTDIR .*Rename or remove it/,
    ],
  ] as const)("but %s is called that before anything is touched", async ([, to, pattern], { onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    symlinkSync(to, join(directory, "results"));
    const ended = await diskbench(onTestFinished, ["run", "p.json"], { directory });
    expect(ended.code).toBe(3);
    expectOneSentence(ended, pattern);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("but a link to where nothing can be made keeps nobody waiting", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    symlinkSync("/proc/nowhere/at/all", join(directory, "results"));
    const ended = await diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/results.*ENOENT|No file can be written/);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("but a link to one that is not there yet becomes one", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    symlinkSync("elsewhere", join(directory, "results"));
    const ended = await diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory });
    expect(ended.code).toBe(0);
    expect(resultIn(directory).state).toBe("completed");
  });
});

describe.concurrent("an output that can be no file", () => {
  test.for([
    ["a directory", "x.csv", /^diskbench: x\.csv: This is a directory, not a file\./],
    [
      "too long a name",
      `${"x".repeat(252)}.csv`,
      /^diskbench: x+\.csv: No file can be written here \(stat: ENAMETOOLONG/,
    ],
    ["a name in a file", "p.json/x.csv", /^diskbench: p\.json: This is not a directory/],
  ] as const)("%s is refused before anything is touched", async ([, name, pattern], { onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    if (name === "x.csv") mkdirSync(join(directory, name));
    const ended = await diskbench(onTestFinished, ["run", "p.json", "--output", name], { directory });
    expect(ended.code).toBe(3);
    expectOneSentence(ended, pattern);
    rmSync(join(directory, "x.csv"), { recursive: true, force: true });
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });
});
