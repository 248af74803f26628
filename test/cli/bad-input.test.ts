// Mistakes in profiles, flags and targets -> one paragraph for each, the right exit code, at once, nothing created.

import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diskbench, workplace, type Ended } from "../support/diskbench.ts";
import { describeWith, POWERLESS } from "../support/requirements.ts";
import { loopDevice, makeFileSystem, mountOn } from "../support/places.ts";
import type { Undo } from "../support/undo.ts";

const JOB = { name: "a", blockSize: "4KiB", duration: "1s", warmup: 0 };
const GOOD = { name: "good", rounds: 1, target: { path: "test.dat", size: "1MiB" }, jobs: [JOB] };
const withJob = (fields: object): object => ({ ...GOOD, jobs: [{ ...JOB, ...fields }] });
const withTarget = (fields: object): object => ({ ...GOOD, target: { ...GOOD.target, ...fields } });

/** Slack for a busy machine; alone it takes a fifth of a second. */
const AT_ONCE_SECONDS = 3;

async function run(undo: Undo, document: unknown, ...words: readonly string[]): Promise<Ended> {
  const directory = workplace(undo, { "p.json": document });
  const ended = await diskbench(undo, ["run", "p.json", ...words], { directory });
  expect(ended.seconds).toBeLessThan(AT_ONCE_SECONDS);
  expect(ended.stdout).toBe("");
  expect(readdirSync(directory)).toEqual(["p.json"]);
  return ended;
}

/** One line per failure and nothing else. */
function expectOneParagraph({ stderr }: Ended, ...patterns: readonly RegExp[]): void {
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(patterns.length);
  for (const [index, pattern] of patterns.entries()) expect(lines[index]).toMatch(pattern);
  for (const line of lines) expect(line).toMatch(/^diskbench: \S.*[.?]$/);
}

describe("what the document alone decides: exit code 2", () => {
  const TABLE: readonly (readonly [string, unknown, RegExp])[] = [
    ["JSON that ends too early", '{ "jobs": [', /p\.json: line 1, column 12: not valid JSON/],
    ["JSON with a comma too many", '{ "jobs": [], }', /p\.json: line 1, column 15: not valid JSON/],
    ["nothing at all", "", /p\.json: .*not valid JSON/],
    ["an unknown key", withJob({ blokSize: 1 }), /p\.json: jobs\[0\]\.blokSize: unknown key; .* is blockSize\./],
    ["a wrong unit", withTarget({ size: "1MBit" }), /p\.json: target\.size: found "1MBit"; allowed: .*1GiB/],
    ["half a number", withTarget({ size: "4abc" }), /target\.size: found "4abc"/],
    ["a negative size", withTarget({ size: "-1MiB" }), /target\.size: found "-1MiB"/],
    ["a duration of 0", withJob({ duration: 0 }), /jobs\[0\]\.duration: found 0; allowed: /],
    ["a duration where a count belongs", withJob({ queueDepth: "2s" }), /jobs\[0\]\.queueDepth: found "2s"/],
    ["a depth for a method without a queue", withJob({ method: "mapped", queueDepth: 8 }), /queue depth 8 with mapped/],
    ["the same by its native name", withJob({ method: "pwrite", queueDepth: 8 }), /queue depth 8 with pwrite/],
    ["a method in the wrong case", withJob({ method: "WriteFileEX" }), /jobs\[0\]\.method: found "WriteFileEX"/],
    ["gather with half a page", withJob({ method: "gather", blockSize: 512 }), /blocks of 512B with gather/],
    ["mapped without a cache", withJob({ method: "mapped", caching: "unbuffered" }), /caching unbuffered with mapped/],
    ["a block that does not fit", withJob({ blockSize: "2MiB" }), /2MiB does not fit into a target of 1MiB/],
    ["no job", { ...GOOD, jobs: [] }, /p\.json: jobs: /],
  ];
  test.for(TABLE)("%s", async ([, document, pattern], { onTestFinished }) => {
    const ended = await run(onTestFinished, document);
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, pattern);
  });

  test("all mistakes of a file at once, a line for each", async ({ onTestFinished }) => {
    const document = { seeed: 1, target: { path: "x", size: "4abc" }, jobs: [{ ...JOB, blokSize: 1, threads: 0 }] };
    const ended = await run(onTestFinished, document);
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, /target\.size/, /jobs\[0\]\.threads/, /jobs\[0\]\.blokSize/, /seeed/);
  });

  test("every impossible point of a sweep by its name", async ({ onTestFinished }) => {
    const ended = await run(onTestFinished, withJob({ method: ["writefile", "mapped"], queueDepth: [1, 8, 32] }));
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, /a\/mapped\/read\/random\/4KiB\/q8\/t1/, /a\/mapped\/read\/random\/4KiB\/q32\/t1/);
  });
});

