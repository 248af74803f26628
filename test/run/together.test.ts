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
  const [oltp] = result.cases;
  expect([result.cases.length, oltp?.id, oltp?.state]).toEqual([1, "oltp", "completed"]);
  const [rows, log] = oltp?.members ?? [];
  expect([rows?.settings.nativeCall, log?.settings.nativeCall]).toEqual(["pwrite", "io_uring"]);
  expect(oltp?.settings.nativeOperations).toEqual([
    ...(rows?.settings.nativeOperations ?? []),
    ...(log?.settings.nativeOperations ?? []),
  ]);
  expect(oltp?.rounds).toHaveLength(ROUNDS);
  for (const round of oltp?.rounds ?? []) {
    const [ofRows, ofLog] = round.members ?? [];
    if (ofRows === undefined || ofLog === undefined) throw new RangeError("a member is missing");
    expect([ofRows.id, ofLog.id]).toEqual([rows?.id, log?.id]);
    expect([ofRows.threads?.length, ofLog.threads?.length, round.threads?.length]).toEqual([2, 1, 3]);
    expect(Math.min(ofRows.total.ios, ofLog.total.ios)).toBeGreaterThan(0);
    expect(round.total.ios).toBe(ofRows.total.ios + ofLog.total.ios);
    expect(round.total.bytes).toBe(4096 * ofRows.total.ios + 16_384 * ofLog.total.ios);
    expect(round.read?.ios).toBe(ofRows.read?.ios);
    expect(round.intervals.reduce((ios, interval) => ios + interval.ios, 0)).toBe(round.total.ios);
    expect([ofRows.flush, ofLog.flush?.count, round.flush?.count]).toEqual([null, 1, 1]);
    expect(round.cpu.userSeconds).toBeGreaterThan(0);
  }
  expect(oltp?.checks.find(({ code }) => code === "sums")?.message).toMatch(/^Every figure/);
  expect([rows?.summary?.ios, log?.summary?.ios].map(Number).reduce((sum, ios) => sum + ios)).toBe(oltp?.summary?.ios);
  expect(events).toContain("round-start oltp");
  const table = renderTable(result, { color: false, width: 100, mebibytes: false });
  expect(table).toMatch(/^    rows +[\d.,]+/m);
  expect(table).toMatch(/^    rows read +[\d.,]+/m);
  expect(table).toMatch(/^    log +[\d.,]+/m);
});

test("the I/O limit of a member ends that member only", () => {
  const { result } = runTogether([
    { name: "few", operation: "write", blockSize: "4KiB", ios: IOS, duration: "400ms", warmup: 0 },
    { name: "long", operation: "read", blockSize: "4KiB", duration: "400ms", warmup: 0 },
  ]);
  const round = result.cases[0]?.rounds[0];
  const [few, long] = round?.members ?? [];
  expect(few?.total.ios).toBe(IOS);
  expect(long?.measuredSeconds).toBe(0.4);
  expect(round).toMatchObject({ measuredSeconds: 0.4, write: { ios: IOS } });
});

test("a member that fails ends the round, and the case says which errors it had", () => {
  const { result } = runTogether(
    [
      { name: "broken", operation: "write", blockSize: "4KiB", duration: "20s", warmup: 0, method: "simulated" },
      { name: "sound", operation: "read", blockSize: "4KiB", duration: "20s", warmup: 0 },
    ],
    { DISKBENCH_SIMULATION: '{"errorRate":1}' },
  );
  const [oltp] = result.cases;
  expect([oltp?.state, oltp?.failure?.code, oltp?.rounds]).toEqual(["failed", "IO_FAILED", []]);
  const [broken, sound] = oltp?.interruptedRound?.members ?? [];
  expect(broken?.errors.failed).toBeGreaterThan(0);
  expect(sound?.errors.failed).toBe(0);
});
