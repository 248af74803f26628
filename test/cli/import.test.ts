// `diskbench import` as a user calls it -> where the profile goes, what stderr says, the exit code, and nothing else touched.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskbench, workplace } from "../support/diskbench.ts";

const EXACT = "[reader]\nrw=randread\nbs=4k\nioengine=null\ndirect=1\nsize=1m\ntime_based\nruntime=1\n";
const LOSSY = `${EXACT}rate_iops=50\nverify=crc32c\n`;

test("the profile goes to stdout, the notes to stderr, and validate takes it", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "job.fio": LOSSY });
  const ended = await diskbench(onTestFinished, ["import", "job.fio"], { directory });
  expect(ended.code).toBe(0);
  expect(ended.stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^diskbench: not imported: reader: rate_iops=50: .+; .+\.$/),
    expect.stringMatching(/^diskbench: not imported: reader: verify=crc32c: .+; .+\.$/),
  ]);
  writeFileSync(join(directory, "job.json"), ended.stdout);
  const validated = await diskbench(onTestFinished, ["validate", "job.json"], { directory });
  expect(validated.stdout).toContain("valid, 1 case of 1 round each");
});

test("what was imported runs", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "job.fio": EXACT.replace("runtime=1", "runtime=50ms") });
  const made = await diskbench(onTestFinished, ["import", "job.fio", "--output", "job.json"], { directory });
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const ran = await diskbench(onTestFinished, ["run", "job.json", "--json"], { directory });
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({ cases: [{ job: "reader", state: "completed" }] });
});

test("--output makes a new file only, and --force replaces it", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "job.fio": EXACT, "mine.json": "mine" });
  const words = ["import", "job.fio", "--output", "mine.json"];
  const refused = await diskbench(onTestFinished, words, { directory });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^diskbench: mine\.json: This file exists already .* --force\.$/m);
  expect(readFileSync(join(directory, "mine.json"), "utf8")).toBe("mine");
  expect((await diskbench(onTestFinished, [...words, "--force"], { directory })).code).toBe(0);
  expect(JSON.parse(readFileSync(join(directory, "mine.json"), "utf8"))).toMatchObject({ name: "job" });
  expect(readdirSync(directory).sort()).toEqual(["job.fio", "mine.json"]);
});

test("--strict makes a loss exit code 2, and nothing comes out", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "job.fio": LOSSY, "exact.fio": EXACT });
  const ended = await diskbench(onTestFinished, ["import", "--strict", "job.fio", "--output", "x.json"], { directory });
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^diskbench: job\.fio: not imported: reader: rate_iops=50/m);
  expect(readdirSync(directory).sort()).toEqual(["exact.fio", "job.fio"]);
  expect((await diskbench(onTestFinished, ["import", "--strict", "exact.fio"], { directory })).code).toBe(0);
});

test("options of fio follow the file, with -- or without", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "job.fio": EXACT });
  for (const words of [["--", "--ramp_time", "3"], ["--ramp_time", "3"], ["--ramp_time=3"]]) {
    const { stdout } = await diskbench(onTestFinished, ["import", "job.fio", ...words], { directory });
    expect(JSON.parse(stdout)).toMatchObject({ jobs: [{ warmup: "3s" }] });
  }
  const slip = await diskbench(onTestFinished, ["import", "job.fio", "--strickt"], { directory });
  expect(slip).toMatchObject({ code: 2, stdout: "" });
  expect(slip.stderr).toContain("fio has no option strickt");
});

test("standard input and a command line in quotes are read as well", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, {});
  const piped = await diskbench(onTestFinished, ["import", "-"], { directory, input: EXACT });
  expect(JSON.parse(piped.stdout)).toMatchObject({ name: "imported", jobs: [{ name: "reader" }] });
  const quoted = await diskbench(onTestFinished, ["import", "diskspd -b4K -o8 -Su x.dat"], { directory });
  expect(JSON.parse(quoted.stdout)).toMatchObject({ target: { path: "x.dat" }, jobs: [{ queueDepth: 8 }] });
  expect(readdirSync(directory)).toEqual([]);
});

test("a command line without quotes, and one of another tool, are told as what they are", async ({
  onTestFinished,
}) => {
  const directory = workplace(onTestFinished, {});
  const bare = await diskbench(onTestFinished, ["import", "fio", "--name=a", "--size=1g"], { directory });
  expect(bare).toMatchObject({ code: 2, stdout: "" });
  expect(bare.stderr).toContain("Put the whole command line in quotes");
  const other = await diskbench(onTestFinished, ["import", "elbencho -w -b 1m x"], { directory });
  expect(other).toMatchObject({ code: 2, stdout: "" });
  expect(other.stderr).toContain("a command line of elbencho");
  const wrapped = await diskbench(onTestFinished, ["import", "sudo nice fio --name=a --size=1g --runtime=1"], {
    directory,
  });
  expect(JSON.parse(wrapped.stdout)).toMatchObject({ jobs: [{ name: "a" }] });
});

test("--strict takes a file whose options ask for what happens anyway", async ({ onTestFinished }) => {
  const harmless = `${EXACT}bsrange=4k-4k\nfadvise_hint=1\nioengine=libaio\niodepth=4\niodepth_low=4\n`;
  const directory = workplace(onTestFinished, { "job.fio": harmless });
  expect(await diskbench(onTestFinished, ["import", "--strict", "job.fio"], { directory })).toMatchObject({
    code: 0,
    stderr: "",
  });
});

test("nothing of the text reaches the terminal as a command", async ({ onTestFinished }) => {
  const hostile = "\u001b[31mowned\u0007\u009b31m\u202e";
  const job = `[${hostile}]\nrw=read\nfrob${hostile}=1\nverify=${hostile}\nfilename=${hostile}\ndescription=${hostile}\n`;
  const directory = workplace(onTestFinished, { "job.fio": job });
  const ended = await diskbench(onTestFinished, ["import", "job.fio"], { directory });
  expect(ended.code).toBe(0);
  expect(ended.stdout + ended.stderr).not.toMatch(/[\p{Cc}\p{Cf}](?<!\n)/u);
  expect(JSON.parse(ended.stdout)).toMatchObject({ description: hostile });
});

test("a source without end is refused, not read", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "large.fio": `[a]\n${"#".repeat(4 * 1024 * 1024)}` });
  const sources = ["large.fio", ...(existsSync("/dev/zero") ? ["/dev/zero"] : [])];
  for (const words of sources.flatMap((source) => [
    ["import", source],
    ["validate", source],
  ])) {
    const ended = await diskbench(onTestFinished, words, { directory });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    const isDevice = words.includes("/dev/zero");
    expect(ended.stderr).toMatch(isDevice ? /This is a device, not a file/ : /too (?:large|much)/);
  }
});
