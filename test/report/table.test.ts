// A result -> the whole table as a person sees it, never wider than the terminal.

import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { displayWidth } from "../../src/shared/text.ts";
import { addRound, endCase, finishResult } from "../../src/result/assemble-result.ts";
import type { Result } from "../../src/result/result.ts";
import { type CaseSketch, completedResult, pendingResult, roundOf } from "../result/fixture.ts";
import { renderTable } from "./writers.ts";

const PLAIN = { color: false, width: 80, mebibytes: false };

const EVERY_KIND: readonly CaseSketch[] = [
  { job: "seq-read", settings: { operation: "read", pattern: "sequential", blockSizeBytes: 1024 ** 2 } },
  { job: "rand-write", settings: { queueDepth: 1, nativeCall: "pwrite" } },
  { job: "rand-write", settings: { queueDepth: 8 } },
  { job: "rand-write", settings: { method: "writefileex", nativeCall: "libaio", queueDepth: 32 } },
  { job: "mix", settings: { operation: "mixed", readPercent: 70 } },
  {
    job: "view",
    settings: { method: "mapped", nativeCall: "mmap", queueDepth: 1, caching: "buffered", flush: "end" },
    firstTouch: true,
  },
];

function widestLine(text: string): number {
  return Math.max(...text.split("\n").map(displayWidth));
}

test("the whole report of every kind of case at 80 columns", () => {
  const text = renderTable(completedResult(EVERY_KIND, 3), PLAIN);
  expect(widestLine(text)).toBeLessThanOrEqual(80);
  expect(text).toMatchInlineSnapshot(`
    "Run: fixture, 6 cases, 18 rounds, completed
    Target: /srv/disk/diskbench.dat, 256 MiB, ext4 file system, device nvme0n1
      (Example 990, no moving parts, write back)
    Machine: Linux 6.18.44 x64, 2 x Example CPU @ 2.80GHz, 8.00 GiB memory, Node
      20.20.2

    Throughput                       MB/s  IOPS     ±  CPU us/IO  QD reached
    ────────────────────────────────────────────────────────────────────────
    seq-read: writefile via io_uring read sequential
      1MiB Q8T1                       690   658  0.7%       6.00        7.90
    rand-write: write random 4KiB
      writefile via pwrite Q1T1      2.69   658  0.7%       6.00       0.900
      writefile via io_uring Q8T1    2.69   658  0.7%       6.00        7.90
      writefileex via libaio Q32T1   2.69   658  0.7%       6.00        31.9
    mix: writefile via io_uring mixed70 random
      4KiB Q8T1                      2.69   658  0.7%       6.00        7.90
        read                         1.89   461  0.7%
        write                       0.808   197  0.7%
    view: mapped via mmap write random buffered flush end
      4KiB Q1T1                      2.69   658  0.7%       6.00       0.900

    Latency                            mean      p50     p90     p99  p99.9      max
    ────────────────────────────────────────────────────────────────────────────────
    seq-read: writefile via io_uring read sequential
      1MiB Q8T1                     90.7 us  80.7 us  151 us  251 us      -   432 us
    rand-write: write random 4KiB
      writefile via pwrite Q1T1     91.3 us  80.8 us  152 us  257 us      -   432 us
      writefile via io_uring Q8T1   91.3 us  80.8 us  152 us  257 us      -   432 us
      writefileex via libaio Q32T1  91.3 us  80.8 us  152 us  257 us      -   432 us
    mix: writefile via io_uring mixed70 random
      4KiB Q8T1                     91.1 us  80.5 us  154 us  257 us      -   432 us
        read                        90.8 us  80.5 us  154 us  257 us      -   432 us
        write                       91.7 us  80.6 us  155 us       -      -   365 us
    view: mapped via mmap write random buffered flush end
      4KiB Q1T1                     91.3 us  80.8 us  152 us  257 us      -   432 us
        first touch                  716 us   702 us  893 us       -      -  1.22 ms

    Rates: median of the rounds. ±: standard deviation over rounds / mean.
    CPU: user + system time of the engine. QD reached: mean I/Os in flight.
    A dash (-): too few I/Os for that percentile.

    Took 1m15s, 307 MiB written.
    "
  `);
});

test.each([40, 60, 72, 80, 100, 200])("no line is wider than %d columns, whatever the names", (width) => {
  const long = "a-job-with-a-name-that-is-much-longer-than-any-terminal-would-like-and-has-no-spaces-in-it-anywhere";
  const sketches: readonly CaseSketch[] = [
    ...EVERY_KIND,
    { job: long, settings: { target: `/mnt/${long}/${long}.dat` } },
    { job: "幅の広い名前".repeat(12), settings: { target: "/srv/b" } },
  ];
  const text = renderTable(completedResult(sketches, 2), { ...PLAIN, width });
  expect(widestLine(text)).toBeLessThanOrEqual(width);
  expect(text).not.toMatch(/ $/m);
});

test("a narrow terminal loses the least important columns, never rates or p50", () => {
  const text = renderTable(completedResult(EVERY_KIND, 3), { ...PLAIN, width: 50 });
  expect(text).toMatch(/Throughput +MB\/s +IOPS/);
  expect(text).toMatch(/Latency +p50 +p99/);
  expect(text).not.toContain("p99.9 ");
});

test("every case can be told from every other", () => {
  const same = completedResult([{ job: "twins" }, { job: "twins" }]);
  const text = renderTable(same, PLAIN);
  expect(text).toContain("twins/case-0");
  expect(text).toContain("twins/case-1");
});

test("colour changes nothing but colour, and comes only when asked for", () => {
  const result = completedResult(EVERY_KIND, 2);
  const colored = renderTable(result, { ...PLAIN, color: true });
  expect(colored).toContain("\u001b[");
  expect(stripVTControlCharacters(colored)).toBe(renderTable(result, PLAIN));
});

