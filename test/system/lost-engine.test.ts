// An engine process that dies, or cannot start -> a reported error, exit code 3, every finished round kept.

import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diskbench, isAlive, resultIn, start, until, workplace } from "../support/diskbench.ts";

const ROUNDS = {
  name: "rounds",
  rounds: 3,
  target: { path: "test.dat", size: "8MiB" },
  defaults: { duration: "500ms", warmup: "100ms", operation: "write", blockSize: "4KiB" },
};
const QUEUED = { ...ROUNDS, jobs: [{ name: "writes", queueDepth: 4 }] };
const MAPPED = { ...ROUNDS, jobs: [{ name: "mapped", method: "mapped", flush: "never", duration: "20s" }] };
const SECOND_ROUND = /^\[2\/3\].*measure.*IOPS/m;

describe.concurrent("an engine that is lost", () => {
  test("by kill -9 in the middle of a round", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": QUEUED });
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(SECOND_ROUND);
    const { engineId } = command;
    process.kill(engineId, "SIGKILL");
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stdout).toContain("failed");
    expect(stderr).toMatch(/ended by SIGKILL in the middle of a round.*killed from outside.*Finished rounds are kept/);
    const { state, cases } = resultIn(directory);
    expect(state).toBe("failed");
    expect(cases[0]).toMatchObject({ state: "failed", failure: { code: "ENGINE_LOST" } });
    expect(cases[0]?.rounds).toHaveLength(1);
    // Its counters outlive it.
    expect(cases[0]?.interruptedRound?.total.ios).toBeGreaterThan(0);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("by kill -9 between two rounds", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": QUEUED });
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/3\].*measure.*IOPS/m);
    const { engineId } = command;
    // While the command stands still the round comes to its end; then the engine goes, and the command wakes up.
    command.signal("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    process.kill(engineId, "SIGKILL");
    await until("the engine process ends", () => !isAlive(engineId));
    command.signal("SIGCONT");
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toContain("ended by SIGKILL");
    expect(stderr).not.toContain("mistake in diskbench");
    expect(resultIn(directory)).toMatchObject({ state: "failed", cases: [{ failure: { code: "ENGINE_LOST" } }] });
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("by SIGBUS, because a mapped file was truncated under it", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": MAPPED });
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/3\].*measure.*IOPS/m);
    truncateSync(join(directory, "test.dat"), 4096);
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/SIGBUS.*truncated/);
    // What happened to the file has the same name whatever the method.
    expect(resultIn(directory)).toMatchObject({ state: "failed", cases: [{ failure: { code: "TARGET_CHANGED" } }] });
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("because it never gets ready", { timeout: 90_000 }, async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": QUEUED });
    const environment = { NODE_OPTIONS: "--import=data:text/javascript,if(process.channel)for(;;);" };
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json"], { directory, environment });
    expect(code).toBe(3);
    expect(stderr).toMatch(/engine process was not ready after 30 s and was ended.*ulimit -u/);
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });

  test("before it was there at all", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": QUEUED });
    // Preloaded by the command and by the engine; only the engine has a channel to a supervisor.
    const environment = { NODE_OPTIONS: "--import=data:text/javascript,process.channel&&process.exit(7)" };
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json"], { directory, environment });
    expect(code).toBe(3);
    expect(stderr).toContain("engine process ended while it was starting");
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });
});
