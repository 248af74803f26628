// Run events -> what appears on a terminal and in a log while a run goes on.

import { expect, test } from "vitest";
import { createProgress, type ProgressMode } from "../../src/cli/progress.ts";
import type { RunEvent } from "../../src/run/events.ts";
import { START } from "./run-events.ts";

const PLAN: RunEvent = {
  kind: "plan",
  cases: 6,
  rounds: 18,
  estimatedSeconds: 220,
  fillBytes: 256 * 1024 ** 2,
  writtenBytes: null,
};
const END: RunEvent = { kind: "round-end", caseId: START.caseId, iops: 142_310, bytesPerSecond: 582_901_760 };

const caseEnd = (state: "completed" | "failed"): Extract<RunEvent, { kind: "case-end" }> => ({
  kind: "case-end",
  caseId: START.caseId,
  state,
  rounds: 3,
  figures: { iops: 142_310, bytesPerSecond: 582_901_760, p99Ns: 250_000 },
});
const progressOf = (phase: "warmup" | "measure" | "drain", elapsedSeconds: number): RunEvent => ({
  kind: "round-progress",
  phase,
  elapsedSeconds,
  ios: 1000,
  bytes: 4_096_000,
  iops: 142_310.4,
  bytesPerSecond: 582_903_398,
  p99Ns: 250_000,
});
const fillOf = (bytesDone: number): RunEvent => ({
  kind: "target-fill",
  target: "diskbench.dat",
  bytesDone,
  bytesTotal: 1024 ** 3,
  bytesPerSecond: 500e6,
});

/** Progress that writes into a list and reads a clock that the test moves. */
function watched(stream: { isTTY?: boolean; columns?: number }, mode: ProgressMode = "full") {
  const written: string[] = [];
  let milliseconds = 0;
  const progress = createProgress(
    { ...stream, write: (text) => written.push(text) },
    { mode, now: () => milliseconds },
  );
  return {
    written,
    stop: progress.stop,
    ask: progress.sayStatus,
    /** Hands over an event `afterMs` after the one before. */
    tell: (event: RunEvent, afterMs = 0): void => {
      milliseconds += afterMs;
      progress.handle(event);
    },
    text: (): string => written.join(""),
    /** What the last line shows, the escape sequence that clears it left out. */
    shown: (): string => (written.at(-1) ?? "").replace("\r\u001b[2K", ""),
  };
}

test("a log gets one line per phase, and one every ten seconds in between", () => {
  const { tell, text } = watched({});
  tell(PLAN);
  tell(fillOf(0));
  tell(fillOf(1024 ** 3 / 2), 1000);
  tell(fillOf(1024 ** 3), 1000);
  tell(START);
  tell(progressOf("warmup", 1), 1000);
  tell(progressOf("measure", 0), 1000);
  for (let second = 1; second <= 15; second++) tell(progressOf("measure", second), 1000);
  tell(progressOf("drain", 0));
  tell(END, 100);
  expect(text().split("\n")).toEqual([
    "6 cases, 18 rounds, about 3m40s",
    "fill diskbench.dat: 0% of 1.00 GiB, 500 MB/s, 0s elapsed, 3s left",
    "fill diskbench.dat: 100% of 1.00 GiB, 500 MB/s, 2s elapsed, 0s left",
    "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: warm-up 0/2s, 2s elapsed, 3m10s left",
    "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: measure 0/10s, 142k IOPS, 583 MB/s, 4s elapsed, 3m08s left",
    "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: measure 10/10s, 142k IOPS, 583 MB/s, 14s elapsed, 2m58s left",
    "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: drain, 19s elapsed, 2m53s left",
    "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: done, 142k IOPS, 583 MB/s",
    "",
  ]);
});

test("a log holds no escape sequence", () => {
  const { tell, text } = watched({});
  for (const event of [PLAN, fillOf(5), START, progressOf("measure", 1), END]) tell(event, 20_000);
  expect(text()).not.toContain("\u001b");
});

test("a log has a line for each case that has ended", () => {
  const { tell, text } = watched({});
  tell(caseEnd("completed"));
  tell({ ...caseEnd("failed"), figures: null, rounds: 0 });
  expect(text().split("\n")).toEqual([
    `${START.caseId}: 142k IOPS, 583 MB/s, p99 250 us, 3 rounds`,
    `${START.caseId}: failed, 0 rounds`,
    "",
  ]);
});

test.each([0, 1, 19])("a terminal of %d columns is written to as a log", (columns) => {
  const { tell, text, stop } = watched({ isTTY: true, columns });
  for (const event of [PLAN, START, progressOf("measure", 1), caseEnd("completed")]) tell(event, 20_000);
  stop();
  expect(text()).not.toContain("\u001b");
  expect(text()).toContain(`${START.caseId}: 142k IOPS`);
});

test("--no-progress leaves notices, --quiet leaves nothing", () => {
  const events = [PLAN, START, { kind: "notice", text: "Look here" }, progressOf("measure", 1), END] as const;
  const notices = watched({ isTTY: true }, "notices");
  const silent = watched({ isTTY: true }, "silent");
  for (const event of events) {
    notices.tell(event, 20_000);
    silent.tell(event, 20_000);
  }
  expect(notices.text()).toBe("Look here\n");
  expect(silent.text()).toBe("");
});

test("one case and one round are counted as one", () => {
  const { tell, text } = watched({});
  tell({ ...PLAN, cases: 1, rounds: 1, fillBytes: 0, writtenBytes: 0 });
  expect(text()).toBe("1 case, 1 round, about 3m40s\n");
});

test.each(["full", "notices", "silent"] as const)("whoever asks is told how far the run is, in mode %s", (mode) => {
  const { tell, ask, shown } = watched({}, mode);
  tell(PLAN);
  ask();
  expect(shown()).toBe("getting ready, nothing is measured yet: 0s elapsed\n");
  tell(fillOf(1024 ** 3 / 2), 1000);
  ask();
  expect(shown()).toBe("fill diskbench.dat: 50% of 1.00 GiB, 500 MB/s, 1s elapsed, 2s left\n");
  tell(START);
  ask();
  expect(shown()).toBe(`[3/18] ${START.caseId}: warm-up 0/2s, 1s elapsed, 3m10s left\n`);
  tell(progressOf("measure", 4), 6000);
  ask();
  expect(shown()).toBe(
    `[3/18] ${START.caseId}: measure 4/10s, 142k IOPS, 583 MB/s, 7s elapsed, 3m04s left; 1000 I/Os, 3.91 MiB so far\n`,
  );
  tell(END, 6000);
  ask();
  expect(shown()).toBe(`[3/18] ${START.caseId}: done, 142k IOPS, 583 MB/s\n`);
});
