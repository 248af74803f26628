// Outputs that are inputs, by whatever name -> refused before anything is read or measured, and the file stays as it is.

import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { completedResult } from "../result/fixture.ts";
import { diskbench, workplace, type Ended } from "../support/diskbench.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";
import { renderJson } from "../report/writers.ts";

const RESULT = renderJson(completedResult([{ job: "a" }]), { color: false, width: 80, mebibytes: false });
const JOB = { name: "a", blockSize: "4KiB", duration: "100ms", warmup: 0, operation: "write" };
const PROFILE = { name: "p", rounds: 10, target: { path: "t.dat", size: "1MiB" }, jobs: [JOB] };
const FILES = {
  "base.json": RESULT,
  "other.json": RESULT,
  "third.json": JSON.stringify(JSON.parse(RESULT), null, 2),
  "p.json": PROFILE,
  "q.json": { ...PROFILE, target: { path: "u.dat", size: "1MiB" } },
  "job.json": "[reader]\nrw=randread\nbs=4k\nsize=1m\nruntime=1\n",
};

function places(undo: Undo): string {
  const directory = workplace(undo, FILES);
  linkSync(join(directory, "base.json"), join(directory, "hard.json"));
  symlinkSync("base.json", join(directory, "soft.json"));
  symlinkSync("not-there-yet.json", join(directory, "ahead.json"));
  mkdirSync(join(directory, "real"));
  symlinkSync("real", join(directory, "alias"));
  return directory;
}

const contents = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(join(directory, name), "utf8")]),
  );

/** The command is refused with one paragraph, and nothing is changed, made or removed. */
async function expectRefused(undo: Undo, directory: string, words: readonly string[], what: RegExp): Promise<Ended> {
  const before = contents(directory);
  const ended = await diskbench(undo, words, { directory });
  expect([words.join(" "), ended.code, ended.stdout]).toEqual([words.join(" "), 2, ""]);
  expect(ended.stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(what)]);
  expect(contents(directory)).toEqual(before);
  return ended;
}

describe("an output that is an input", () => {
  test.for([
    [["report", "base.json", "other.json"], "base.json", /one of the results/],
    [["report", "base.json"], "hard.json", /one of the results/],
    [["report", "base.json"], "soft.json", /one of the results/],
    [["compare", "base.json", "other.json"], "base.json", /one of the results/],
    [["compare", "base.json", "other.json"], "other.json", /one of the results/],
    [["compare", "base.json", "other.json", "--noise-floor", "third.json"], "third.json", /one of the results/],
    [["ab", "p.json", "q.json"], "q.json", /the profile or a target/],
    [["ab", "p.json", "--aa", "--target", "real/t.json"], "alias/t.json", /the profile or a target/],
    [["run", "p.json"], "p.json", /the profile or a target/],
    [["run", "p.json", "--target", "real/t.json"], "alias/t.json", /the profile or a target/],
    [["run", "p.json", "--target", "not-there-yet.json"], "ahead.json", /the profile or a target/],
    [["import", "job.json", "--force"], "job.json", /what is imported/],
  ] as const)("%s --output %s", async ([words, output, what], { onTestFinished }) => {
    const directory = places(onTestFinished);
    await expectRefused(onTestFinished, directory, [...words, "--output", output], what);
    expect(readdirSync(join(directory, "real"))).toEqual([]);
  });

  test("is known as what standard input comes from", async ({ onTestFinished }) => {
    const directory = places(onTestFinished);
    const command = `exec "$0" "$@" < job.json`;
    const words = ["import", "-", "--output", "job.json", "--force"];
    const { code, stderr } = await diskbench(onTestFinished, words, { directory, prefix: ["sh", "-c", command] });
    expect(code).toBe(2);
    expect(stderr).toMatch(/what is imported/);
  });
});

describeWith(["root", "mount"], "an output that a bind mount makes a target", () => {
  test("is refused although neither is there yet", async ({ onTestFinished }) => {
    const directory = places(onTestFinished);
    mkdirSync(join(directory, "bound"));
    runTool("mount", "--bind", join(directory, "real"), join(directory, "bound"));
    onTestFinished(() => void runTool("umount", join(directory, "bound")));
    const words = ["run", "p.json", "--target", "real/t.json", "--output", "bound/t.json"];
    await expectRefused(onTestFinished, directory, words, /the profile or a target/);
  });
});

describe("a comparison", () => {
  test("replaces no result, whoever formatted it, and does replace a comparison", async ({ onTestFinished }) => {
    const directory = places(onTestFinished);
    const words = ["compare", "base.json", "other.json", "--output"];
    await expectRefused(onTestFinished, directory, [...words, "third.json"], /third\.json: A result is there/);
    for (const attempt of [1, 2]) {
      const { stderr } = await diskbench(onTestFinished, [...words, "verdict.json"], { directory });
      expect([attempt, stderr]).toEqual([attempt, ""]);
    }
    expect(readFileSync(join(directory, "verdict.json"), "utf8")).toContain("diskbench-comparison/1");
  });
});
