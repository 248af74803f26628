// Things that do not answer -> a word within a second, an end in time, and signals that end the command all the same.

import { closeSync, constants, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { diskbench, isAlive, resultIn, start, until, workplace, type RunningCommand } from "../support/diskbench.ts";
import { nbdServer } from "../support/nbd-file.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

const SIZE_BYTES = 2 ** 20;
const WORDS = ["run", "p.json", "--stall-timeout"];
/** As much as a pipe holds (pipe(7)). */
const PIPE_BYTES = 2 ** 16;
/** Longer than any test waits. */
const PATIENCE = "50s";
const JOB = { name: "a", method: "pwrite", operation: "read", blockSize: "4KiB", duration: "200ms", warmup: 0 };

interface Server {
  /** With a profile for its file. */
  readonly directory: string;
  readonly stop: () => void;
  readonly goOn: () => void;
}

/** A file and its server, which can be stopped. */
async function server(undo: Undo, parameters: readonly string[] = [], job: object = {}): Promise<Server> {
  const { path, fuseServerId } = await nbdServer(undo, SIZE_BYTES, parameters);
  const target = { path, preallocate: "none", fill: "none" };
  const directory = workplace(undo, { "p.json": { name: "p", rounds: 1, target, jobs: [{ ...JOB, ...job }] } });
  const goOn = (): void => void process.kill(fuseServerId, "SIGCONT");
  undo(goOn);
  return { directory, stop: () => void process.kill(fuseServerId, "SIGSTOP"), goOn };
}

async function stopped(undo: Undo): Promise<Server> {
  const found = await server(undo);
  found.stop();
  return found;
}

async function secondsToEnd(command: RunningCommand): Promise<number> {
  const sinceMs = performance.now();
  await command.ended;
  return (performance.now() - sinceMs) / 1000;
}

describe.concurrent("what does not answer", () => {
  describeWith(["root", "nbdkit", "nbdfuse", "/dev/fuse"], "a target whose file system's server is stopped", () => {
    test.for([[], ["--dry-run"]])(
      "is named, and ends the command after --stall-timeout: %j",
      async (flags, { onTestFinished }) => {
        const { directory } = await stopped(onTestFinished);
        const { code, stdout, stderr } = await diskbench(onTestFinished, [...WORDS, "2s", ...flags], { directory });
        expect([code, stdout]).toEqual([3, ""]);
        const [first, second, ...others] = stderr.trimEnd().split("\n");
        expect(first).toMatch(/^Waiting for \/.*\/disk to answer$/);
        expect(second).toMatch(/^diskbench: \/.*\/disk: It has not answered for 2 s\. .*--stall-timeout/);
        expect(others).toEqual([]);
        expect(readdirSync(directory)).toEqual(["p.json"]);
      },
    );

    test.for([
      ["SIGINT", 130],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const)("keeps no command that is told to end: %s", async ([signal, code], { onTestFinished }) => {
      const { directory } = await stopped(onTestFinished);
      const command = start(onTestFinished, [...WORDS, PATIENCE], { directory });
      await command.says(/^Waiting for /m);
      command.signal(signal);
      expect(await secondsToEnd(command)).toBeLessThan(5);
      expect((await command.ended).code).toBe(code);
    });

    test("is measured when the server goes on", async ({ onTestFinished }) => {
      const { directory, goOn } = await stopped(onTestFinished);
      const command = start(onTestFinished, [...WORDS, PATIENCE], { directory });
      await command.says(/^Waiting for /m);
      goOn();
      expect((await command.ended).code).toBe(0);
      expect(resultIn(directory).state).toBe("completed");
    });

    test.for([
      ["--stall-timeout", "2s", null, 3],
      ["SIGINT", PATIENCE, "SIGINT", 130],
    ] as const)(
      "ends a run in the middle of a round, and its engine: %s",
      async ([, patience, signal, code], { onTestFinished }) => {
        const found = await server(onTestFinished, [], { duration: "30s" });
        const command = start(onTestFinished, [...WORDS, patience], { directory: found.directory });
        await command.says(/measure/);
        const { engineId } = command;
        found.stop();
        await command.says(/^Waiting for \/.*\/disk to answer$/m);
        if (signal !== null) {
          command.signal(signal);
          // Where the command itself has not come to wait, the first one has it end in order.
          await Promise.race([command.says(/^Stopping: /m).catch(() => undefined), command.ended]);
          await Promise.race([sleep(300), command.ended]);
          command.signal(signal);
        }
        expect((await command.ended).code).toBe(code);
        found.goOn();
        await until("the engine process ends", () => !isAlive(engineId));
      },
    );

    test("says nothing where each I/O takes 300 ms", async ({ onTestFinished }) => {
      const delay = ["--filter=delay", "memory", String(SIZE_BYTES), "delay-read=300ms", "delay-write=300ms"];
      const slow = { operation: "mixed", readPercent: 50, duration: "1s", queueDepth: 4, method: "writefile" };
      const { directory } = await server(onTestFinished, delay, slow);
      const { code, stderr } = await diskbench(onTestFinished, [...WORDS, PATIENCE, "--force"], { directory });
      expect(stderr).not.toContain("Waiting for");
      expect(code).toBe(0);
    });

    test.for([["validate"], ["report"], ["compare", "p.json"], ["trend"], ["import"]])(
      "is named where a command reads from it: %s",
      async (words, { onTestFinished }) => {
        const { path, fuseServerId } = await nbdServer(onTestFinished, SIZE_BYTES);
        onTestFinished(() => void process.kill(fuseServerId, "SIGCONT"));
        process.kill(fuseServerId, "SIGSTOP");
        const directory = workplace(onTestFinished, { "p.json": {} });
        const command = start(onTestFinished, [...words, path], { directory });
        await command.says(/^Waiting for \/.*\/disk to answer$/m);
        command.signal("SIGINT");
        expect((await command.ended).code).toBe(130);
      },
    );
  });

  describeWith(["strace"], "a call about the test file that takes long", () => {
    const profile = { name: "p", rounds: 1, target: { path: "t.dat", size: "64KiB" }, jobs: [JOB] };
    /** The main thread alone is traced, and `call` is delayed in it. */
    const delayed = (call: string, seconds: number): string[] => {
      const inject = `inject=${call}:delay_enter=${seconds}s`;
      return ["strace", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject];
    };

    test.for([
      ["fallocate", /^Waiting for \/.*\/t\.dat to be allocated\. .*may stay: \/.*\/t\.dat$/m],
      ["/^unlink(at)?$", /^Waiting for \/.* to be removed\./m],
    ] as const)("may take longer than --stall-timeout where it works: %s", async ([call, word], { onTestFinished }) => {
      const directory = workplace(onTestFinished, { "p.json": profile });
      const prefix = delayed(call, 1.7);
      const { code, stderr } = await diskbench(onTestFinished, [...WORDS, "1s"], { directory, prefix });
      expect(stderr).toMatch(word);
      expect([code, resultIn(directory).state, readdirSync(directory)]).toEqual([
        0,
        "completed",
        ["p.json", "results"],
      ]);
    });

    test("ends the command after --stall-timeout where it only looks; what was measured is saved", async ({
      onTestFinished,
    }) => {
      const directory = workplace(onTestFinished, { "p.json": profile });
      // The mark of a file that is made is first read when it is to be removed.
      const prefix = delayed("fgetxattr", 4);
      const { code, stderr } = await diskbench(onTestFinished, [...WORDS, "1s"], { directory, prefix });
      expect(code).toBe(3);
      expect(stderr).toMatch(/t\.dat: It has not answered for 1 s\. .* a test file may stay: \/.*t\.dat\. /);
      expect(resultIn(directory).cases[0]?.rounds).toHaveLength(1);
      expect(readdirSync(directory)).toContain("t.dat");
    });
  });

  describeWith(["strace"], "what takes long but is no look at a target", () => {
    const profile = { name: "p", rounds: 1, target: { path: "t.dat", size: "64KiB" }, jobs: [JOB] };
    const delayed = (calls: string, seconds: number, which = "1+"): string[] => {
      const inject = `inject=${calls}:delay_enter=${seconds}s:when=${which}`;
      return ["strace", "-qq", "-o", "/dev/null", "-e", inject];
    };

    test("a save ends no run", async ({ onTestFinished }) => {
      const directory = workplace(onTestFinished, { "p.json": profile });
      const prefix = delayed("renameat", 1.7, "1");
      const { code, stderr } = await diskbench(onTestFinished, [...WORDS, "1s"], { directory, prefix });
      const [name] = readdirSync(join(directory, "results"));
      const place = join(directory, "results", name ?? "");
      const left = join(directory, "t.dat");
      expect(stderr).toContain(
        `Waiting for ${place} to be saved. If the command ends now, a test file may stay: ${left}\n`,
      );
      expect([code, resultIn(directory).state]).toEqual([0, "completed"]);
    });

    test("no test file is said to stay once it has been removed", async ({ onTestFinished }) => {
      const directory = workplace(onTestFinished, { "p.json": profile });
      // The names of results are changed after the round, after its checks, for the end of the case, and at the end.
      const prefix = delayed("renameat", 1.7, "4");
      const { stderr } = await diskbench(onTestFinished, [...WORDS, "10s"], { directory, prefix });
      expect(stderr).toMatch(/^Waiting for \/.* to be saved$/m);
    });

    test("Ctrl-C during work lets it end, and the command as it always does", async ({ onTestFinished }) => {
      const directory = workplace(onTestFinished, { "p.json": profile });
      const command = start(onTestFinished, [...WORDS, "30s"], { directory, prefix: delayed("fsync", 1.6) });
      await command.says(/^Waiting for \/.* to be flushed/m);
      command.signalGroup("SIGINT");
      expect((await command.ended).code).toBe(130);
      expect(resultIn(directory).state).toBe("aborted");
      expect(readdirSync(directory)).toEqual(["p.json", "results"]);
    });
  });

  describe("a pipe into which nobody writes", () => {
    const NAMED = "Waiting for pipe to be written to";
    test.for([
      ["report", "pipe"],
      ["compare", "pipe", "pipe"],
      ["trend", "pipe"],
      ["run", "pipe"],
      ["validate", "pipe"],
      ["import", "pipe"],
    ])("is named, and SIGINT ends the command: %s %s", async (words, { onTestFinished }) => {
      const directory = workplace(onTestFinished);
      runTool("mkfifo", join(directory, "pipe"));
      const command = start(onTestFinished, words, { directory });
      await command.says(/^Waiting for /m);
      command.signal("SIGINT");
      expect(await command.ended).toMatchObject({ code: 130, stderr: `${NAMED}\n` });
    });
  });

  test("a pipe from which nobody reads is named, and SIGINT ends the command", async ({ onTestFinished }) => {
    const profile = { name: "p", rounds: 1, target: { path: "t.dat", size: "64KiB" }, jobs: [JOB] };
    const directory = workplace(onTestFinished, { "p.json": profile });
    const path = join(directory, "pipe.json");
    runTool("mkfifo", path);
    // Open at both ends, and full.
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    onTestFinished(() => closeSync(pipe));
    writeSync(pipe, Buffer.alloc(PIPE_BYTES));
    const command = start(onTestFinished, ["run", "p.json", "--output", path], { directory });
    await command.says(/^Waiting for \/.*\/pipe\.json to be read/m);
    command.signal("SIGINT");
    expect((await command.ended).code).toBe(130);
  });
});
