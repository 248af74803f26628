// Run events -> what a terminal shows while a run goes on, whatever its width, and when it is resized or stopped.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createProgress, type Progress } from "../../src/cli/progress.ts";
import type { RunEvent } from "../../src/run/events.ts";
import { displayWidth } from "../../src/shared/text.ts";
import type { Undo } from "../support/undo.ts";
import { START } from "./run-events.ts";

const PROGRESS: RunEvent = {
  kind: "round-progress",
  phase: "measure",
  elapsedSeconds: 4,
  ios: 1000,
  bytes: 4_096_000,
  iops: 142_310,
  bytesPerSecond: 582_903_398,
  p99Ns: 250_000,
};
const CASE_END: RunEvent = {
  kind: "case-end",
  caseId: START.caseId,
  state: "completed",
  rounds: 3,
  figures: { iops: 142_310, bytesPerSecond: 582_901_760, p99Ns: 250_000 },
};
/** Longer than ora waits between two frames. */
const FRAME_MS = 350;

/** Shows as a terminal does what progress writes; lines that are too wide go on in the next. */
class Screen {
  readonly isTTY = true;
  readonly written: string[] = [];
  columns: number;
  readonly ascii: boolean;
  #rows: string[] = [""];
  #row = 0;

  constructor(columns: number, ascii = false) {
    this.columns = columns;
    this.ascii = ascii;
  }

  write(text: string): void {
    this.written.push(text);
    // eslint-disable-next-line no-control-regex
    for (const [part] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|[\s\S]/gu)) this.#take(part);
  }

  #take(part: string): void {
    if (part === "\n") this.#row += 1;
    else if (part === "\r") return;
    else if (part.endsWith("A")) this.#row -= Number(part.slice(2, -1));
    else if (part === "\u001b[J") this.#rows = [...this.#rows.slice(0, this.#row), ""];
    else if (!part.startsWith("\u001b")) {
      if (displayWidth(this.#rows[this.#row] ?? "") >= this.columns) this.#row += 1;
      this.#rows[this.#row] = (this.#rows[this.#row] ?? "") + part;
    }
  }

  /** A terminal that becomes narrower breaks what it shows into more lines. */
  resize(columns: number): void {
    this.columns = columns;
    const before = this.#rows.slice(0, this.#row + 1);
    this.#rows = before.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""]);
    this.#row = this.#rows.length - 1;
  }

  get lines(): readonly string[] {
    return this.#rows.map((row) => row.trimEnd());
  }
}

async function shown(undo: Undo, screen: Screen, ...events: readonly RunEvent[]): Promise<Progress> {
  let milliseconds = 0;
  const progress = createProgress(screen, { mode: "full", now: () => milliseconds });
  undo(progress.stop);
  for (const event of events) {
    progress.handle(event);
    milliseconds += 6000;
  }
  for (let waited = 0; waited < 100 && screen.written.length === 0; waited += 1) await sleep(20);
  await sleep(FRAME_MS);
  return progress;
}

test("the running round and the whole run have a line each", async ({ onTestFinished }) => {
  const screen = new Screen(100);
  await shown(onTestFinished, screen, START, PROGRESS);
  expect(screen.lines).toHaveLength(2);
  expect(screen.lines[0]?.slice(2)).toBe(
    "[3/18] rand-write/wri…dom/4KiB/q8/t1: ━━━━━─────── measure 4/10s, 142k IOPS, 583 MB/s, p99 250 us",
  );
  expect(screen.lines[1]).toBe("  whole run: ──────────── 6s elapsed, 3m04s left");
});

test.each([20, 40, 80, 200])("no line is wider than %d columns", async (columns) => {
  const screen = new Screen(columns);
  const progress = await shown(() => undefined, screen, START, PROGRESS);
  progress.handle(CASE_END);
  expect(screen.lines.length).toBe(3);
  expect(Math.max(...screen.lines.map(displayWidth))).toBeLessThan(columns);
  progress.stop();
});

