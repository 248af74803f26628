// SIGUSR1 at every moment and to every process of a command -> a line that says how far it is, and never a debugger.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { childrenOf, resultIn, start, until, workplace, type RunningCommand } from "../support/diskbench.ts";

const PROFILE = {
  name: "p",
  rounds: 2,
  target: { path: "test.dat", size: "4MiB" },
  jobs: [{ name: "reads", method: "pwrite", blockSize: "4KiB", duration: "1s", warmup: "500ms" }],
};
const QUEUED = { ...PROFILE, jobs: [{ ...PROFILE.jobs[0], method: "writefile", queueDepth: 8 }] };
const STATUS =
  /^\[\d\/2\] reads\/\S+: (warm-up|measure) \d+\/\S+, [\d.,]+k? IOPS, [\d.,]+ MB\/s, \d+s elapsed, \d+s left; \d+ I\/Os, [\d.]+ [KMGi]*B so far$/m;

/** Inodes of TCP sockets that anybody could connect to (proc(5): the fourth field is the state, 0A is LISTEN). */
function listeningInodes(): ReadonlySet<string> {
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => readFileSync(path, "utf8").trim().split("\n"));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return new Set(fields.filter(([, , , state]) => state === "0A").map((each) => each[9] ?? ""));
}

/** Whether a debugger could connect to the process. */
function listens(processId: number): boolean {
  const open = listeningInodes();
  try {
    return readdirSync(`/proc/${processId}/fd`).some((name) => {
      const [, inode = ""] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${processId}/fd/${name}`)) ?? [];
      return open.has(inode);
    });
  } catch {
    // It has ended, or has just closed one.
    return false;
  }
}

/** Node itself opens one for a signal that comes while it starts; that one is closed as soon as diskbench is loaded. */
async function expectNoDebugger(command: RunningCommand): Promise<void> {
  await until("no process has a debugger", () => {
    return ![command.processId, ...childrenOf(command.processId)].some(listens);
  });
}

describe("a run that is asked how far it is", () => {
  test.for([[[]], [["--no-progress"]], [["--quiet"]]] as const)(
    "says so, with %s",
    async ([flags], { onTestFinished }) => {
      const directory = workplace(onTestFinished, { "p.json": PROFILE });
      const command = start(onTestFinished, ["run", "p.json", ...flags], { directory });
      for (let asked = 0; asked < 400 && !STATUS.test(command.stderr); asked += 1) {
        await sleep(100);
        // As `kill -USR1 -<group>` does: the engine has it too.
        if (command.engineId !== 0) command.signalGroup("SIGUSR1");
      }
      expect(command.stderr).toMatch(STATUS);
      await expectNoDebugger(command);
      const { code, stdout } = await command.ended;
      expect(code).toBe(0);
      expect(stdout).not.toMatch(STATUS);
      expect(resultIn(directory).cases[0]?.rounds).toHaveLength(2);
    },
  );

  test("does not mind a stream of such signals, and neither does its engine", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": QUEUED });
    const command = start(onTestFinished, ["run", "p.json", "--quiet"], { directory });
    await until("the engine is there", () => command.engineId !== 0);
    const { engineId } = command;
    const progress = { isOver: false };
    void command.ended.then(() => (progress.isOver = true));
    while (!progress.isOver) {
      if (childrenOf(command.processId).includes(engineId)) process.kill(engineId, "SIGUSR1");
      await sleep(5);
    }
    const { code } = await command.ended;
    expect(code).toBe(0);
    const { state, cases } = resultIn(directory);
    expect(state).toBe("completed");
    expect(cases[0]?.rounds.map(({ errors }) => errors.failed + errors.short)).toEqual([0, 0]);
  });

  test("leaves no debugger open, however early it is asked", { timeout: 120_000 }, async ({ onTestFinished }) => {
    const brief = { ...PROFILE, jobs: [{ name: "a", method: "simulated", duration: "500ms", warmup: 0 }] };
    const codes: number[] = [];
    for (const moment of [0, 15, 30, 45, 60, 80, 100, 140]) {
      const directory = workplace(onTestFinished, { "p.json": brief });
      const command = start(onTestFinished, ["run", "p.json"], { directory });
      await sleep(moment);
      command.signalGroup("SIGUSR1");
      let isOver = false;
      void command.ended.then(() => (isOver = true));
      await until("it measures, or has ended", () => isOver || command.stderr.includes("measure"));
      await expectNoDebugger(command);
      codes.push((await command.ended).code);
    }
    // Before the first lines of node itself have run, which take a moment, the signal ends a program (execve(2)).
    expect(codes.filter((code) => code !== 0 && code !== 128)).toEqual([]);
    expect(codes.filter((code) => code === 0).length).toBeGreaterThan(2);
  });

  test("starts its engine again when the signal was too early for that", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    // Preloaded by the engine only: it ends as the signal would have ended it, the first time.
    const preload = `import{existsSync as e,writeFileSync as w}from"node:fs";if(process.channel&&!e("once")){w("once","");process.kill(process.pid,"SIGUSR1");process.kill(process.pid,"SIGSTOP")}`;
    const encoded = `data:text/javascript,${encodeURIComponent(preload)}`;
    const environment = { NODE_OPTIONS: `--import=${encoded}` };
    const command = start(onTestFinished, ["run", "p.json", "--quiet"], { directory, environment });
    await until("the first engine has stopped", () => readdirSync(directory).includes("once"));
    const first = command.engineId;
    await until("the first engine is stopped", () =>
      /^State:\s+T/m.test(readFileSync(`/proc/${first}/status`, "utf8")),
    );
    command.signal("SIGCONT");
    process.kill(first, "SIGCONT");
    const { code } = await command.ended;
    expect(code).toBe(0);
    expect(resultIn(directory).state).toBe("completed");
  });
});

describe("other commands", () => {
  test("take no notice, and open no debugger either", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished, { "p.json": PROFILE });
    // It waits for standard input.
    const prefix = ["sh", "-c", `trap "" USR1; (sleep 4; cat p.json) | "$@"`, "sh"];
    const command = start(onTestFinished, ["validate", "-"], { directory, prefix });
    const node = (): number => childrenOf(command.processId).at(-1) ?? 0;
    await until("it waits", () => {
      const id = node();
      return id !== 0 && readFileSync(`/proc/${id}/cmdline`, "utf8").includes("validate");
    });
    for (let asked = 0; asked < 10; asked += 1) {
      await sleep(100);
      process.kill(node(), "SIGUSR1");
    }
    expect(listens(node())).toBe(false);
    const { code, stdout } = await command.ended;
    expect([code, stdout]).toEqual([0, "standard input: valid, 1 case of 2 rounds each\n"]);
  });
});
