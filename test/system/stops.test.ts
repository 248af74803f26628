// An engine that is stopped, frozen or starved in its window -> the check that names it, and figures that do not count it.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CaseResult, Check } from "../../src/result/result.ts";
import { diskbench, resultIn, start, workplace, type RunningCommand } from "../support/diskbench.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { describeWith } from "../support/requirements.ts";
import { FREEZER, frozenGroup, QUOTA, quotaGroup } from "../support/time-group.ts";
import type { Undo } from "../support/undo.ts";

const WINDOW_SECONDS = 3;
const MEBIBYTE = 2 ** 20;
/** Rounds that are all measured once; the first is the one that something happens to. */
const profileOf = (job: object, rounds = 1): object => ({
  name: "stops",
  rounds,
  target: { path: "test.dat", size: "16MiB" },
  defaults: { operation: "read", blockSize: "4KiB", duration: `${WINDOW_SECONDS}s`, warmup: "200ms" },
  jobs: [{ name: "a", ...job }],
});

const checkOf = ({ checks }: CaseResult, code: string): Check | undefined =>
  checks.find((check) => check.code === code);
const pausesOf = (each: CaseResult): Check | undefined => checkOf(each, "pauses");

interface Measured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly case: CaseResult;
}

/** Runs a profile and does something to the command, or its engine, a moment after its first window has opened. */
async function disturbed(
  undo: Undo,
  job: object,
  disturb: (command: RunningCommand) => Promise<void>,
  rounds = 1,
): Promise<Measured> {
  const directory = workplace(undo, { "p.json": profileOf(job, rounds) });
  const command = start(undo, ["run", "p.json"], { directory });
  await command.says(/measure/);
  await disturb(command);
  const ended = await command.ended;
  const [only] = resultIn(directory).cases;
  if (only === undefined) throw new Error("a run without a case");
  return { ...ended, case: only };
}

/** For half of the window. */
async function stopFor(processIds: readonly number[], seconds = WINDOW_SECONDS / 2): Promise<void> {
  const signal = (name: NodeJS.Signals): void => processIds.forEach((id) => process.kill(id, name));
  signal("SIGSTOP");
  await sleep(seconds * 1000);
  signal("SIGCONT");
}

/** A run of one round, which does not count: so nothing does. */
function expectStopped({ code, stdout, stderr, case: each }: Measured, who: "engine" | "command"): void {
  expect([code, each.state, each.rounds.length, each.summary]).toEqual([1, "completed", 1, null]);
  expect(pausesOf(each)).toMatchObject({ status: "fail" });
  expect(checkOf(each, "sums")).toMatchObject({ status: "pass" });
  expect(stderr).toContain(`does not count: the ${who} stood still for up to `);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("fail pauses: In 1 of 1 rounds diskbench itself was stopped");
  const seconds = each.rounds[0]?.stopped?.[`${who}Seconds`];
  // From the last look before to the first one after; a look is due every quarter of a second.
  expect(seconds).toBeGreaterThan(WINDOW_SECONDS / 2 - 0.3);
}

const METHODS = [
  { method: "mapped", queueDepth: 1 },
  { method: "pwrite", queueDepth: 1 },
  { method: "io_uring", queueDepth: 16 },
];

describe("a window in which the engine is stopped", () => {
  test.each(METHODS)("does not count: %j", async (job) => {
    // For long enough that a device would be named.
    const run = await disturbed(onTestFinished, job, ({ engineId }) => stopFor([engineId], 1.6));
    expectStopped(run, "engine");
    expect(run.stderr).not.toContain("Waiting for");
  });

  test("does not count either when the command is stopped with it, as by Ctrl-Z", async () => {
    const both = ({ engineId, processId }: RunningCommand) => stopFor([engineId, processId]);
    expectStopped(await disturbed(onTestFinished, { method: "pwrite" }, both), "engine");
  });

  test("leaves the other rounds their figures", async () => {
    const job = { method: "pwrite" };
    const { code, case: each } = await disturbed(onTestFinished, job, ({ engineId }) => stopFor([engineId]), 3);
    expect([code, each.rounds.length]).toEqual([1, 3]);
    const [, second, third] = each.rounds.map(({ total }) => total.iops);
    expect(each.summary?.iops.max).toBe(Math.max(second ?? 0, third ?? 0));
    expect(each.summary?.iops.min).toBe(Math.min(second ?? 0, third ?? 0));
    expect(checkOf(each, "sums")).toMatchObject({ status: "pass" });
    expect(pausesOf(each)?.message).toMatch(/^In 1 of 3 rounds .* it counts in no figure/);
  });
});

