// A TypeError thrown on purpose in each stage -> exit code 70 and its stack: a mistake of diskbench's is not hidden.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { diskbench, workplace } from "../support/diskbench.ts";
import { undoAfterAll } from "../support/undo.ts";

const PROFILE = {
  name: "p",
  rounds: 1,
  target: { path: "test.dat", size: "64KiB" },
  jobs: [{ name: "a", method: "pwrite", operation: "write", blockSize: "4KiB", ios: 10, warmup: 0 }],
};
const NODE_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, "break-stage.mjs")).href}`;

const STAGES: readonly (readonly [stage: string, place: string, words: readonly string[]])[] = [
  ["profile", "profile/resolve.ts:resolveProfile", ["run", "p.json"]],
  ["machine", "machine/describe-machine.ts:describeMachine", ["run", "p.json"]],
  ["plan", "plan/build-plan.ts:buildPlan", ["run", "p.json"]],
  ["target, before anything is touched", "target/prepare.ts:checkTargets", ["run", "p.json"]],
  ["target", "target/fill-and-prove.ts:fillAndProve", ["run", "p.json"]],
  ["engine, in a worker thread", "engine/thread-round.ts:runThreadRound", ["run", "p.json"]],
  ["engine, in its process", "engine/loop/round-memory.ts:viewLeaderMemory", ["run", "p.json"]],
  ["engine, in the command", "engine/loop/round-memory.ts:viewRoundMemory", ["run", "p.json"]],
  ["run", "run/next-round.ts:nextRound", ["run", "p.json"]],
  ["result", "result/assemble-round.ts:assembleRound", ["run", "p.json"]],
  ["result, in its gates", "result/gates.ts:withGates", ["run", "p.json"]],
  ["report", "report/table.ts:render", ["run", "p.json"]],
  ["report of what was stored", "report/table.ts:render", ["report", "STORED"]],
  ["compare", "compare/compare.ts:compareResults", ["compare", "STORED", "STORED"]],
  ["trend", "compare/trend.ts:trendOf", ["trend", "STORED"]],
  ["import", "profile/import/import-profile.ts:importProfile", ["import", "fio --name=a --rw=read --size=1m"]],
];

describe.concurrent("a mistake in", () => {
  const undo = undoAfterAll();
  let stored = "";
  beforeAll(async () => {
    const directory = workplace(undo, { "p.json": PROFILE });
    expect((await diskbench(undo, ["run", "p.json", "--quiet"], { directory })).code).toBe(0);
    stored = join(directory, "results", readdirSync(join(directory, "results"))[0] ?? "");
  });

  test.for(STAGES)("%s", async ([, place, words], { onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    const environment = { NODE_OPTIONS, DISKBENCH_BREAK: place };
    const whole = words.map((word) => (word === "STORED" ? stored : word));
    const { code, stderr } = await diskbench(onTestFinished, whole, { directory, environment });
    expect(stderr).toMatch(/TypeError: broken on purpose\n +at /);
    expect(stderr).toContain("This is a mistake in diskbench: please report it");
    expect(code).toBe(70);
    // The test file is gone, whatever happened.
    expect(readdirSync(directory)).not.toContain("test.dat");
  });
});
