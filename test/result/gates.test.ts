// A profile's gates on a result -> checks that fail when a limit is broken or a figure is missing.

import { describe, expect, test } from "vitest";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { serializeProfile } from "../../src/profile/serialize.ts";
import type { Gate } from "../../src/profile/gates.ts";
import { withGates } from "../../src/result/gates.ts";
import { completedResult, pendingResult } from "./fixture.ts";
import { failuresThrownBy } from "../profile/thrown.ts";

const gate = (fields: Partial<Gate>): Gate => ({
  metric: "latencyNs.p99",
  case: null,
  max: null,
  min: null,
  ...fields,
});
const result = completedResult(
  [
    { job: "a", ios: 4000 },
    { job: "b", ios: 4000 },
  ],
  2,
);

const statuses = (...gates: readonly Gate[]): readonly string[] =>
  withGates(result, gates).checks.map(({ status, facts }) => `${String(facts["case"])} ${status}`);

describe("gates of a run", () => {
  test("pass within their limits and fail beyond", () => {
    expect(statuses(gate({ max: 1e9 }))).toEqual(["a/case-0 pass", "b/case-1 pass"]);
    expect(statuses(gate({ max: 1 }))).toEqual(["a/case-0 fail", "b/case-1 fail"]);
    expect(statuses(gate({ metric: "iops", min: 1 }), gate({ metric: "iops", min: 1e9, case: "b" }))).toEqual([
      "a/case-0 pass",
      "b/case-1 pass",
      "b/case-1 fail",
    ]);
    expect(statuses(gate({ metric: "cpuNsPerIo", max: 1e9, min: 1 }))).toEqual(["a/case-0 pass", "b/case-1 pass"]);
  });

  test("say what is wanted, what was found and where", () => {
    const [check] = withGates(result, [gate({ max: 1000 })]).checks;
    expect(check?.message).toMatch(/^latencyNs\.p99 of a\/case-0 has to be at most 1\.00 us; it is \d+ us$/);
  });

  test("fail where the figure is missing, and say why", () => {
    const few = withGates(completedResult([{ job: "a", ios: 100 }]), [gate({ max: 1e9 })]).checks[0];
    expect(few?.status).toBe("fail");
    expect(few?.message).toContain("100 I/Os are too few for it, 1000 are needed");
    expect(withGates(result, [gate({ metric: "read.iops", min: 1 })]).checks[0]?.status).toBe("fail");
    expect(withGates(pendingResult([{ job: "a" }], 1), [gate({ max: 1 })]).checks[0]?.status).toBe("fail");
  });

  test("leave a result without gates alone", () => expect(withGates(result, [])).toBe(result));
});

describe("gates and tolerances of a profile", () => {
  const profile = (fields: object) => ({ name: "p", jobs: [{}], ...fields });

  test("are read in the metric's unit, and survive being written", () => {
    const resolved = resolveProfile(
      profile({
        gates: [
          { metric: "latencyNs.p99", max: "2ms" },
          { metric: "bytesPerSecond", min: "500MiB", case: "job1" },
          { metric: "iops", min: 100 },
        ],
        tolerances: [{ tolerance: "3%" }, { metric: "latencyNs.p99", case: "*/q8/*", tolerance: "12.5%" }],
      }),
      "p.json",
    );
    expect(resolved.gates).toEqual([
      { metric: "latencyNs.p99", case: null, max: 2_000_000, min: null },
      { metric: "bytesPerSecond", case: "job1", max: null, min: 500 * 1024 ** 2 },
      { metric: "iops", case: null, max: null, min: 100 },
    ]);
    expect(resolved.tolerances).toEqual([
      { metric: null, case: null, tolerance: 0.03 },
      { metric: "latencyNs.p99", case: "*/q8/*", tolerance: 0.125 },
    ]);
    expect(resolveProfile(serializeProfile(resolved), "p.json")).toEqual(resolved);
  });

  test.each([
    [{ gates: [{ metric: "latencyNs.p98", max: "2ms" }] }, "gates[0].metric", /latencyNs\.p9/],
    [{ gates: [{ metric: "iops", max: "2ms" }] }, "gates[0].max", /a number of I\/Os per second/],
    [{ gates: [{ metric: "latencyNs.p99", max: "2" }] }, "gates[0].max", /2ms/],
    [{ gates: [{ metric: "latencyNs.p99", max: -1 }] }, "gates[0].max", /nanoseconds/],
    [{ gates: [{ metric: "iops" }] }, "gates[0]", /max, min/],
    [{ gates: [{ metric: "iops", maximum: 1, min: 1 }] }, "gates[0].maximum", /max/],
    [{ tolerances: [{ tolerance: 0.05 }] }, "tolerances[0].tolerance", /3%/],
    [{ tolerances: [{ tolerance: "5" }] }, "tolerances[0].tolerance", /3%/],
  ])("%j is refused at its place", (fields, place, text) => {
    const failures = failuresThrownBy(() => resolveProfile(profile(fields), "p.json"));
    expect(failures[0]?.where).toBe(`p.json: ${place}`);
    expect(`${failures[0]?.what} ${failures[0]?.next}`).toMatch(text);
  });
});