test("a window in which nobody looked after the engine does not count", async () => {
  // Long enough for all of the stop to lie in it, however late a busy machine is told that it has opened.
  const job = { method: "pwrite", duration: "4s" };
  expectStopped(await disturbed(onTestFinished, job, ({ processId }) => stopFor([processId], 1.4)), "command");
});

describeWith(["root", FREEZER], "a frozen engine", () => {
  test("makes its window one that does not count", async () => {
    const freeze = async ({ engineId }: RunningCommand): Promise<void> => {
      const group = frozenGroup(onTestFinished, engineId);
      group.freeze();
      await sleep((WINDOW_SECONDS / 2) * 1000);
      group.thaw();
    };
    expectStopped(await disturbed(onTestFinished, { method: "pwrite" }, freeze), "engine");
  });
});

describeWith(["root", QUOTA], "a tenth of a CPU", () => {
  test("is named", async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf({ method: "pwrite" }) });
    const prefix = quotaGroup(onTestFinished, 10);
    await diskbench(onTestFinished, ["run", "p.json"], { directory, prefix });
    const [each] = resultIn(directory).cases;
    expect(each && pausesOf(each)).toMatchObject({ status: "warn" });
    expect(each && pausesOf(each)?.message).toMatch(/^The workers waited for a CPU during \d+ % of a window/);
  });
});

test("programs that use all CPUs are named where the device has a queue to work on meanwhile", async () => {
  for (let cpu = 0; cpu < 2 * availableParallelism(); cpu += 1) {
    const hog = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
    onTestFinished(() => void hog.kill("SIGKILL"));
  }
  const directory = workplace(onTestFinished, { "p.json": profileOf({ method: "io_uring", queueDepth: 16 }) });
  await diskbench(onTestFinished, ["run", "p.json"], { directory });
  const [each] = resultIn(directory).cases;
  expect(each && pausesOf(each)).toMatchObject({ status: "warn" });
  // Each session has its share of the CPUs (autogroups, sched(7)): whether the loop itself waits depends on the system.
  expect(each && pausesOf(each)?.message).toMatch(
    /^(The workers waited for a CPU|Other programs used \d+ % of this machine's CPU time)/,
  );
});

describeWith(
  ["root", "nbdkit", "nbdfuse", "/dev/fuse"],
  "a device that takes longer than an interval for an I/O",
  () => {
    test.each(METHODS)("is slow, and nobody was stopped: %j", async (job) => {
      const parameters = ["--filter=delay", "memory", String(16 * MEBIBYTE), "rdelay=1200ms"];
      const path = await nbdFile(onTestFinished, 16 * MEBIBYTE, parameters);
      const target = { path, preallocate: "none", fill: "none" };
      const directory = workplace(onTestFinished, { "p.json": { ...profileOf(job), target } });
      const { stderr } = await diskbench(onTestFinished, ["run", "p.json", "--force"], { directory });
      expect(stderr).not.toContain("does not count");
      const [round] = resultIn(directory).cases[0]?.rounds ?? [];
      expect(round?.stopped).toMatchObject({ engineSeconds: 0 });
      // What is in flight as the window closes ends outside it.
      expect(round?.outsideWindow.ios).toBe(job.queueDepth);
      // The kernel hands a FUSE server one I/O of the ring after the other: of 16 none need end within the window.
      if (job.queueDepth === 1) expect(round?.total.ios).toBeGreaterThan(0);
    });
  },
);
