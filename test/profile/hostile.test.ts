// Profiles made to hurt -> a profile or failures that can be shown, quickly, and nothing else.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { readBuiltinProfile, builtinProfileNames } from "../../src/profile/builtin.ts";
import { loadDocument, loadProfile } from "../../src/profile/load.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { serializeProfile } from "../../src/profile/serialize.ts";
import { applySettings } from "../../src/profile/settings.ts";
import { createResultFile } from "../../src/result/store.ts";
import {
  cpuMilliseconds,
  damagedTexts,
  HOSTILE_RUNS,
  hostileTexts,
  hostileValues,
  mutatedDocuments,
  tame,
} from "../support/hostile.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { profileDocuments } from "./arbitrary.ts";
import { failuresThrownBy } from "./thrown.ts";

const FULL = {
  name: "all",
  description: "every field",
  seed: 1,
  rounds: 2,
  target: { path: "a.dat", size: "1GiB", fill: "random", preallocate: "fill" },
  defaults: { duration: "1s", warmup: 0, blockSize: "4KiB" },
  jobs: [
    { name: "a", method: ["writefile", "libaio"], operation: "mixed", readPercent: [30, 70], queueDepth: [1, 8] },
    { name: "b", operation: "write", flush: "every 8", threads: 2, caching: "buffered", writeThrough: true },
    { name: "c", pattern: "sequential", completion: "port", ios: 100, bytes: "1MiB", onError: "continue" },
  ],
  gates: [{ metric: "latencyNs.p99", case: "a/*", max: "2ms" }],
  tolerances: [{ metric: "iops", tolerance: "3%" }],
};
const BUILTIN = builtinProfileNames().map((name): unknown => JSON.parse(readBuiltinProfile(name)?.text ?? "null"));
const TEXTS = [FULL, ...BUILTIN].map((document) => JSON.stringify(document, null, 1));

const CODES = ["PROFILE_INVALID"] as const;

function readWhole(text: string): Profile {
  return loadProfile(text, "p.json");
}

/** What is accepted survives being written and read again. */
function checkAccepted(profile: Profile): void {
  expect(loadDocument(JSON.parse(JSON.stringify(serializeProfile(profile))), "p.json")).toEqual(profile);
}

function checkTexts(texts: fc.Arbitrary<string>, share: number): void {
  fc.assert(
    fc.property(texts, (text) => {
      const profile = tame(CODES, () => readWhole(text));
      if (profile !== null) checkAccepted(profile);
    }),
    { numRuns: Math.ceil(HOSTILE_RUNS * share) },
  );
}

describe("whatever a profile file holds", () => {
  test("mutated documents", () => checkTexts(mutatedDocuments([FULL, ...BUILTIN]), 0.5));

  test("damaged texts", () =>
    checkTexts(damagedTexts(TEXTS, ['"', "{", "}", "[", "]", ",", ":", "1e999", "\\u0000"]), 0.25));

  test("arbitrary values in any place", () => {
    checkTexts(
      fc
        .tuple(profileDocuments, hostileTexts, hostileValues)
        .map(([document, key, value]) => JSON.stringify({ ...document, [key]: value })),
      0.15,
    );
  });

  test("any text at all", () => checkTexts(fc.oneof(fc.string({ unit: "binary" }), fc.json(), hostileTexts), 0.1));

  test("--set leads into the document only", () => {
    const settings = fc.record({
      path: fc.oneof(
        fc
          .array(fc.oneof(hostileTexts, fc.constantFrom("jobs", "0", "target", "path")), { maxLength: 4 })
          .map((keys) => keys.join(".")),
        hostileTexts,
      ),
      value: fc.oneof(hostileTexts, fc.json()),
    });
    fc.assert(
      fc.property(settings, (setting) => {
        tame(["PROFILE_INVALID", "BAD_USAGE"], () => resolveProfile(applySettings(FULL, [setting]), "p.json"));
      }),
      { numRuns: Math.ceil(HOSTILE_RUNS * 0.1) },
    );
  });
});

describe("names and paths of profiles", () => {
  test("a result file stays in its folder whatever the profile is called", () => {
    const directory = mkdtempSync(join(tmpdir(), "diskbench-hostile-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const results = join(directory, "results");
    fc.assert(
      fc.property(hostileTexts, (name) => {
        const path = createResultFile(linuxPlatform.files, results, new Date(0), name, "{}");
        expect(dirname(path)).toBe(results);
        rmSync(path);
      }),
      { numRuns: 150 },
    );
    expect(readdirSync(directory)).toEqual(["results"]);
    expect(readdirSync(results)).toEqual([]);
  });
});

/** Big enough that work which grows with the square of it would take minutes. */
const MANY = 50_000;

describe("size", () => {
  test.each<[string, unknown, RegExp]>([
    ["keys", Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`key${index}`, 0])), /unknown key/],
    [
      "different values in a list",
      { jobs: [{ blockSize: Array.from({ length: MANY }, (_, index) => 512 + index) }] },
      /too many/,
    ],
    ["wrong values in a list", { jobs: [{ queueDepth: Array.from({ length: MANY }, () => "x") }] }, /queueDepth/],
    ["wrong jobs", { jobs: Array.from({ length: MANY }, () => ({ threads: 0 })) }, /threads/],
    ["jobs of one name", { jobs: Array.from({ length: MANY }, () => ({ name: "a" })) }, /name/],
    ["right jobs", { rounds: 3, jobs: Array.from({ length: MANY }, () => ({ threads: 2 })) }, /too many/],
    [
      "right jobs before a wrong one",
      { jobs: [...Array.from({ length: MANY }, () => ({})), { threads: 0 }] },
      /threads/,
    ],
    ["long keys", { jobs: [{}], ["k".repeat(MANY)]: 1 }, /unknown key/],
  ])("many %s are refused in no time, with words that can be read", (_, document, pattern) => {
    const text = JSON.stringify({ jobs: [{}], ...Object(document) });
    const start = cpuMilliseconds();
    const failures = failuresThrownBy(() => readWhole(text));
    expect(cpuMilliseconds() - start).toBeLessThan(3000);
    expect(failures.length).toBeLessThan(200);
    const words = failures.map((failure) => `${failure.where}: ${failure.what}`).join("\n");
    expect(words).toMatch(pattern);
    expect(words.length).toBeLessThan(50_000);
  });
});
