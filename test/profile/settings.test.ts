// --set -> the changed document, or an error that names the setting.

import { describe, expect, it } from "vitest";
import { applySettings } from "../../src/profile/settings.ts";
import { failuresThrownBy } from "./thrown.ts";

const document = () => ({ target: "disk.dat", jobs: [{ name: "a", queueDepth: 1 }, { blockSize: ["4KiB", "8KiB"] }] });

const set = (...settings: readonly (readonly [string, string])[]) =>
  applySettings(
    document(),
    settings.map(([path, value]) => ({ path, value })),
  );

describe("applySettings", () => {
  it("takes dots and brackets, JSON and plain texts", () => {
    expect(set(["jobs.0.queueDepth", "[1,8]"], ["jobs[1].blockSize[0]", "64KiB"], ["rounds", "5"])).toEqual({
      target: "disk.dat",
      rounds: 5,
      jobs: [{ name: "a", queueDepth: [1, 8] }, { blockSize: ["64KiB", "8KiB"] }],
    });
  });

  it("applies settings in order, later ones win", () => {
    expect(set(["seed", "1"], ["seed", "2"])).toMatchObject({ seed: 2 });
  });

  it("makes defaults and target where the profile leaves them out or short", () => {
    expect(set(["defaults.duration", "1s"], ["target.size", "1GiB"])).toMatchObject({
      defaults: { duration: "1s" },
      target: { path: "disk.dat", size: "1GiB" },
    });
  });

  it("leaves the document that it was given alone", () => {
    const original = document();
    applySettings(original, [{ path: "jobs.0.queueDepth", value: "32" }]);
    expect(original).toEqual(document());
  });

  it.each([
    "jobs.7.queueDepth",
    "jobs.2",
    "jobs.0.method.0",
    "jobs.length",
    "nowhere.at.all",
    "",
    "jobs..0",
    "jobs[x]",
  ])("refuses %j, which leads nowhere", (path) => {
    const [failure] = failuresThrownBy(() => set([path, "1"]));
    expect(failure).toMatchObject({ code: "BAD_USAGE", where: `--set ${path}=1` });
  });

  it("names every setting that leads nowhere", () => {
    expect(failuresThrownBy(() => set(["a.b", "1"], ["rounds", "2"], ["c.d", "3"]))).toHaveLength(2);
  });

  it.each([
    "__proto__.polluted",
    "constructor.prototype.polluted",
    "jobs.0.__proto__.polluted",
    "jobs.0.__proto__",
    "jobs.__proto__.0",
  ])("reaches no prototype through %s", (path) => {
    failuresThrownBy(() => set([path, "{}"]));
    expect(Reflect.has({}, "polluted")).toBe(false);
    expect(Reflect.has([], "polluted")).toBe(false);
  });

  it.each([null, 5, "text"])("refuses to set anything in the document %j", (value) => {
    expect(failuresThrownBy(() => applySettings(value, [{ path: "rounds", value: "1" }]))).toHaveLength(1);
  });
});
