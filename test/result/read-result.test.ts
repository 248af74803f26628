// Result files, honest and hostile -> a result, or errors that say which place is wrong.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { parseResult, readResultFile } from "../../src/result/read-result.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { encoded, ENCODINGS } from "../support/encodings.ts";
import { completedResult } from "./fixture.ts";
import { renderJson } from "../report/writers.ts";

const RESULT = completedResult(
  [
    { job: "a", ios: 200 },
    { job: "b", ios: 200, firstTouch: true },
  ],
  2,
);
const TEXT = JSON.stringify(RESULT);

function failuresFor(text: string) {
  try {
    parseResult(text, "r.json");
  } catch (thrown) {
    if (thrown instanceof DiskbenchError) return thrown.failures;
    throw thrown;
  }
  return [];
}

/** The document's text with one value replaced. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const document: unknown = JSON.parse(TEXT);
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => Reflect.get(Object(at), step), document);
  Reflect.set(Object(parent), path.at(-1) ?? "", value);
  return JSON.stringify(document);
}

test("a result reads back as it was written", () => {
  expect(parseResult(TEXT, "r.json")).toEqual(RESULT);
});

test("a wrong place is named with what was found and what is expected", () => {
  const [failure, ...others] = failuresFor(changed(["cases", 0, "rounds", 1, "total", "ios"], "many"));
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ code: "RESULT_INVALID", where: "r.json: cases[0].rounds[1].total.ios" });
  expect(failure?.what).toMatch(/expected number.*"many"/);
});

test("names that no result has are errors", () => {
  expect(failuresFor(changed(["cases", 0, "settings", "colour"], "red"))).toMatchObject([
    { where: "r.json: cases[0].settings", what: expect.stringContaining("colour") },
  ]);
});

test.each([
  [
    "descending",
    [
      [9, 1],
      [4, 1],
    ],
  ],
  ["no lower edge of a bucket", [[2049, 1]]],
  ["empty", [[4, 0]]],
  ["beyond the last bucket", [[2 ** 45, 1]]],
])("a histogram whose buckets are %s is refused", (_, buckets) => {
  const [failure] = failuresFor(changed(["cases", 0, "rounds", 0, "total", "histogram", "buckets"], buckets));
  expect(failure?.where).toContain("total.histogram.buckets");
});

test("another version is told from something that is no result at all", () => {
  expect(failuresFor(changed(["schema"], "diskbench-result/2"))[0]?.next).toContain("version of diskbench");
  expect(failuresFor(`{"jobs": []}`)[0]?.what).toContain("no result of diskbench");
  expect(failuresFor("[1, 2]")[0]?.what).toContain("no result of diskbench");
  expect(failuresFor("not json")[0]?.what).toContain("not JSON");
  expect(failuresFor(" \n")[0]?.what).toContain("nothing in it");
});

test("at most ten places are listed, the rest counted", () => {
  const failures = failuresFor(
    changed(
      ["cases"],
      Array.from({ length: 50 }, () => 7),
    ),
  );
  expect(failures).toHaveLength(11);
  expect(failures.at(-1)?.what).toBe("40 more places are wrong");
});

const withExtra = (json: string): string => TEXT.replace('"profile":{', `"profile":{"extra":${json},`);

test("nesting that would overflow a stack is an error like any other; brackets in strings are no nesting", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  expect(failuresFor(withExtra(deep))[0]?.what).toContain("too deeply");
  expect(failuresFor(withExtra(JSON.stringify('["\\'.repeat(100))))).toEqual([]);
});

test("no document reaches a prototype", () => {
  const hostile = TEXT.replace('"profile":{', '"profile":{"__proto__":{"polluted":1},').replace(
    '"byCode":{',
    '"byCode":{"__proto__":1,',
  );
  try {
    expect(Reflect.get(parseResult(hostile, "r.json").profile, "polluted")).toBeUndefined();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DiskbenchError);
  }
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("whatever is fed in, nothing but a failure with a place comes out", () => {
  const keys = ["schema", "state", "machine", "targets", "cases", "order", "failures", "profile"] as const;
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
      for (const { code, where } of failuresFor(changed([key], value))) {
        expect(code).toBe("RESULT_INVALID");
        expect(where).toMatch(/^r\.json/);
      }
    }),
    { numRuns: 100 },
  );
});

test("a file is read, one that is missing is named with the system's reason", () => {
  const directory = mkdtempSync(join(tmpdir(), "diskbench-read-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "result.json");
  writeFileSync(path, renderJson(RESULT, { color: false, width: 80, mebibytes: false }));
  expect(readResultFile(path)).toEqual(RESULT);
  expect(() => readResultFile(join(directory, "none.json"))).toThrow(/none\.json: .*cannot be read.*ENOENT/);
  expect(() => readResultFile(directory)).toThrow(DiskbenchError);
});

test.each(ENCODINGS)("a file in %s is read by its mark, as PowerShell's `>` writes it", (encoding) => {
  const directory = mkdtempSync(join(tmpdir(), "diskbench-read-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "result.json");
  const named = { ...RESULT, profile: { ...RESULT.profile, name: "größe 𝔘" } };
  writeFileSync(path, encoded(JSON.stringify(named, null, 2).replaceAll("\n", "\r\n"), encoding));
  expect(readResultFile(path)).toEqual(named);
  expect(readResultFile(path, { withoutBulk: true }).profile).toEqual(named.profile);
});
