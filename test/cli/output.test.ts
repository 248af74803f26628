// Reports that cannot go where they should -> said before anything is measured, or nothing that was measured is lost.

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import { diskbench, resultIn, start, workplace } from "../support/diskbench.ts";

const PROFILE = {
  name: "p",
  rounds: 2,
  target: { path: "test.dat", size: "1MiB" },
  jobs: [{ name: "a", operation: "write", blockSize: "4KiB", duration: "600ms", warmup: "100ms" }],
};
const SIMULATED = { ...PROFILE, jobs: [{ name: "a", method: "simulated", duration: "100ms", warmup: 0 }] };
const MEASURING = /^\[1\/2\].*measure.*IOPS/m;

describe("a place that goes away while the run measures", () => {
  test("of --output: the default file has everything, the report is printed, exit code 3", async ({
    onTestFinished,
  }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    mkdirSync(join(directory, "out"));
    const words = ["run", "p.json", "--json", "--output", "out/x.csv"];
    const command = start(onTestFinished, words, { directory });
    await command.says(MEASURING);
    rmSync(join(directory, "out"), { recursive: true });
    writeFileSync(join(directory, "out"), "in the way");
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr.match(/^diskbench: out\/x\.csv: .*ENOTDIR/gm)).toHaveLength(1);
    const printed = parseResult(stdout, "stdout");
    expect(printed.cases[0]?.rounds.length).toBeGreaterThan(0);
    expect(resultIn(directory).cases[0]?.rounds).toEqual(printed.cases[0]?.rounds);
    expect(readdirSync(directory).sort()).toEqual(["out", "p.json", "results"]);
  });

  test("of results: what was measured is printed, exit code 3", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    const command = start(onTestFinished, ["run", "p.json", "--json"], { directory });
    await command.says(MEASURING);
    renameSync(join(directory, "results"), join(directory, "elsewhere"));
    writeFileSync(join(directory, "results"), "in the way");
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/^diskbench: .*results.*ENOTDIR/m);
    const { state, cases, failures } = parseResult(stdout, "stdout");
    expect(state).toBe("failed");
    expect(cases[0]?.rounds.length).toBeGreaterThan(0);
    expect(failures).toMatchObject([{ code: "OUTPUT_FAILED" }]);
    expect(readdirSync(directory).sort()).toEqual(["elsewhere", "p.json", "results"]);
  });
});

describe("a reader that has seen enough", () => {
  test("of stdout changes nothing: the run goes on to its end and its exit code", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": SIMULATED });
    const environment = { DISKBENCH_SIMULATION: JSON.stringify({ errorRate: 1 }) };
    const command = start(onTestFinished, ["run", "p.json", "--json"], { directory, environment });
    command.hangUp("stdout");
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toContain("I/O failed");
    expect(stderr).not.toContain("EPIPE");
    expect(resultIn(directory).state).toBe("failed");
  });

  test("of stderr changes nothing either", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    const command = start(onTestFinished, ["run", "p.json", "--json"], { directory });
    await command.says(/fill/);
    command.hangUp("stderr");
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(parseResult(stdout, "stdout").cases[0]?.rounds).toHaveLength(2);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });
});

test("two runs in the same second have a result file each", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "p.json": SIMULATED });
  const ended = await Promise.all([1, 2].map(() => diskbench(onTestFinished, ["run", "p.json"], { directory })));
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(readdirSync(join(directory, "results"))).toHaveLength(2);
});

test("an existing output file is replaced whole", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "p.json": SIMULATED });
  writeFileSync(join(directory, "x.json"), "x".repeat(1_000_000));
  const words = ["run", "p.json", "--output", "x.json", "--json"];
  const { code, stdout } = await diskbench(onTestFinished, words, { directory });
  expect(code).toBe(0);
  const report = await diskbench(onTestFinished, ["report", "x.json", "--json"], { directory });
  expect(report.code).toBe(0);
  expect(parseResult(report.stdout, "report")).toEqual(parseResult(stdout, "run"));
});
