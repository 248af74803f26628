// The JSON Schemas that diskbench comes with -> what another program's validator says by them of profiles and results.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { builtinProfileNames, readBuiltinProfile } from "../../src/profile/builtin.ts";
import { schemaJson } from "../../src/profile/schema-json.ts";
import { starterProfile } from "../../src/profile/starter.ts";
import { parseResult } from "../../src/result/read-result.ts";
import { resultSchemaJson } from "../../src/result/schema-json.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { completedResult, pendingResult } from "./fixture.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const stored = (path: string): string => readFileSync(join(ROOT, path), "utf8");

// The formats of times are patterns as well.
const ajv = new Ajv2020({ allErrors: true, validateFormats: false, allowUnionTypes: true });
const isResult = ajv.compile(JSON.parse(resultSchemaJson()));
const isProfile = ajv.compile(JSON.parse(schemaJson()));

/** What the validator objects to: places and what is wrong there. */
function objections(validate: typeof isResult, document: unknown): readonly string[] {
  return validate(document) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const RESULT = completedResult(
  [
    { job: "a", firstTouch: true },
    { job: "b", settings: { operation: "mixed", readPercent: 70, flush: "every 8" } },
  ],
  2,
);

test("what is stored is what the code says; npm run build writes it anew", () => {
  expect(stored("schemas/result.json")).toBe(resultSchemaJson());
  expect(stored("schemas/profile.json")).toBe(schemaJson());
  expect(stored("profiles/schema.json")).toBe(schemaJson());
});

test("results as they are assembled are valid", () => {
  expect(objections(isResult, RESULT)).toEqual([]);
  expect(objections(isResult, pendingResult([{ job: "a" }], 1))).toEqual([]);
});

const JOB = { method: "simulated", duration: "50ms", warmup: "0s", blockSize: "4KiB" };
const PROFILE = { name: "p", rounds: 1, target: { path: "t.dat", size: "1MiB" }, defaults: JOB };

test.each([
  [
    "run",
    ["run", "p.json"],
    [
      { operation: "mixed", flush: "every 4" },
      { method: "mapped", operation: "write" },
    ],
    {},
    0,
  ],
  ["ab", ["ab", "p.json", "--aa", "--rounds", "2"], [{}], {}, 5],
  ["run with errors", ["run", "p.json"], [{}], { DISKBENCH_SIMULATION: '{"errorRate":1,"errorCode":5}' }, 3],
] as const)("what %s writes is valid, and its profile is a profile", async (_, words, jobs, environment, code) => {
  const undo = onTestFinished;
  const directory = workplace(undo, { "p.json": { ...PROFILE, jobs } });
  const ended = await diskbench(undo, words, { directory, environment });
  expect(ended).toMatchObject({ code });
  const result = resultIn(directory);
  expect(objections(isResult, JSON.parse(JSON.stringify(result)))).toEqual([]);
  expect(objections(isProfile, result.profile)).toEqual([]);
});

test.each(builtinProfileNames())("the built-in profile %s is valid", (name) => {
  expect(objections(isProfile, JSON.parse(readBuiltinProfile(name)?.text ?? ""))).toEqual([]);
});

test("the profile that init writes is valid", () => {
  expect(objections(isProfile, JSON.parse(starterProfile()))).toEqual([]);
});

const TOTAL = ["cases", 0, "rounds", 0, "total"] as const;

test.each<[string, readonly (string | number)[], unknown]>([
  ["a text for a count", [...TOTAL, "ios"], "1000"],
  ["a fraction for a count", [...TOTAL, "ios"], 0.5],
  ["less than nothing", [...TOTAL, "bytesPerSecond"], -1],
  ["null where nothing can be missing", [...TOTAL, "iops"], null],
  ["a bucket without a count", [...TOTAL, "histogram", "buckets", 0], [1]],
  ["a word that there is not", ["cases", 0, "settings", "operation"], "erase"],
  ["no threads", ["cases", 0, "settings", "threads"], 0],
  ["blocks of nothing", ["cases", 0, "settings", "blockSizeBytes"], 0],
  ["more than all in percent", ["cases", 0, "settings", "readPercent"], 5000],
  ["a flush of another kind", ["cases", 0, "settings", "flush"], "often"],
  ["a field that there is not", ["cases", 1, "settings", "colour"], "red"],
  ["a wrong code of errors", ["cases", 0, "rounds", 0, "errors", "byCode"], { EIO: "many" }],
  ["an object for a list", ["cases"], {}],
  ["a time that is none", ["startedAt"], "yesterday"],
  ["another version", ["schema"], "diskbench-result/2"],
  ["another system", ["machine", "system"], "plan9"],
  ["a case that is missing a field", ["cases", 0, "summary"], undefined],
])("%s is refused by the validator as by diskbench", (_, path, value) => {
  const document: unknown = JSON.parse(JSON.stringify(RESULT));
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => Reflect.get(Object(at), step), document);
  Reflect.set(Object(parent), path.at(-1) ?? "", value);
  const changed: unknown = JSON.parse(JSON.stringify(document));
  expect(objections(isResult, changed)).not.toEqual([]);
  expect(() => parseResult(JSON.stringify(changed), "r.json")).toThrow();
});
