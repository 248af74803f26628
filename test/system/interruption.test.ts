// Ctrl-C, SIGTERM, SIGHUP and kill -9 at every stage of a run -> what was measured is saved, nothing is left behind.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { isAlive, resultIn, start, until, workplace, type RunningCommand } from "../support/diskbench.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

const MEBIBYTE = 2 ** 20;
const FILLING = /^fill .*\n/m;
const WARMING_UP = /warm-up/;
/** Rates stand in a line only once the window is open. */
const SECOND_ROUND = /^\[2\/3\].*measure.*IOPS/m;

const ROUND_SECONDS = 3;

/** One case of three rounds, of which the second is the one to be interrupted. */
const ROUNDS = {
  name: "rounds",
  rounds: 3,
  target: { path: "test.dat", size: "8MiB" },
  // Long enough for a busy machine to say that the second round goes on, and to be heard, before it is over.
  defaults: { duration: `${ROUND_SECONDS}s`, warmup: "100ms" },
  jobs: [{ name: "writes", operation: "write", blockSize: "4KiB", queueDepth: 4 }],
};
const LONG_WARM_UP = { ...ROUNDS, defaults: { duration: "1s", warmup: "60s" } };
const LONG_FILL = { ...ROUNDS, target: { path: "test.dat", size: "3GiB" } };

interface Stage {
  readonly command: RunningCommand;
  readonly engineId: number;
  readonly directory: string;
}

/** A run of `profile` that has come to the stage that `pattern` names on standard error. */
async function runTo(undo: Undo, pattern: RegExp, profile: unknown, ...words: readonly string[]): Promise<Stage> {
  const directory = workplace(undo, { "p.json": profile });
  const command = start(undo, ["run", "p.json", ...words], { directory });
  await command.says(pattern);
  return { command, engineId: command.engineId, directory };
}

/** Nothing of the run is left but its result. */
async function expectNothingLeft({ engineId, directory }: Stage): Promise<void> {
  await until("the engine process ends", () => !isAlive(engineId), 1000);
  expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
}