describe("what the flags decide: exit code 2", () => {
  const OURS: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["--set without a value", ["--set", "foo"], /--set foo: .*Write it like --set jobs\.0\.queueDepth=8/],
    ["--set that leads nowhere", ["--set", "jobs.9.queueDepth=1"], /--set jobs\.9\.queueDepth=1: .*leads nowhere/],
    ["--set with a bad value", ["--set", "jobs.0.queueDepth=abc"], /jobs\[0\]\.queueDepth: found "abc"/],
    ["a duration of 0", ["--duration", "0"], /--duration: found 0; allowed: /],
    ["no rounds", ["--rounds", "0"], /--rounds: found 0; allowed: /],
    ["a seed beyond 32 bits", ["--seed", "99999999999"], /--seed: found 99999999999; allowed: /],
    ["an output without a format", ["--output", "x.foo"], /--output x\.foo: .*\.csv/],
  ];
  test.for(OURS)("%s", async ([, words, pattern], { onTestFinished }) => {
    const ended = await run(onTestFinished, GOOD, ...words);
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, pattern);
  });

  const PARSED: readonly (readonly [readonly string[], RegExp])[] = [
    [["--size", "0"], /--size.*Found "0"; allowed: .*64K/],
    [["--size", "4abc"], /--size.*Found "4abc"/],
    [["--duration", "2x"], /--duration.*Found "2x"; allowed: .*500ms/],
    [["--rounds", "2s"], /--rounds.*Found "2s"; allowed: a whole number/],
    [["--format", "xml"], /--format.*Allowed choices are table, json, csv, markdown/],
    [["--kep"], /unknown option '--kep'/],
    [["--target"], /--target.*argument missing/],
  ];
  test.for(PARSED)("%s", async ([words, pattern], { onTestFinished }) => {
    const ended = await run(onTestFinished, GOOD, ...words);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(pattern);
    expect(ended.stderr).not.toMatch(/\n\n|\n {4}at /);
  });

  test("flags beat the profile, and --set comes before the other flags", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": GOOD });
    const words = ["--dry-run", "--json", "--set", 'target.size="2MiB"', "--set", "rounds=5", "--rounds", "2"];
    const { code, stdout } = await diskbench(onTestFinished, ["run", "p.json", ...words], { directory });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rounds: 2, targets: [{ sizeBytes: 2 * 2 ** 20 }] });
  });
});

describe("where the profile comes from", () => {
  const nowhere = async (undo: Undo, name: string, input?: string): Promise<Ended> => {
    const directory = workplace(undo);
    const given = input === undefined ? {} : { input };
    const ended = await diskbench(undo, ["run", name], { directory, ...given });
    expect(readdirSync(directory)).toEqual([]);
    return ended;
  };

  test("a file that is not there: 2, with what there is", async ({ onTestFinished }) => {
    const ended = await nowhere(onTestFinished, "missing.json");
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, /missing\.json: .*quick.*diskbench init/);
  });

  test("a directory: 2", async ({ onTestFinished }) => {
    const ended = await nowhere(onTestFinished, ".");
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, /The profile cannot be read.*EISDIR/);
  });

  test("a broken one on standard input: 2, and the place in it", async ({ onTestFinished }) => {
    const ended = await nowhere(onTestFinished, "-", '{ "jobs": ');
    expect(ended.code).toBe(2);
    expectOneParagraph(ended, /standard input: line 1, column 11: not valid JSON/);
  });

  test("a good one on standard input, and a built-in name, make a plan", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished);
    const words = ["run", "-", "--dry-run"];
    const piped = await diskbench(onTestFinished, words, { directory, input: JSON.stringify(GOOD) });
    expect(piped).toMatchObject({ code: 0, stderr: "" });
    expect(piped.stdout).toContain("a/writefile/read/random/4KiB/q1/t1");
    const builtin = await diskbench(onTestFinished, ["run", "quick", "--dry-run"], { directory });
    expect(builtin).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(directory)).toEqual([]);
  });

  test("a call without a profile, or of no command: 2", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished);
    const absent = await diskbench(onTestFinished, ["run"], { directory });
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain("missing required argument 'profile'");
    const unknown = await diskbench(onTestFinished, ["rum", "quick"], { directory });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean run?");
  });
});