test.each([
  [200, "[3/18] rand-write/writefile/write/random/4KiB/q8/t1: ", ", p99 250 us"],
  [60, "[3/18] r", "583 MB/s"],
  [40, "[3/18] r", "142k IOPS"],
])("of %d columns shows whole figures only: the last give way", async (columns, start, end) => {
  const screen = new Screen(columns);
  const progress = await shown(() => undefined, screen, START, PROGRESS);
  progress.stop();
  const frame = screen.written.find((text) => text.includes("measure"))?.split("\n")[0] ?? "";
  expect(frame.slice(2, 2 + start.length)).toBe(start);
  expect(frame.endsWith(end)).toBe(true);
});

test("what has ended stays with its figures and a tick, and so does a notice", async ({ onTestFinished }) => {
  const screen = new Screen(100);
  const progress = await shown(onTestFinished, screen, START, PROGRESS);
  progress.handle(CASE_END);
  progress.handle({ kind: "notice", text: "The file was left behind\u001b[2J" });
  progress.handle({ ...CASE_END, state: "failed", figures: null });
  expect(screen.lines.slice(0, 3)).toEqual([
    "✔ rand-write/writefile/write/random/4KiB/q8/t1: 142k IOPS, 583 MB/s, p99 250 us, 3 rounds",
    "The file was left behind\\u{1b}[2J",
    "✖ rand-write/writefile/write/random/4KiB/q8/t1: failed, 3 rounds",
  ]);
  expect(screen.lines).toHaveLength(5);
  progress.stop();
  progress.stop();
  expect(screen.lines.slice(3)).toEqual([""]);
});

test("a terminal is redrawn no more often than there is news", async ({ onTestFinished }) => {
  const screen = new Screen(80);
  const progress = await shown(onTestFinished, screen, START);
  const frames = (): number => screen.written.filter((text) => text.includes("whole run")).length;
  const before = frames();
  for (let step = 0; step < 100; step += 1) {
    progress.handle({ ...PROGRESS, elapsedSeconds: step / 100 });
    await sleep(10);
  }
  expect(frames() - before).toBeLessThanOrEqual(6);
  expect(frames() - before).toBeGreaterThan(1);
});

test("a locale without symbols has none", async ({ onTestFinished }) => {
  const screen = new Screen(100, true);
  const progress = await shown(onTestFinished, screen, START, PROGRESS);
  progress.handle(CASE_END);
  progress.stop();
  expect(screen.written.join("")).not.toMatch(/[^\p{ASCII}]/u);
  expect(screen.lines[0]).toMatch(/^\+ rand-write/);
});

describe("nothing is left behind, and nothing above is lost, when the terminal", () => {
  test.each([
    [100, 60],
    [100, 30],
    [60, 200],
  ])("is resized from %d to %d columns", async (before, after) => {
    const screen = new Screen(before);
    screen.write("above\n");
    const progress = await shown(() => undefined, screen, START, PROGRESS);
    screen.resize(after);
    progress.handle(PROGRESS);
    await sleep(FRAME_MS);
    expect(screen.lines).toHaveLength(3);
    expect(screen.lines[0]).toBe("above");
    expect(Math.max(...screen.lines.map(displayWidth))).toBeLessThan(after);
    progress.stop();
    expect(screen.lines).toEqual(["above", ""]);
  });

  test("belonged to a shell meanwhile", async ({ onTestFinished }) => {
    const screen = new Screen(100);
    await shown(onTestFinished, screen, START, PROGRESS);
    // Nothing of the process runs while it is stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    screen.write("\n[1]+  Stopped\n$ fg\nnode diskbench\n");
    await sleep(FRAME_MS);
    expect(screen.lines.slice(2, 5)).toEqual(["[1]+  Stopped", "$ fg", "node diskbench"]);
    expect(screen.lines).toHaveLength(7);
  });
});
