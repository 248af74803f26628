// Result files in any layout, cut anywhere -> the same results without histograms and intervals.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readResultFile } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import { sift } from "../../src/result/sift.ts";
import { encoded } from "../support/encodings.ts";
import { completedResult } from "./fixture.ts";
import { renderJson } from "../report/writers.ts";

const SKETCHES = [{ job: "ünï" }, { job: "b", settings: { operation: "mixed" as const }, firstTouch: true as const }];
const RESULT: Result = {
  ...completedResult(SKETCHES, 2),
  profile: { name: 'words "buckets": [1, 2] and \\"intervals":[', description: '"buckets":[', list: ["]]", "["] },
};

/** What is expected: the two lists empty, everything else as it was. */
function withoutBulk(value: unknown, key = ""): unknown {
  if (key === "buckets" || key === "intervals") return [];
  if (Array.isArray(value)) return value.map((element) => withoutBulk(element));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutBulk(inner, name)]));
}

/** As another program may write it: blanks between numbers, and the layout's name behind the list. */
const foreign = (text: string): string =>
  text.replaceAll(
    /\{"layout":("[^"]*"),"buckets":(\[\[.*?\]\])\}/g,
    (_, layout: string, pairs: string) => `{ "buckets": ${pairs.replaceAll(",", ", ")} , "layout": ${layout} }`,
  );

const LAYOUTS: readonly (readonly [string, string])[] = [
  ["as it is written", renderJson(RESULT, { color: false, width: 80, mebibytes: false })],
  ["on one line", JSON.stringify(RESULT)],
  ["a number per line", JSON.stringify(RESULT, null, 2)],
  ["from another program", foreign(JSON.stringify(RESULT))],
  ["with tabs", JSON.stringify(RESULT, null, "\t")],
];

/** Sifts `text` as a file is, `chunkBytes` at a time. */
function sifted(text: string, chunkBytes: number): string {
  const whole = Buffer.from(text);
  const parts: Buffer[] = [];
  let held = Buffer.alloc(0);
  for (let at = 0; ; at += chunkBytes) {
    const isLast = at >= whole.length;
    const bytes = Buffer.concat([held, whole.subarray(at, at + chunkBytes)]);
    const { kept, used } = sift(bytes, isLast);
    parts.push(Buffer.from(bytes.subarray(0, kept)));
    held = Buffer.from(bytes.subarray(used));
    if (isLast) return Buffer.concat(parts).toString("utf8");
  }
}

test.each(LAYOUTS)("%s", (_, text) => {
  const expected = withoutBulk(RESULT);
  for (const chunkBytes of [97, 1009, 10_007, text.length * 4]) {
    const short = sifted(text, chunkBytes);
    expect(JSON.parse(short)).toEqual(expected);
    expect(short.length).toBeLessThan(0.6 * text.length);
  }
});

test("what is cut off in the middle of a list comes out as it is, and is no JSON", () => {
  const text = JSON.stringify(RESULT);
  const cut = text.slice(0, text.indexOf('"buckets":') + 500);
  expect(() => JSON.parse(sifted(cut, 100)) as unknown).toThrow(SyntaxError);
  expect(sifted(cut, 100)).toBe(cut);
});

test("a file of several chunks is read without its bulk, and the rest is checked as ever", () => {
  const directory = mkdtempSync(join(tmpdir(), "diskbench-sift-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [first] = RESULT.cases;
  if (first === undefined) throw new Error("a case");
  const cases = Array.from({ length: 150 }, (_, index) => ({ ...first, id: `ünï/${index}` }));
  const path = join(directory, "large.json");
  const text = JSON.stringify({ ...RESULT, cases });
  expect(text.length).toBeGreaterThan(5e6);
  writeFileSync(path, text);
  const read = readResultFile(path, { withoutBulk: true });
  expect(read.cases).toEqual(withoutBulk(cases));
  writeFileSync(path, encoded(text, "utf-16be"));
  expect(readResultFile(path, { withoutBulk: true })).toEqual(read);
  writeFileSync(path, text.replaceAll('"stuck":0', '"stuck":-1'));
  expect(() => readResultFile(path, { withoutBulk: true })).toThrow(/cases\[0\]\.rounds\[0\]\.stuck/);
});
