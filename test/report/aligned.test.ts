// Rows of cells -> lines of a table in time that grows with the rows, each figure whole, whatever stands beside it.

import { expect, test } from "vitest";
import { alignedLines } from "../../src/report/aligned.ts";
import { render } from "../../src/report/table.ts";
import type { Page } from "../../src/report/page.ts";
import { displayWidth } from "../../src/shared/text.ts";

function pageOf(labels: readonly string[]): Page {
  const rows = labels.map((label, index) => ({
    name: label,
    label,
    cells: [`${index},000`, "81.2 us", "-10.0% .. +3.0%"],
  }));
  const columns = ["IOPS", "p50", "interval"].map((header, priority) => ({ header, priority }));
  const groups = [{ heading: "all of them", rows }];
  return {
    title: "t",
    startedAt: "",
    hostname: "",
    verdict: null,
    summary: "",
    sections: [{ kind: "table", table: { title: "Table", keys: ["Case"], columns, groups } }],
    alerts: [],
    records: { columns: [], rows: [] },
    suites: [],
    document: null,
  };
}

const labelsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `job/case-${index}`);

function secondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

test("8,000 rows take at most ten times as long as 1,000", () => {
  const looks = { color: false, width: 100 };
  const [few, many] = [pageOf(labelsOf(1000)), pageOf(labelsOf(8000))];
  // Whatever else the machine does makes either longer, never shorter; side by side it does so to both.
  const taken = Array.from({ length: 3 }, () => [few, many].map((page) => secondsOf(() => render(page, looks))));
  const least = (place: number): number => Math.min(...taken.map((seconds) => seconds[place] ?? Infinity));
  expect(least(1) / least(0)).toBeLessThan(10);
});

test("all blocks of a long table have the same columns, and no line between them", () => {
  const lines = render(pageOf(labelsOf(8000)), { color: false, width: 100 })
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(8003);
  expect(lines.filter((line) => line.includes("─"))).toHaveLength(1);
  expect(new Set(lines.slice(3).map((line) => line.length)).size).toBe(1);
  expect(lines.at(-1)).toMatch(/^ {2}job\/case-7999 +7999,000 {2}81\.2 us {2}-10\.0% \.\. \+3\.0%$/);
});

test.each(["漢字のジョブ", "✅ done", "⚡😀🇩🇪", "e\u0301tude", "👩‍👩‍👧", "…—→", "\u001b[31mred\u001b[39m"])(
  "the label %j moves no figure, and none is cut",
  (label) => {
    const [, , , plain = "", other = ""] = render(pageOf(["plain", label.repeat(3)]), { color: true, width: 80 }).split(
      "\n",
    );
    expect(displayWidth(other)).toBe(displayWidth(plain));
    expect(other).toContain("1,000  81.2 us  -10.0% .. +3.0%");
  },
);

test("columns are aligned as asked, and a text across all of them is whole", () => {
  const columns = [{ width: 6 }, { width: 5 }, { width: 4, align: "left" as const }];
  expect(alignedLines([["a", "1", "x"], "a text across all", ["bcdefg", "12345", "xyzw"]], columns)).toEqual([
    "a           1  x",
    "a text across all",
    "bcdefg  12345  xyzw",
  ]);
});
