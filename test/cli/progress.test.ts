// Run events -> what appears on a terminal and in a log while a run goes on.

import { expect, test } from "vitest";
import { createProgress, type ProgressMode } from "../../src/cli/progress.ts";
import { displayWidth } from "../../src/shared/text.ts";
import type { RunEvent } from "../../src/run/events.ts";

const PLAN: RunEvent = {
  kind: "plan",
  cases: 6,
  rounds: 18,
  estimatedSeconds: 220,
  fillBytes: 256 * 1024 ** 2,
  writtenBytes: null,
};
const START: RunEvent = {
  kind: "round-start",
  caseId: "rand-write/writefile/write/random/4KiB/q8/t1",
  roundNumber: 3,
  roundCount: 18,
  warmupSeconds: 2,
  durationSeconds: 10,
  remainingSeconds: 190,
};
const END: RunEvent = { kind: "round-end", caseId: START.caseId, iops: 142_310, bytesPerSecond: 582_901_760 };

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

test("a terminal has one line redrawn, never wider than it is, and the name gives way first", () => {
  const { tell, written, shown } = watched({ isTTY: true, columns: 80 });
  tell(START);
  tell(progressOf("measure", 4), 6000);
  expect(shown()).toBe("[3/18] rand-w…q8/t1: measure 4/10s, 142k IOPS, 583 MB/s, 6s elapsed, 3m04s left");
  expect(written.every((text) => !text.includes("\n"))).toBe(true);
  for (const columns of [10, 40, 79, 80, 200]) {
    const narrow = watched({ isTTY: true, columns });
    narrow.tell(START);
    narrow.tell(progressOf("measure", 4), 6000);
    expect(displayWidth(narrow.shown())).toBeLessThan(columns);
  }
});

test("a terminal that is told many things redraws at most ten times a second", () => {
  const { tell, written } = watched({ isTTY: true, columns: 80 });
  tell(START);
  for (let step = 1; step <= 1000; step++) tell(progressOf("warmup", step / 1000), 1);
  expect(written.length).toBeLessThanOrEqual(11);
});

test("a notice stays above the line that is redrawn", () => {
  const { tell, written } = watched({ isTTY: true, columns: 80 });
  tell(START);
  const line = written.at(-1);
  tell({ kind: "notice", text: "The file was left behind\u001b[2J" });
  expect(written.slice(-3)).toEqual(["\r\u001b[2K", "The file was left behind\\u{1b}[2J\n", line]);
});

test("stopping clears the line, leaves the cursor alone, and may be done twice", () => {
  const { tell, stop, text } = watched({ isTTY: true, columns: 80 });
  tell(START);
  stop();
  stop();
  expect(text().endsWith("\r\u001b[2K")).toBe(true);
  expect(text().split("\u001b[2K")).toHaveLength(3);
  expect(text()).not.toContain("\u001b[?25l");
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

test("the line on a terminal stays where it is when somebody asks", () => {
  const { tell, ask, shown, text } = watched({ isTTY: true, columns: 200 });
  tell(PLAN);
  tell(START);
  tell(progressOf("measure", 4), 6000);
  const before = shown();
  ask();
  expect(text()).toContain("so far\n");
  expect(shown()).toBe(before);
});
