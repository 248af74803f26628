// Profile + flags -> the profile that is run.

import { describe, expect, it } from "vitest";
import { applyFlags } from "../../src/profile/flags.ts";
import { loadDocument, loadProfile } from "../../src/profile/load.ts";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { failuresThrownBy } from "./thrown.ts";

const profile = resolveProfile(
  {
    targets: [{ path: "a", size: "1GiB", preallocate: "extend" }, "b"],
    jobs: [{ duration: "10s" }, { warmup: "5s" }],
  },
  "p.json",
);

describe("applyFlags", () => {
  it("changes nothing without flags", () => {
    expect(applyFlags(profile, {})).toEqual(profile);
  });

  it("replaces all targets and keeps what the first one says about them", () => {
    expect(applyFlags(profile, { targetPaths: ["x", "y", "z"] }).targets).toEqual(
      ["x", "y", "z"].map((path) => ({ path, sizeBytes: 1024 ** 3, fill: "random", preallocate: "extend" })),
    );
  });

  it("sets sizes on every target and times on every job", () => {
    const changed = applyFlags(profile, { sizeBytes: 4096, durationSeconds: 1, warmupSeconds: 0, rounds: 7, seed: 9 });
    expect(changed.targets.map(({ sizeBytes }) => sizeBytes)).toEqual([4096, 4096]);
    expect(changed.jobs.map(({ durationSeconds, warmupSeconds }) => [durationSeconds, warmupSeconds])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(changed).toMatchObject({ rounds: 7, seed: 9 });
  });

  it.each([
    [{ sizeBytes: 0 }, "--size"],
    [{ durationSeconds: 0 }, "--duration"],
    [{ durationSeconds: Number.NaN }, "--duration"],
    [{ warmupSeconds: -1 }, "--warmup"],
    [{ rounds: 1.5 }, "--rounds"],
    [{ rounds: 0 }, "--rounds"],
    [{ seed: -1 }, "--seed"],
    [{ targetPaths: [""] }, "--target"],
    [{ targetPaths: ["x", "x"] }, "--target"],
  ])("refuses %j by the name of its flag", (flags, where) => {
    expect(failuresThrownBy(() => applyFlags(profile, flags))).toEqual([
      expect.objectContaining({ code: "BAD_USAGE", where }),
    ]);
  });

  it("refuses rounds that would make the plan endless", () => {
    const wide = { jobs: [{ queueDepth: Array.from({ length: 200 }, (_, index) => index + 1) }] };
    expect(failuresThrownBy(() => loadDocument(wide, "p", [], { rounds: 1000 }))[0]?.code).toBe("BAD_USAGE");
  });
});

describe("loadProfile", () => {
  it("lets flags beat --set, and --set beat the text", () => {
    const text = '{"rounds": 1, "jobs": [{"duration": "1s", "queueDepth": 1}]}';
    const settings = [
      { path: "jobs.0.duration", value: "2s" },
      { path: "jobs.0.queueDepth", value: "8" },
    ];
    const { jobs } = loadProfile(text, "p.json", settings, { durationSeconds: 3 });
    expect(jobs[0]).toMatchObject({ durationSeconds: 3, queueDepth: [8] });
  });
});
