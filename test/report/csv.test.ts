// A result -> CSV that spreadsheets and scripts read without a second thought.

import { expect, test } from "vitest";
import { completedResult } from "../result/fixture.ts";
import { renderCsv } from "./writers.ts";

const OPTIONS = { color: false, width: 80, mebibytes: false };

test("one line for each case and round, under names with units", () => {
  const result = completedResult(
    [{ job: "a" }, { job: "b", settings: { operation: "mixed", readPercent: 70, ios: 5000, bytes: 1024 ** 2 } }],
    3,
  );
  const [header = "", ...lines] = renderCsv(result, OPTIONS).trimEnd().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, index) => [names[index], value])));
  expect(new Set(names).size).toBe(names.length);
  expect(rows.map((row) => [row["case"], row["round"]])).toEqual([
    ["a/case-0", "0"],
    ["a/case-0", "1"],
    ["a/case-0", "2"],
    ["b/case-1", "0"],
    ["b/case-1", "1"],
    ["b/case-1", "2"],
  ]);
  const round = result.cases[1]?.rounds[2];
  expect(Number(rows[5]?.["total_ios_per_second"])).toBe(round?.total.iops);
  expect(Number(rows[5]?.["read_latency_p50_ns"])).toBe(round?.read?.latencyNs.p50);
  expect(Number(rows[5]?.["block_size_bytes"])).toBe(4096);
  expect(names.filter((name) => ["ios", "bytes"].includes(name))).toEqual([]);
  expect([rows[5]?.["limit_ios"], rows[5]?.["limit_bytes"]]).toEqual(["5000", "1048576"]);
  expect([rows[0]?.["limit_ios"], rows[0]?.["limit_bytes"]]).toEqual(["", ""]);
  expect(rows[0]?.["read_ios"]).toBe("");
  expect(rows[0]?.["total_latency_p9999_ns"]).toBe("");
});

test.each([
  ['a,"b"', '"a,""b"""'],
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["two\nlines", "two\\u{a}lines"],
  ["x;=cmd|calc", `"x;'=cmd|calc"`],
  ["x;  @SUM(1)", `"x;  '@SUM(1)"`],
  ["x,+1", `"x,'+1"`],
  ["＝1+1", "'＝1+1"],
  ["a-b;c", '"a-b;c"'],
])("the name %j becomes the field %s", (job, field) => {
  const line = renderCsv(completedResult([{ job }]), OPTIONS).split("\n")[1] ?? "";
  expect(line).toContain(`,${field},writefile,`);
});