test("mebibytes on request, with the unit in the header", () => {
  const result = completedResult([{ job: "a", settings: { blockSizeBytes: 1024 ** 2 } }]);
  expect(renderTable(result, PLAIN)).toMatch(/MB\/s[^]*1MiB Q8T1 +694 /);
  expect(renderTable(result, { ...PLAIN, mebibytes: true })).toMatch(/MiB\/s[^]*1MiB Q8T1 +662 /);
});

test("one round has no spread to show", () => {
  expect(renderTable(completedResult(EVERY_KIND, 1), PLAIN)).not.toContain("±");
});

test("percentiles that too few I/Os leave open are dashes, and the dash is explained", () => {
  const few = renderTable(completedResult([{ job: "a", ios: 100 }]), PLAIN);
  expect(few).toMatch(/4KiB Q8T1 +[\d.]+ us +[\d.]+ us +[\d.]+ us +- +- +[\d.]+ us/);
  expect(few).toContain("A dash (-): too few I/Os for that percentile.");
});

test("control characters in names are shown, not obeyed", () => {
  const text = renderTable(completedResult([{ job: "\u001b[2Jgone\r\nfake: 1" }]), PLAIN);
  expect(text).toContain("\\u{1b}[2Jgone\\u{d}\\u{a}fake: 1");
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
});

function brokenResult(): Result {
  const [sketch] = EVERY_KIND;
  if (sketch === undefined) throw new Error("no case");
  const errors = { failed: 3, short: 1, byCode: { EIO: 3 }, outsideWindow: 0, first: null };
  const once = addRound(pendingResult(EVERY_KIND.slice(0, 2), 2), 0, roundOf(sketch, 0), []);
  const system = { call: "pwrite", code: 5, name: "EIO", text: "Input/output error" };
  const failure = { code: "IO_FAILED", what: "writes failed", system, next: "Look into the system's log" } as const;
  const ended = endCase(once, 0, {
    state: "failed",
    interruptedRound: { ...roundOf(sketch, 1), errors, aborted: true },
    failure,
  });
  const check = { code: "queue-depth", status: "warn", message: "reached 3.1 of 8", facts: {} } as const;
  return finishResult(
    { ...ended, checks: [check] },
    {
      state: "failed",
      finishedAt: "2026-11-20T23:45:59.000Z",
      failures: [{ code: "ENGINE_LOST", what: "the engine ended", where: "pid 7" }],
    },
  );
}

test("what went wrong stands below the figures, and cases that are not complete say so", () => {
  const text = renderTable(brokenResult(), PLAIN).replace(/\n {2}(?=\S)/g, " ");
  expect(text).toContain("1 of 4 rounds, failed");
  expect(text).toContain("pid 7: the engine ended.");
  expect(text).toContain(
    "seq-read/case-0: writes failed (pwrite: EIO 5, Input/output error). Look into the system's log.",
  );
  expect(text).toContain("warn queue-depth: reached 3.1 of 8");
  expect(text).toMatch(/1MiB Q8T1 \[failed\] +694/);
  expect(text).toMatch(/4KiB Q1T1 \[not finished\] +- +- +- +-/);
});

/** Of one case, in which I/Os failed in each round that `counts` names. */
function failingResult(counts: readonly number[], code: "IO_FAILED" | "TARGET_CHANGED"): Result {
  const sketch: CaseSketch = { job: "a" };
  const rounds = counts.map((failed, index) => ({
    ...roundOf(sketch, index),
    errors: { failed, short: 0, byCode: { EIO: failed }, outsideWindow: 0, first: null },
  }));
  const result = rounds.reduce((sum, round) => addRound(sum, 0, round, []), pendingResult([sketch], counts.length));
  const failure = { code, where: "a/case-0", what: "2 I/Os failed (EIO 2 times)" } as const;
  return endCase(result, 0, { state: "failed", interruptedRound: null, failure });
}

test("failed I/Os are told once, and added up where several rounds have them", () => {
  const told = (text: string): number => text.split("EIO").length - 1;
  const once = renderTable(failingResult([2, 0], "IO_FAILED"), PLAIN);
  expect(once).toContain("\na/case-0: 2 I/Os failed (EIO 2 times).\n");
  expect(told(once)).toBe(1);
  const twice = renderTable(failingResult([2, 3], "IO_FAILED"), PLAIN).replace(/\n {2}(?=\S)/g, " ");
  expect(twice).toContain(
    "\na/case-0: 2 I/Os failed (EIO 2 times). In all its rounds: 5 I/Os failed (EIO 5), 0 came back short; they count in no figure above.\n",
  );
  // Another failure says nothing of them.
  expect(told(renderTable(failingResult([2, 0], "TARGET_CHANGED"), PLAIN))).toBe(2);
});

test("bytes written count the fill and what warm-up and drain wrote", () => {
  const written = completedResult([{ job: "a", ios: 1000 }]);
  // 256 MiB of fill, 1000 + 10 blocks of 4 KiB.
  expect(renderTable(written, PLAIN)).toContain("Took 1m15s, 260 MiB written.");
  const reused = { ...written, targets: written.targets.map((target) => ({ ...target, reused: true })) };
  expect(renderTable(reused, PLAIN)).toContain("3.95 MiB written.");
  const read = completedResult([{ job: "a", settings: { operation: "read" } }]);
  expect(renderTable({ ...read, targets: reused.targets }, PLAIN)).toContain("0 B written.");
});

test("a run that ended before its first case still makes a report", () => {
  const text = renderTable({ ...pendingResult([], 1), targets: [] }, PLAIN);
  expect(text).toContain("0 cases");
  expect(text).toContain("The run did not come to its end");
});
