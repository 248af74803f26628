// Results in any encoding, on standard input, and in directories with other files -> what the commands make of them.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { around, resultOf } from "../compare/fixture.ts";
import { COMMAND, diskbench, type Ended, workplace } from "../support/diskbench.ts";
import { encoded, type Encoding } from "../support/encodings.ts";
import { describeWith } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

const result = (day: number, level = 1): string =>
  JSON.stringify(
    resultOf(
      [{ job: "rand", iops: around(100_000 / level, 6, 0.004, day) }],
      `2026-11-${String(day).padStart(2, "0")}T10:00:00.000Z`,
    ),
  );

const PROFILE = {
  name: "sim",
  target: { path: "x.dat", size: "16MiB" },
  defaults: { method: "simulated", duration: "50ms", warmup: "0s", blockSize: "4KiB" },
  jobs: [{ name: "größe", queueDepth: 8 }],
};

const run = (undo: Undo, directory: string, words: readonly string[], input?: string): Promise<Ended> =>
  diskbench(undo, words, { directory, ...(input === undefined ? {} : { input }) });

/** A workplace with a directory of results and what else lies in it. */
function directoryOf(undo: Undo, files: Readonly<Record<string, string | Buffer>>): string {
  const directory = workplace(undo, { "good.json": result(20) });
  mkdirSync(join(directory, "dir"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, "dir", name), text);
  return directory;
}

const GOOD = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [`${day}.json`, result(day)]));
const BAD = {
  "fio.json": '{"fio version": "fio-3.33", "jobs": []}',
  "cut.json": result(7).slice(0, 3000),
  "negative.json": result(8).replace(/"effectiveQueueDepth":[\d.]+/, '"effectiveQueueDepth":-2.04'),
  "empty.json": "",
};

describe("UTF-16 and byte-order marks", () => {
  test.for<Encoding>(["utf-8 with a mark", "utf-16le"])(
    "%s: profiles and job files too",
    async (encoding, { onTestFinished: undo }) => {
      const directory = workplace(undo);
      writeFileSync(join(directory, "p.json"), encoded(JSON.stringify(PROFILE), encoding));
      writeFileSync(join(directory, "j.fio"), encoded("[größe]\r\nrw=randread\r\nsize=1g\r\n", encoding));
      const plan = await run(undo, directory, ["run", "p.json", "--dry-run"]);
      expect([plan.code, plan.stderr]).toEqual([0, ""]);
      expect(plan.stdout).toContain("größe/simulated/read");
      const imported = await run(undo, directory, ["import", "j.fio"]);
      expect(imported.code).toBe(0);
      expect(JSON.parse(imported.stdout)).toMatchObject({ jobs: [{ name: "größe" }] });
    },
  );
});

describe("standard input", () => {
  test("is a result for report, compare and trend", async ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "base.json": result(1) });
    const report = await run(undo, directory, ["report", "-", "--json"], result(2));
    expect([report.code, report.stderr]).toEqual([0, ""]);
    expect(JSON.parse(report.stdout)).toMatchObject({ startedAt: "2026-11-02T10:00:00.000Z" });
    const words = ["--gate", "iops"];
    const compared = await run(undo, directory, ["compare", "base.json", "-", ...words], result(2, 2));
    expect(compared.code).toBe(1);
    expect(compared.stdout).toContain("Candidate: standard input");
    const trend = await run(undo, directory, ["trend", "base.json", "-", "--metric", "iops"], result(2, 2));
    expect(trend.stdout).toMatch(/iops +█▁/);
  });

  test.for([
    [["report", "-", "-"]],
    [["compare", "-", "-"]],
    [["compare", "-", "base.json", "--noise-floor", "-"]],
    [["trend", "-", "base.json", "-"]],
  ] as const)("is named once: %j", async ([words], { onTestFinished: undo }) => {
    const { code, stderr, stdout } = await run(undo, workplace(undo, { "base.json": result(1) }), words, result(2));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("named more than once");
  });

  test("says so when it is no result, or nothing at all", async ({ onTestFinished: undo }) => {
    const empty = await run(undo, workplace(undo), ["report", "-"], "");
    expect([empty.code, empty.stdout]).toEqual([2, ""]);
    expect(empty.stderr).toMatch(/^diskbench: standard input: there is nothing in it\./);
    const other = await run(undo, workplace(undo), ["report", "-"], "{}");
    expect(other.stderr).toMatch(/^diskbench: standard input: schema: this is no result/);
  });
});

