// Results made to hurt -> a result whose reports only show it, or failures that can be shown, quickly, and nothing else.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareResults } from "../../src/compare/compare.ts";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import {
  cpuMilliseconds,
  damagedTexts,
  HOSTILE_RUNS,
  hostileTexts,
  mutatedDocuments,
  OBEYED,
  tame,
} from "../support/hostile.ts";
import { failuresThrownBy } from "../profile/thrown.ts";
import { completedResult } from "./fixture.ts";
import { COMPARISON_FORMATS, REPORT_FORMATS } from "../report/writers.ts";

const SMALL = completedResult([{ job: "a", ios: 20 }], 1);
const TEXT = JSON.stringify(SMALL);
const CODES = ["RESULT_INVALID"] as const;

const REPORT_OPTIONS = { color: false, width: 80, mebibytes: false };

/** Markup that must not come out as such: a tag in HTML, Markdown or XML; a command of GitHub; a formula in CSV. */
function checkShown(format: string, text: string): void {
  if (OBEYED.test(text)) expect(JSON.stringify(text)).toBe(`nothing that a terminal obeys in ${format}`);
  if (/<script/i.test(withoutCode(format, text))) expect(text).toBe(`no tag in ${format}`);
  if (format !== "github" && format !== "json") expect(text).not.toMatch(/^::error::/m);
  if (format === "csv") expect(text).not.toMatch(/(?:^|,)"?[=+@]/m);
}

/** In Markdown code spans and in plain texts and JSON a tag is only shown. */
function withoutCode(format: string, text: string): string {
  if (format === "markdown") return text.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
  return format === "junit" || format === "html" ? text : "";
}

function checkReports(result: Result): void {
  for (const [format, render] of REPORT_FORMATS) checkShown(format, render(result, REPORT_OPTIONS));
}

function checkComparison(baseline: Result, candidate: Result): void {
  const side = (label: string, result: Result) => ({ label, files: [`${label}.json`], results: [result] });
  const comparison = compareResults(side("before", baseline), side("after", candidate), {
    gates: [],
    tolerances: [],
    allowed: [],
  });
  for (const [format, render] of COMPARISON_FORMATS) {
    checkShown(format, render(comparison));
  }
}

function checkTexts(texts: fc.Arbitrary<string>, share: number): void {
  fc.assert(
    fc.property(texts, (text) => {
      const result = tame(CODES, () => parseResult(text, "r.json"));
      if (result === null) return;
      tame(CODES, () => checkReports(result));
      tame(CODES, () => checkComparison(SMALL, result));
    }),
    { numRuns: Math.ceil(HOSTILE_RUNS * share) },
  );
}

/** A document with one part of it replaced. */
const withPart = (path: readonly (string | number)[], value: unknown): string => {
  const document: unknown = JSON.parse(TEXT);
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => Reflect.get(Object(at), step), document);
  Reflect.set(Object(parent), path.at(-1) ?? "", value);
  return JSON.stringify(document);
};

const ROUND = ["cases", 0, "rounds", 0] as const;
const numbers = fc.oneof(
  fc.constantFrom<unknown>(0, -0, -1, 1, 7, 2048, 2049, 1e300, 2 ** 53, 0.5, null, "1", [], Number.MAX_SAFE_INTEGER),
  fc.nat(),
);

