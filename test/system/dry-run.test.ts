// `--dry-run` -> the plan on stdout; the kernel sees nothing created, changed or written.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { diskbench, workplace } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";

/** Calls that make, change or remove files; `?` because not every architecture has every one (strace(1)). */
const CHANGES =
  "?creat ?mkdir mkdirat ?mknod mknodat ?link linkat ?symlink symlinkat ?rename ?renameat renameat2 ?unlink unlinkat ?rmdir truncate ftruncate fallocate pwrite64 pwritev ?pwritev2 ?chmod fchmod fchmodat setxattr fsetxattr".split(
    " ",
  );
const OPENINGS = "?open openat ?openat2".split(" ");

test("prints every case, the wear and the time, and touches nothing", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished);
  const { code, stdout, stderr } = await diskbench(onTestFinished, ["run", "quick", "--dry-run"], { directory });
  expect(code).toBe(0);
  expect(stderr).toBe("");
  for (const name of [
    "sequential/writefile/read/sequential/1MiB/q8/t1",
    "random-q32/writefile/write/random/4KiB/q32/t1",
  ])
    expect(stdout).toContain(name);
  expect(stdout).toMatch(/256(\.0)? ?MiB/);
  expect(readdirSync(directory)).toEqual([]);
});

test("as JSON it is the plan that the run then follows", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished);
  const words = ["run", "quick", "--dry-run", "--json"];
  const plans = [1, 2].map(async () => (await diskbench(onTestFinished, words, { directory })).stdout);
  const [first, second] = (await Promise.all(plans)).map((text) => JSON.parse(text) as Plan);
  expect(first?.order).toHaveLength(first?.cases.length ?? 0);
  expect(second?.order).toEqual(first?.order);
  expect(second?.cases).toEqual(first?.cases);
});

describeWith(["strace"], "under strace", () => {
  test("no file is created, changed or opened for writing", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished);
    const log = join(workplace(onTestFinished), "strace.log");
    const prefix = ["strace", "-f", "-q", "-o", log, "-e", `trace=${[...CHANGES, ...OPENINGS].join(",")}`];
    const { code } = await diskbench(onTestFinished, ["run", "quick", "--dry-run"], { directory, prefix });
    expect(code).toBe(0);
    const calls = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => /^\d+ +\w+\(/.test(line));
    // It really was watched: the profile was opened.
    expect(calls.some((call) => /quick\.json", O_RDONLY/.test(call))).toBe(true);
    expect(calls.filter((call) => /O_CREAT|O_TMPFILE/.test(call))).toEqual([]);
    expect(calls.filter((call) => /O_WRONLY|O_RDWR/.test(call) && !call.includes('"/dev/'))).toEqual([]);
    expect(calls.filter((call) => !/^\d+ +open/.test(call))).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });
});