describeWith(["strace"], "standard input that another program made non-blocking", () => {
  test("is waited for", ({ onTestFinished: undo }) => {
    const directory = workplace(undo, { "base.json": result(1) });
    // Every other read finds nothing.
    const trace = 'strace -f -qq -o /dev/null -P "$PWD/base.json" -e trace=read -e inject=read:error=EAGAIN:when=1+2';
    const words = ["-c", `${trace} "$0" "$@" < base.json`, process.execPath, COMMAND, "report", "-", "--json"];
    const { stdout, stderr } = spawnSync("bash", words, { cwd: directory, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ startedAt: "2026-11-01T10:00:00.000Z" });
  });
});

describe("a directory with files that are no results", () => {
  test("is read without them by trend and compare, with a warning that names each", async ({
    onTestFinished: undo,
  }) => {
    const directory = directoryOf(undo, { ...GOOD, ...BAD });
    mkdirSync(join(directory, "dir", "folder.json"));
    expect(spawnSync("mkfifo", [join(directory, "dir", "pipe.json")]).status).toBe(0);
    const trend = await run(undo, directory, ["trend", "dir", "--metric", "iops"]);
    const compared = await run(undo, directory, ["compare", "dir", "dir", "--gate", "iops", "--json"]);
    for (const { stderr } of [trend, compared]) {
      expect(stderr).toMatch(/^diskbench: warning: left out: dir\/cut\.json: this is not JSON: .*$/m);
      expect(stderr).toMatch(/^diskbench: warning: left out: dir\/empty\.json: there is nothing in it\.$/m);
      expect(stderr).toMatch(/^diskbench: warning: left out: dir\/fio\.json: schema: this is no result of diskbench/m);
      expect(stderr).toMatch(/left out: dir\/negative\.json: cases\[0\]\.rounds\[0\]\.effectiveQueueDepth: .*-2\.04/);
      expect(stderr).toMatch(/left out: dir\/folder\.json: the result file cannot be read \(read: EISDIR/m);
      expect(stderr).toMatch(/left out: dir\/pipe\.json: This is a pipe, not a file\.$/m);
    }
    expect(trend.stderr.trimEnd().split("\n")).toHaveLength(6);
    expect([trend.code, trend.stdout]).toEqual([0, expect.stringContaining("5 runs, 0 steps.")]);
    expect(JSON.parse(compared.stdout)).toMatchObject({ baseline: { runs: 5 }, candidate: { runs: 5 } });
    expect(compared.code).toBe(0);
  });

  test("is refused with --strict, and so is a file that is named", async ({ onTestFinished: undo }) => {
    const directory = directoryOf(undo, { ...GOOD, "fio.json": BAD["fio.json"] });
    for (const words of [
      ["compare", "dir", "dir", "--strict"],
      ["compare", "dir", "dir/fio.json"],
      ["trend", "dir", "dir/fio.json"],
      ["report", "good.json", "dir/fio.json"],
    ]) {
      const { code, stdout, stderr } = await run(undo, directory, words);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^diskbench: dir\/fio\.json: schema: this is no result of diskbench/m);
    }
    const { code, stderr } = await run(undo, directoryOf(undo, GOOD), ["compare", "dir", "dir", "--strict"]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test.for([
    [
      { "fio.json": BAD["fio.json"], "empty.json": "" },
      /dir: None of the 2 \.json files .*\n.*dir\/empty\.json: there is nothing .*\n.*dir\/fio\.json: schema/,
    ],
    [{ "notes.txt": "", "r.csv": "" }, /dir: There is no \.json file in this directory: it holds notes\.txt, r\.csv\./],
    [{}, /dir: There is no \.json file in this directory: it is empty\./],
  ] as const)(
    "without a good one among %j ends with 2 and says what there is",
    async ([files, text], { onTestFinished: undo }) => {
      for (const words of [
        ["trend", "dir"],
        ["compare", "good.json", "dir"],
      ]) {
        const { code, stdout, stderr } = await run(undo, directoryOf(undo, files), words);
        expect([code, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(text);
      }
    },
  );

  test("of many such files the first ten are named", async ({ onTestFinished: undo }) => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x${index}.json`, "{}"]));
    const { stderr, code } = await run(undo, directoryOf(undo, { ...GOOD, ...many }), ["trend", "dir"]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(11);
    expect(stderr).toContain("20 more files are left out");
    expect(code).toBe(0);
  });
});