describe("whatever a result file holds", () => {
  test("mutated documents", () => checkTexts(mutatedDocuments([SMALL]), 0.4));

  test("damaged texts", () => checkTexts(damagedTexts([TEXT], ['"', "{", "}", "[", "]", ",", "1e999", "-"]), 0.15));

  test("histograms with edges, orders and counts that cannot be", () => {
    const buckets = fc.array(fc.oneof(fc.tuple(numbers, numbers), fc.array(numbers, { maxLength: 3 }), numbers), {
      maxLength: 6,
    });
    checkTexts(
      buckets.map((value) => withPart([...ROUND, "total", "histogram", "buckets"], value)),
      0.15,
    );
  });

  test("counts, sums and rates that contradict each other", () => {
    const places = fc.constantFrom<readonly (string | number)[]>(
      [...ROUND, "total", "ios"],
      [...ROUND, "total", "bytes"],
      [...ROUND, "total", "iops"],
      [...ROUND, "total", "bytesPerSecond"],
      [...ROUND, "measuredSeconds"],
      [...ROUND, "index"],
      [...ROUND, "errors", "failed"],
      [...ROUND, "errors", "byCode"],
      [...ROUND, "total", "latencyNs", "p99"],
      ["cases", 0, "settings", "queueDepth"],
      ["cases", 0, "settings", "blockSizeBytes"],
      ["cases", 0, "summary"],
      ["order", "rounds"],
      ["pairing"],
      ["startedAt"],
      ["targets"],
    );
    const values = fc.oneof(
      numbers,
      fc.constantFrom<unknown>({ EIO: -1 }, { constructor: 5 }, [[0, 0]], [[9, 9]], {
        kind: "same",
        labels: ["a", "b"],
        cases: [[0, 7]],
        looks: 1,
      }),
    );
    checkTexts(
      fc.tuple(places, values).map(([place, value]) => withPart(place, value)),
      0.15,
    );
  });

  test("names and sentences that a reader could obey", () => {
    const places = fc.constantFrom<readonly (string | number)[]>(
      ["cases", 0, "id"],
      ["cases", 0, "job"],
      ["cases", 0, "settings", "target"],
      ["cases", 0, "settings", "nativeOperations"],
      ["profile", "name"],
      ["machine", "cpuModel"],
      ["machine", "hostname"],
      ["machine", "operatingSystem"],
      ["targets", 0, "path"],
      ["targets", 0, "resolvedPath"],
      ["targets", 0, "fileSystem"],
      ["targets", 0, "device", "model"],
      ["startedAt"],
      ["tool", "version"],
      ["checks"],
      ["cases", 0, "checks"],
      ["failures"],
    );
    const made = (place: readonly (string | number)[], text: string): unknown => {
      if (place.at(-1) === "nativeOperations") return [text];
      if (place.at(-1) === "checks") return [{ code: text, status: "fail", message: text, facts: { [text]: text } }];
      if (place.at(-1) !== "failures") return text;
      return [{ code: "IO_FAILED", what: text, where: text, system: null, cause: text, next: text }];
    };
    checkTexts(
      fc.tuple(places, hostileTexts).map(([place, text]) => withPart(place, made(place, text))),
      0.15,
    );
  });
});

describe("size", () => {
  test.each<[string, readonly (string | number)[], unknown]>([
    ["wrong cases", ["cases"], Array.from({ length: 50_000 }, () => 7)],
    ["wrong intervals", [...ROUND, "intervals"], Array.from({ length: 50_000 }, () => ({}))],
    ["unknown names", ["machine"], Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1]))],
    ["wrong buckets", [...ROUND, "total", "histogram", "buckets"], Array.from({ length: 500_000 }, () => [0, 0])],
    ["order", ["order", "rounds"], Array.from({ length: 50_000 }, () => [-1])],
  ])("many %s are refused in no time, with few words", (_, path, value) => {
    const text = withPart(path, value);
    const start = cpuMilliseconds();
    let message = "";
    try {
      parseResult(text, "r.json");
    } catch (thrown) {
      message = thrown instanceof Error ? thrown.message : "";
    }
    expect(cpuMilliseconds() - start).toBeLessThan(5000);
    expect(message).toContain("r.json");
    expect(message.length).toBeLessThan(10_000);
  });
});

test("an object of a million keys is refused by their number, without naming them", () => {
  const keys = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":0`).join(",");
  const text = `{${keys},${TEXT.slice(1)}`;
  const startMs = cpuMilliseconds();
  const failures = failuresThrownBy(() => parseResult(text, "r.json"));
  expect(failures).toMatchObject([{ code: "RESULT_INVALID", what: "an object in it has more than 1000 keys" }]);
  // Most of it is the reading of JSON.
  expect(cpuMilliseconds() - startMs).toBeLessThan(4000);
});

test("what is said of many unknown keys stays short", () => {
  const keys = Array.from({ length: 900 }, (_, index) => `"${"k".repeat(100)}${index}":0`).join(",");
  const failures = failuresThrownBy(() => parseResult(`{${keys},${TEXT.slice(1)}`, "r.json"));
  expect(failures[0]?.what.length).toBeLessThan(1000);
});
