// Results as earlier versions wrote them -> results like today's, or a clear refusal.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareResults } from "../../src/compare/compare.ts";
import { renderTable } from "../../src/report/table.ts";
import { migrate } from "../../src/result/migrate.ts";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import { side } from "../compare/fixture.ts";
import { failuresThrownBy } from "../profile/thrown.ts";
import { completedResult } from "./fixture.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "data", name), "utf8");

/** Written by the first build that wrote results; nothing in it was added since. */
const FIRST = read("version-1-first.json");

describe("the first results of version 1", () => {
  const result = parseResult(FIRST, "first.json");

  test("are read, with what is not known left open", () => {
    expect(result.pairing).toBeNull();
    expect(result.targets[0]?.device).toMatchObject({ firmware: null });
    for (const { rounds, settings } of result.cases) {
      expect(settings).toMatchObject({ batch: null, polling: false, submitThread: false });
      for (const round of rounds) {
        expect(round).toMatchObject({
          completionsPerWait: null,
          submittingSeconds: null,
          pauses: null,
          stopped: null,
          surroundings: null,
        });
      }
    }
  });

  test("are reported and compared like any other", () => {
    expect(renderTable(result, { color: false, width: 80, mebibytes: false })).toMatch(/mix: simulated mixed70 random/);
    const later: Result = { ...result, startedAt: "2026-12-01T00:00:00.000Z" };
    const options = { gates: [], tolerances: [], allowed: [] };
    expect(compareResults(side("before", result), side("after", later), options)).toMatchObject({
      differences: [],
      verdict: "inconclusive",
    });
  });

  test("do not measure something else because their profile lacks a field that came later", () => {
    const { profile } = result;
    const jobs = profile["jobs"];
    if (!Array.isArray(jobs)) throw new Error("jobs");
    // A default of today, written out.
    const explicit = { ...profile, jobs: jobs.map((job: object) => ({ ...job, polling: false })) };
    const compared = (other: object) =>
      compareResults(side("before", result), side("after", { ...result, profile: { ...profile, ...other } }), {
        gates: [],
        tolerances: [],
        allowed: [],
      }).differences.map(({ what }) => what);
    expect(compared(explicit)).toEqual([]);
    expect(compared({ jobs: jobs.map((job: object) => ({ ...job, blockSize: "8KiB" })) })).toEqual(["profile"]);
  });

  test("are still refused where something that they always had is missing", () => {
    const without = FIRST.replaceAll(/"stuck": 0,?/g, "").replaceAll(/,(\s*\})/g, "$1");
    expect(failuresThrownBy(() => parseResult(without, "first.json"))[0]).toMatchObject({
      code: "RESULT_INVALID",
      where: "first.json: cases[0].rounds[0].stuck",
    });
  });
});

describe("a document without what came later", () => {
  const whole = completedResult([{ job: "a" }, { job: "b" }], 2);

  test.each([
    ["pairing", [], null],
    ["firmware", ["targets", 0, "device"], null],
    ["batch", ["cases", 1, "settings"], null],
    ["polling", ["cases", 1, "settings"], false],
    ["surroundings", ["cases", 0, "rounds", 1], null],
    ["pauses", ["cases", 1, "rounds", 0], null],
    ["submittingSeconds", ["cases", 1, "rounds", 0], null],
  ] as const)("has it again: %s", (name, place, value) => {
    const document: object = JSON.parse(JSON.stringify(whole)) as object;
    const at = (root: object): unknown =>
      place.reduce<unknown>((found, step) => Reflect.get(Object(found), step), root);
    expect(Reflect.deleteProperty(Object(at(document)), name)).toBe(true);
    const again = parseResult(JSON.stringify(document), "r.json");
    expect(Reflect.get(Object(at(again)), name)).toEqual(value);
    Reflect.set(Object(at(document)), name, value);
    expect(again).toEqual(document);
  });
});

test("every version leads to the next one, up to the last", () => {
  const rename = (from: string, to: string, schema: string) => (document: unknown) => {
    const { [from]: value, ...others } = Object(document) as Record<string, unknown>;
    return { ...others, [to]: value, schema };
  };
  const versions = [
    { schema: "x/1", step: rename("speed", "rate", "x/2") },
    { schema: "x/2", step: rename("rate", "iops", "x/3") },
    { schema: "x/3", step: (document: unknown) => document },
  ];
  expect(migrate({ schema: "x/1", speed: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/2", rate: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/3", iops: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/4", iops: 7 }, versions)).toBeNull();
  expect(migrate([1], versions)).toBeNull();
});

test("a version that is not known is refused with what to do", () => {
  const [failure] = failuresThrownBy(() => parseResult(FIRST.replace("result/1", "result/2"), "new.json"));
  expect(failure).toMatchObject({ code: "RESULT_INVALID", where: "new.json: schema" });
  expect(failure?.what).toBe('found "diskbench-result/2", can read "diskbench-result/1"');
  expect(failure?.next).toContain("or a newer one");
});