describe("what the machine decides: exit code 3", () => {
  const TABLE: readonly (readonly [string, unknown, RegExp])[] = [
    ["a file larger than the free space", withTarget({ size: "4000TiB" }), /4000? TiB are needed, .* are free/],
    ["a directory that is not there", withTarget({ path: "not/there/test.dat" }), /not\/there does not exist/],
    ["a character device", withTarget({ path: "/dev/null" }), /\/dev\/null: It is a character device/],
    ["a method of another system", withJob({ method: "WriteFileEx" }), /method WriteFileEx does not exist on linux/],
    ["a block that is no multiple of the sector", withJob({ blockSize: 1000 }), /blocks of 1000B are not multiples of/],
  ];
  test.for(TABLE)("%s", async ([, document, pattern], { onTestFinished }) => {
    const ended = await run(onTestFinished, document);
    expect(ended.code).toBe(3);
    expectOneParagraph(ended, pattern);
  });

  test("somebody else's file, which keeps its contents", async ({ onTestFinished }) => {
    const contents = "precious\n".repeat(1000);
    const directory = workplace(onTestFinished, { "p.json": withJob({ operation: "write" }), "test.dat": contents });
    const ended = await diskbench(onTestFinished, ["run", "p.json", "--size", "8KiB"], { directory });
    expect(ended.code).toBe(3);
    expectOneParagraph(ended, /test\.dat: .*not diskbench's own.*--force/);
    expect(readFileSync(join(directory, "test.dat"), "utf8")).toBe(contents);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "test.dat"]);
  });

  test("an unreachable target among good ones, all bad ones named", async ({ onTestFinished }) => {
    const targets = ["one.dat", "/nowhere/two.dat", "three.dat", "/nowhere/at/all/four.dat"];
    const ended = await run(onTestFinished, GOOD, ...targets.flatMap((target) => ["--target", target]));
    expect(ended.code).toBe(3);
    expectOneParagraph(ended, /\/nowhere\/two\.dat/, /\/nowhere\/at\/all\/four\.dat/);
  });

  test("an output in a directory that is not there", async ({ onTestFinished }) => {
    const ended = await run(onTestFinished, GOOD, "--output", "not/there/x.csv");
    expect(ended.code).toBe(3);
    expectOneParagraph(ended, /not\/there: No file can be written in this directory .*ENOENT/);
  });
});

describeWith(["root", "setpriv"], "as a user without rights", () => {
  async function powerless(undo: Undo, ...words: readonly string[]): Promise<Ended> {
    const directory = workplace(undo, { "p.json": GOOD });
    chmodSync(directory, 0o555);
    const ended = await diskbench(undo, ["run", "p.json", ...words], { directory, prefix: POWERLESS });
    expect(ended.seconds).toBeLessThan(AT_ONCE_SECONDS);
    expect(ended.code).toBe(3);
    expect(readdirSync(directory)).toEqual(["p.json"]);
    return ended;
  }

  test("a target directory without permission", async ({ onTestFinished }) => {
    expectOneParagraph(await powerless(onTestFinished), /test\.dat: Files cannot be created .*EACCES/);
  });

  test("a working directory that takes no results", async ({ onTestFinished }) => {
    expectOneParagraph(
      await powerless(onTestFinished, "--target", "/dev/shm/"),
      /No file can be written in this directory .*EACCES/,
    );
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "a device with sectors of 4 KiB", () => {
  test("refuses smaller blocks by name, and nothing is created", async ({ onTestFinished }) => {
    const device = loopDevice(onTestFinished, { sizeBytes: 64 * 2 ** 20, sectorSizeBytes: 4096 });
    makeFileSystem("ext4", device.path);
    const directory = mountOn(onTestFinished, device.path);
    writeFileSync(join(directory, "p.json"), JSON.stringify(withJob({ blockSize: 512 })));
    const before = readdirSync(directory);
    const ended = await diskbench(onTestFinished, ["run", "p.json"], { directory });
    expect(ended.code).toBe(3);
    expectOneParagraph(ended, /blocks of 512B are not multiples of 4KiB.*sectors of 4KiB/);
    expect(readdirSync(directory)).toEqual(before);
  });
});
