// The profiles that come with diskbench -> valid, possible, and what their descriptions promise.

import { expandPoints } from "../../src/job/points.ts";
import { impossiblePoints } from "../../src/rules/judge-points.ts";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtinProfileNames, describeBuiltinProfile, readBuiltinProfile } from "../../src/profile/builtin.ts";
import { roundsToClose } from "../../src/compare/closing.ts";
import { loadProfile } from "../../src/profile/load.ts";
import { schemaJson } from "../../src/profile/schema-json.ts";
import { starterProfile } from "../../src/profile/starter.ts";
import { DEFAULT_GATES } from "../../src/shared/metrics.ts";
import { METHODS, PORTABLE_METHODS } from "../../src/shared/methods.ts";

const load = (name: string) => {
  const builtin = readBuiltinProfile(name);
  if (builtin === null) throw new Error(`${name} is missing`);
  return loadProfile(builtin.text, builtin.path);
};

describe("built-in profiles", () => {
  it("are these", () => {
    expect(builtinProfileNames()).toEqual(["block-size-sweep", "ci-smoke", "methods", "queue-depth-sweep", "quick"]);
  });

  it.each(builtinProfileNames())("%s is valid, possible, named after its file and described", (name) => {
    const profile = load(name);
    expect(profile.name).toBe(name);
    expect(impossiblePoints(expandPoints(profile))).toEqual([]);
    expect(describeBuiltinProfile(name)).toMatch(/\w+ \w+/);
  });

  it("are found by name only", () => {
    expect(readBuiltinProfile("schema")).toBeNull();
    expect(readBuiltinProfile("../package")).toBeNull();
    expect(describeBuiltinProfile("none")).toBeNull();
  });

  it("quick leaves room within its 20 seconds for filling and starting", () => {
    const profile = load("quick");
    const seconds = expandPoints(profile).map(({ durationSeconds, warmupSeconds }) => durationSeconds + warmupSeconds);
    expect(profile.rounds).toBe(1);
    expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(14);
    expect(profile.targets[0].sizeBytes).toBe(256 * 1024 ** 2);
  });

  it("ci-smoke ends within a minute, and has rounds enough for its gates to close", () => {
    const profile = load("ci-smoke");
    const points = expandPoints(profile);
    const seconds = points.map(
      ({ durationSeconds, warmupSeconds }) => (durationSeconds + warmupSeconds) * profile.rounds,
    );
    expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(45);
    const tests = points.length * DEFAULT_GATES.length;
    expect(profile.rounds).toBeGreaterThanOrEqual(roundsToClose(false, tests, 0.05, 4));
    expect(profile.rounds).toBeGreaterThanOrEqual(roundsToClose(true, tests, 0.05, 5));
  });

  it("methods has every portable method, shallow and deep", () => {
    const points = expandPoints(load("methods"));
    expect(new Set(points.map(({ method }) => method))).toEqual(new Set(PORTABLE_METHODS));
    expect(new Set(points.map(({ completion }) => completion))).toEqual(new Set([null, "port", "event", "poll"]));
  });

  it("queue-depth-sweep keeps one native call from depth 1 to 128", () => {
    const points = expandPoints(load("queue-depth-sweep"));
    expect([...new Set(points.map(({ queueDepth }) => queueDepth))]).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(points.every(({ completion }) => completion === "port")).toBe(true);
  });
});

describe("starterProfile", () => {
  it("is a valid and possible profile", () => {
    expect(impossiblePoints(expandPoints(loadProfile(starterProfile(), "starter")))).toEqual([]);
  });
});

describe("profiles/schema.json", () => {
  it("is what the schema in the code gives; npm run build writes it anew", () => {
    const stored = readFileSync(new URL("../../profiles/schema.json", import.meta.url), "utf8");
    expect(stored).toBe(schemaJson());
  });

  it("describes every field and names every method", () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, place: string): void => {
      if (typeof node !== "object" || node === null) return;
      const properties: unknown = Reflect.get(node, "properties");
      if (typeof properties === "object" && properties !== null) {
        for (const [key, field] of Object.entries(properties)) {
          if (typeof field !== "object" || field === null || !("description" in field))
            undescribed.push(`${place}.${key}`);
        }
      }
      for (const [key, inner] of Object.entries(node)) visit(inner, `${place}.${key}`);
    };
    visit(JSON.parse(schemaJson()), "");
    expect(undescribed).toEqual([]);
    for (const method of METHODS) expect(schemaJson()).toContain(`"${method}"`);
  });
});