// Mostly they wait; the longest ones begin first.
describe.concurrent("a run that is interrupted", () => {
  describeWith(["root", "nbdkit", "nbdfuse"], "while a worker sits in a system call", () => {
    const profile = (path: string): unknown => ({
      name: "slow",
      rounds: 1,
      target: { path, preallocate: "none", fill: "none" },
      jobs: [{ name: "slow", operation: "read", blockSize: "4KiB", duration: "30s", warmup: 0 }],
    });

    /** A run whose first read has come to the device, which keeps it for twelve seconds. */
    async function runToFirstRead(undo: Undo): Promise<Stage> {
      const log = join(temporaryDirectory(undo), "log");
      const filters = ["--filter=log", "--filter=delay", "memory", String(MEBIBYTE), `logfile=${log}`, "delay-read=12"];
      const path = await nbdFile(undo, MEBIBYTE, filters);
      const stage = await runTo(undo, /measure/, profile(path), "--force");
      // Standard error speaks of the round before its first I/O; one that is stopped without any ends at once.
      await until("the device is asked to read", () => readFileSync(log, "utf8").includes(" Read id="));
      return stage;
    }

    test("the first Ctrl-C ends the run from outside, with a result", async ({ onTestFinished }) => {
      const { command, engineId, directory } = await runToFirstRead(onTestFinished);
      const interruptedMs = performance.now();
      command.signalGroup("SIGINT");
      const { code, stderr } = await command.ended;
      expect(code).toBe(130);
      expect(performance.now() - interruptedMs).toBeLessThan(5000);
      // Some kernels break off what waits for a FUSE server, others do not: the command says which.
      expect(stderr.includes(`does not let go of the engine process ${engineId}`)).toBe(isAlive(engineId));
      expect(resultIn(directory)).toMatchObject({ state: "aborted", cases: [{ state: "aborted", rounds: [] }] });
      // The kernel lets go of it when the device answers.
      await until("the engine process ends", () => !isAlive(engineId), 15_000);
    });

    test("the second Ctrl-C leaves at once", async ({ onTestFinished }) => {
      const { command, engineId } = await runToFirstRead(onTestFinished);
      command.signalGroup("SIGINT");
      await command.says(/Stopping/);
      await sleep(700);
      const secondMs = performance.now();
      command.signalGroup("SIGINT");
      expect((await command.ended).code).toBe(130);
      expect(performance.now() - secondMs).toBeLessThan(600);
      await until("the engine process ends", () => !isAlive(engineId), 15_000);
    });
  });

  describe.each([
    ["the whole process group", (command: RunningCommand) => command.signalGroup("SIGINT")],
    ["the command alone", (command: RunningCommand) => command.signal("SIGINT")],
  ])("SIGINT to %s", (_, interrupt) => {
    test("during the fill: saved, removed, 130", async ({ onTestFinished }) => {
      const stage = await runTo(onTestFinished, FILLING, LONG_FILL);
      interrupt(stage.command);
      expect((await stage.command.ended).code).toBe(130);
      const result = resultIn(stage.directory);
      expect(result.state).toBe("aborted");
      expect(result.cases[0]).toMatchObject({ state: "pending", rounds: [], interruptedRound: null });
      await expectNothingLeft(stage);
    });

    test("during the warm-up: saved, removed, 130", async ({ onTestFinished }) => {
      const stage = await runTo(onTestFinished, WARMING_UP, LONG_WARM_UP);
      const interruptedMs = performance.now();
      interrupt(stage.command);
      expect((await stage.command.ended).code).toBe(130);
      expect(performance.now() - interruptedMs).toBeLessThan(2000);
      const result = resultIn(stage.directory);
      expect(result.state).toBe("aborted");
      expect(result.cases[0]).toMatchObject({ state: "aborted", rounds: [], interruptedRound: null });
      await expectNothingLeft(stage);
    });

    test("during a measurement: finished rounds are whole, the round cut short stands beside them", async ({
      onTestFinished,
    }) => {
      const stage = await runTo(onTestFinished, SECOND_ROUND, ROUNDS);
      interrupt(stage.command);
      const { code, stdout, stderr } = await stage.command.ended;
      expect(code).toBe(130);
      expect(stderr).toContain("Stopping");
      expect(stdout).toContain("aborted");
      const [first] = resultIn(stage.directory).cases;
      expect(first?.state).toBe("aborted");
      expect(first?.rounds).toHaveLength(1);
      expect(first?.rounds[0]).toMatchObject({ aborted: false, measuredSeconds: ROUND_SECONDS });
      expect(first?.interruptedRound?.aborted).toBe(true);
      expect(first?.interruptedRound?.total.ios).toBeGreaterThan(0);
      expect(first?.interruptedRound?.measuredSeconds).toBeLessThan(ROUND_SECONDS);
      expect(first?.summary?.iops.median).toBe(first?.rounds[0]?.total.iops);
      await expectNothingLeft(stage);
    });
  });

  describe("other signals", () => {
    test.for(["SIGTERM", "SIGHUP"] as const)("%s: everything saved, 143", async (signal, { onTestFinished }) => {
      const stage = await runTo(onTestFinished, SECOND_ROUND, ROUNDS);
      stage.command.signalGroup(signal);
      expect((await stage.command.ended).code).toBe(143);
      const [first] = resultIn(stage.directory).cases;
      expect(first?.rounds).toHaveLength(1);
      expect(first?.interruptedRound?.total.ios).toBeGreaterThan(0);
      await expectNothingLeft(stage);
    });

    test("one Ctrl-C that arrives twice, because a launcher hands it on, is one", async ({ onTestFinished }) => {
      const stage = await runTo(onTestFinished, SECOND_ROUND, ROUNDS);
      stage.command.signalGroup("SIGINT");
      await sleep(5);
      stage.command.signal("SIGINT");
      expect((await stage.command.ended).code).toBe(130);
      expect(resultIn(stage.directory).cases[0]?.interruptedRound?.aborted).toBe(true);
      await expectNothingLeft(stage);
    });

    test("--keep keeps the test file on Ctrl-C too", async ({ onTestFinished }) => {
      const { command, directory } = await runTo(onTestFinished, SECOND_ROUND, ROUNDS, "--keep");
      command.signalGroup("SIGINT");
      expect((await command.ended).code).toBe(130);
      expect(existsSync(join(directory, "test.dat"))).toBe(true);
    });

    test("a terminal that is gone is no reason to leave the test file behind", async ({ onTestFinished }) => {
      const stage = await runTo(onTestFinished, SECOND_ROUND, ROUNDS);
      stage.command.hangUp("stdout", "stderr");
      stage.command.signalGroup("SIGHUP");
      expect((await stage.command.ended).code).toBe(143);
      expect(resultIn(stage.directory).cases[0]?.rounds).toHaveLength(1);
      await expectNothingLeft(stage);
    });

    test("the engine ends when the command is killed", async ({ onTestFinished }) => {
      const { command, engineId } = await runTo(onTestFinished, WARMING_UP, LONG_WARM_UP);
      command.signal("SIGKILL");
      await until("the engine process ends", () => !isAlive(engineId), 2000);
    });
  });
});
