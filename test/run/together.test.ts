// Cases that run together -> figures of their own, and one sum of them all, which the result and its tables hold.

import { spawnSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { renderTable } from "../report/writers.ts";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import { temporaryDirectory } from "../support/places.ts";

const RUNNER = new URL("together.mjs", import.meta.url).pathname;
const IOS = 600;
const ROUNDS = 2;

function runTogether(
  jobs: readonly object[],
  environment: NodeJS.ProcessEnv = {},
): { readonly result: Result; readonly events: string } {
  const directory = temporaryDirectory(onTestFinished);
  const profile = { name: "oltp", rounds: ROUNDS, target: { path: "oltp.dat", size: "4MiB" }, jobs };
  const { stdout, stderr } = spawnSync(process.execPath, [RUNNER, "oltp"], {
    cwd: directory,
    env: { ...process.env, ...environment },
    input: JSON.stringify(profile),
    encoding: "utf8",
  });
  return { result: parseResult(stdout, "together"), events: stderr };
}

test("members have back ends, sizes and threads of their own, and their sum is exact", () => {
  const { result, events } = runTogether([
    {
      name: "rows",
      operation: "mixed",
      pattern: "random",
      blockSize: "4KiB",
      threads: 2,
      duration: "1200ms",
      warmup: 0,
    },
    { name: "log", operation: "write", blockSize: "16KiB", queueDepth: 4, flush: "end", duration: "1200ms", warmup: 0 },
  ]);
  expect(result.failures).toEqual([]);
  expect(result.cases.map(({ state }) => state)).toEqual(["completed", "completed"]);
  expect(result.order.rounds).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  const [rows, log] = result.cases;
  const [group] = result.groups;
  expect(group).toMatchObject({ id: "oltp", cases: [0, 1] });
  expect(group?.rounds).toHaveLength(2);
  expect(rows?.settings.nativeCall).toBe("pwrite");
  expect(log?.settings.nativeCall).toBe("io_uring");
  for (const [index, sum] of (group?.rounds ?? []).entries()) {
    const [ofRows, ofLog] = [rows?.rounds[index], log?.rounds[index]];
    if (ofRows === undefined || ofLog === undefined) throw new RangeError("a member has no such round");
    expect(ofRows.threads).toHaveLength(2);
    expect(ofLog.threads).toHaveLength(1);
    expect(sum.threads).toHaveLength(3);
    expect(Math.min(ofRows.total.ios, ofLog.total.ios)).toBeGreaterThan(0);
    expect(sum.total.ios).toBe(ofRows.total.ios + ofLog.total.ios);
    expect(sum.total.bytes).toBe(4096 * ofRows.total.ios + 16_384 * ofLog.total.ios);
    expect(sum.read?.ios).toBe(ofRows.read?.ios);
    expect(sum.intervals.reduce((ios, interval) => ios + interval.ios, 0)).toBe(sum.total.ios);
    expect(sum.flush?.count).toBe(1);
    expect([ofRows.cpu, ofLog.cpu]).toEqual([null, null]);
    expect(sum.cpu?.userSeconds).toBeGreaterThan(0);
    expect(sum.surroundings).not.toBeNull();
  }
  expect([rows, log].map((each) => each?.checks.find(({ code }) => code === "sums")?.status)).toEqual(["pass", "pass"]);
  expect(result.checks.find(({ code }) => code === "sums")?.status).toBe("pass");
  expect(events).toContain("round-start oltp");
  const table = renderTable(result, { color: false, width: 100, mebibytes: false });
  expect(table).toContain("oltp:\n  2 cases together ");
});

test("the I/O limit of a member ends that member only", () => {
  const { result } = runTogether([
    { name: "few", operation: "write", blockSize: "4KiB", ios: IOS, duration: "400ms", warmup: 0 },
    { name: "long", operation: "read", blockSize: "4KiB", duration: "400ms", warmup: 0 },
  ]);
  const [few, long] = result.cases.map(({ rounds: [round] }) => round);
  expect(few?.total.ios).toBe(IOS);
  expect(long?.measuredSeconds).toBe(0.4);
  expect(result.groups[0]?.rounds[0]).toMatchObject({ measuredSeconds: 0.4, write: { ios: IOS } });
});

test("a member that fails ends the round; the other one is cut short and has no failure of its own", () => {
  const { result } = runTogether(
    [
      { name: "broken", operation: "write", blockSize: "4KiB", duration: "20s", warmup: 0, method: "simulated" },
      { name: "sound", operation: "read", blockSize: "4KiB", duration: "20s", warmup: 0 },
    ],
    { DISKBENCH_SIMULATION: '{"errorRate":1}' },
  );
  const [broken, sound] = result.cases;
  expect([broken?.state, broken?.failure?.code]).toEqual(["failed", "IO_FAILED"]);
  expect([sound?.state, sound?.failure]).toEqual(["aborted", null]);
  expect(result.groups[0]?.rounds).toEqual([]);
});
