// Every method, alone and with three threads -> I/Os without errors, by the calls that it is said to make.

import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { CaseResult, Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { undoAfterAll } from "../support/undo.ts";

const IOS = 300;
/** Method, queue depth, what is called, by which operations for writes and reads. */
const TABLE = [
  ["writefile", 1, "pwrite", ["pwrite", "pread"]],
  ["writefile", 4, "io_uring", ["IORING_OP_WRITE_FIXED", "IORING_OP_READ_FIXED"]],
  ["writefileex", 1, "libaio", ["io_submit", "io_getevents", "IOCB_CMD_PWRITE", "IOCB_CMD_PREAD"]],
  ["writefileex", 4, "libaio", ["io_submit", "io_getevents", "IOCB_CMD_PWRITE", "IOCB_CMD_PREAD"]],
  ["gather", 1, "pwritev", ["pwritev", "preadv"]],
  ["gather", 4, "io_uring", ["IORING_OP_WRITEV", "IORING_OP_READV"]],
  ["mapped", 1, "mmap", ["mmap", "memmove", "memcpy", "msync"]],
  ["null", 4, "null", []],
  ["simulated", 4, "simulated", ["simulated"]],
] as const;
const PROFILE = {
  name: "every-method",
  rounds: 1,
  target: { path: "test.dat", size: "2MiB" },
  defaults: { operation: "mixed", blockSize: "16KiB", threads: [1, 3], ios: IOS, warmup: "10ms", duration: "20s" },
  jobs: TABLE.map(([method, queueDepth], index) => ({
    name: `job-${index}`,
    method,
    queueDepth,
    pattern: index % 2 === 0 ? "random" : "sequential",
  })),
};

describe("every method", () => {
  const undo = undoAfterAll();
  let result: Result;
  beforeAll(async () => {
    const directory = workplace(undo, { "p.json": PROFILE });
    expect(await diskbench(undo, ["run", "p.json", "--quiet"], { directory })).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
    result = resultIn(directory);
  });
  const casesOf = (job: string): readonly CaseResult[] => result.cases.filter((each) => each.job === job);

  test.for(TABLE.map((row, index) => [...row, `job-${index}`] as const))(
    "%s at depth %i calls %s, with one thread and with three",
    ([, queueDepth, nativeCall, operations, job]) => {
      expect(casesOf(job).map(({ settings }) => settings.threads)).toEqual([1, 3]);
      for (const { settings, rounds, state } of casesOf(job)) {
        expect(state).toBe("completed");
        expect(settings).toMatchObject({ nativeCall, queueDepth });
        // As few rights to lock memory as some machines give make it the plain operations.
        const plain = operations.map((name) => name.replace("_FIXED", ""));
        expect([operations, plain]).toContainEqual(settings.nativeOperations);
        const [round] = rounds;
        expect(round?.total.ios).toBe(IOS);
        expect(round?.errors).toMatchObject({ failed: 0, short: 0, byCode: {} });
        expect((round?.read?.ios ?? 0) + (round?.write?.ios ?? 0)).toBe(IOS);
        expect(round?.read?.ios).toBeGreaterThan(IOS / 4);
        expect(round?.outsideWindow.ios).toBeGreaterThan(0);
        expect(round?.effectiveQueueDepth).toBeLessThanOrEqual(queueDepth * settings.threads + 1e-6);
        expect(round?.intervals.reduce((sum, { ios }) => sum + ios, 0)).toBe(IOS);
      }
    },
  );

  test("mapped cases tell first touch and flush apart", () => {
    for (const { rounds } of casesOf("job-6")) {
      expect(rounds[0]?.firstTouch === null || (rounds[0]?.firstTouch.count ?? 0) <= IOS).toBe(true);
      expect(rounds[0]?.flush?.count).toBeGreaterThan(0);
    }
  });
});
