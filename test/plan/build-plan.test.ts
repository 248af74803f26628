// Profile, machine and places -> a plan that is plain data, complete and the same every time.

import { describe, expect, it } from "vitest";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { builtinProfileNames, readBuiltinProfile } from "../../src/profile/builtin.ts";
import { loadProfile } from "../../src/profile/load.ts";
import { loadDocument } from "../../src/profile/load.ts";
import { serializeProfile } from "../../src/profile/serialize.ts";
import { LINUX, placeFor, planFor, WINDOWS } from "./fixture.ts";

const OPTIONS = { force: false, allowFull: false };

function planBuiltin(name: string, machine = LINUX) {
  const builtin = readBuiltinProfile(name);
  if (builtin === null) throw new Error(`${name} is missing`);
  const profile = loadProfile(builtin.text, builtin.path);
  return buildPlan(
    profile,
    machine,
    profile.targets.map(({ path }) => placeFor(path)),
    OPTIONS,
  );
}

const oneToHundred = Array.from({ length: 100 }, (_, index) => index + 1);

describe("buildPlan", () => {
  it("gives plain data that survives JSON", () => {
    const plan = planFor({ jobs: [{ queueDepth: [1, 8], operation: ["read", "write"] }] });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it("gives the same plan for the resolved profile that a result holds", () => {
    const plan = planFor({
      jobs: [{ operation: "mixed", readPercent: [20, 80], caching: ["buffered", "unbuffered"] }],
    });
    const again = loadDocument(serializeProfile(plan.profile), "result.json");
    expect(
      buildPlan(
        again,
        LINUX,
        plan.targets.map(({ facts }) => facts),
        OPTIONS,
      ),
    ).toEqual(plan);
  });

  it("numbers cases and orders every round of each", () => {
    const { cases, order, rounds } = planFor({ rounds: 4, jobs: [{ queueDepth: [1, 2, 4] }] });
    expect(cases.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(order).toHaveLength(cases.length * rounds);
    expect(new Set(order.map(({ caseIndex, roundIndex }) => `${caseIndex}/${roundIndex}`)).size).toBe(order.length);
  });

  it.each(builtinProfileNames().flatMap((name) => [[name, LINUX] as const, [name, WINDOWS] as const]))(
    "plans the built-in profile %s on %o",
    (name, machine) => {
      expect(planBuiltin(name, machine).cases.length).toBeGreaterThan(0);
    },
  );

  it("uses every native call of Linux for the profile methods", () => {
    const calls = new Set(planBuiltin("methods").cases.map(({ settings }) => settings.backend));
    expect(calls).toEqual(new Set(["pwrite", "io-uring", "libaio", "pwritev", "io-uring-vectored", "mmap"]));
  });

  it("keeps one back end through the whole queue-depth-sweep, on both systems", () => {
    for (const [machine, backend] of [
      [LINUX, "io-uring"],
      [WINDOWS, "completion-port"],
    ] as const) {
      const plan = planBuiltin("queue-depth-sweep", machine);
      expect(new Set(plan.cases.map(({ settings }) => settings.backend))).toEqual(new Set([backend]));
      expect(plan.notes.join()).not.toContain("synchronous");
    }
  });

  it("has the profile in it, but no second copy of its points", () => {
    const { profile } = planFor({ jobs: [{ queueDepth: [1, 8] }] });
    expect(Object.keys(profile)).not.toContain("points");
    expect(profile.jobs[0].queueDepth).toEqual([1, 8]);
  });

  it("plans ten thousand cases without trouble", () => {
    // CPU time, so that what else runs on the machine does not count.
    const started = process.cpuUsage();
    const plan = planFor({
      rounds: 3,
      jobs: [{ queueDepth: oneToHundred, blockSize: oneToHundred.map((n) => n * 4096) }],
    });
    expect(plan.cases).toHaveLength(10_000);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});
