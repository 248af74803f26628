// An engine that ended by itself -> what the person reads: the target is blamed only where it may have been the target.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { lostFailure } from "../../src/engine/engine-failures.ts";
import { formatFailure } from "../../src/shared/errors.ts";
import { rangesOf, memberSpec } from "./rig.ts";

const textOf = (signal: string): string => {
  return formatFailure(lostFailure([memberSpec({ caseId: "j/pwrite", backend: "pwrite" })], null, signal));
};

test.each(["SIGTRAP", "SIGABRT", "SIGILL"])(
  "%s is V8 that starved: threads, memory, mappings, not the target",
  (signal) => {
    expect(textOf(signal)).toMatch(new RegExp(`ended by ${signal}.*no memory or no mapping.*fewer threads, or raise`));
    expect(textOf(signal)).not.toMatch(/target|device|system's log/);
  },
);

test("SIGBUS is the target's", () => {
  expect(textOf("SIGBUS")).toMatch(/file was truncated, or the device failed.*look at the target/);
});

test("a round with more than 1 GiB of counters is refused with the reason, before anything is mapped", () => {
  const runner = new URL("announced-round.mjs", import.meta.url).pathname;
  const spec = memberSpec({ backend: "null", readPercent: 50, ranges: rangesOf(2000, 64), durationSeconds: 0.1 });
  const { stderr } = spawnSync(process.execPath, [runner, JSON.stringify(spec)], { encoding: "utf8" });
  expect(stderr).toContain("ios 0 failures ");
  expect(stderr).toContain("The counters of 2000 threads would take 1.96 GiB of shared memory; 1.00 GiB are allowed");
  expect(stderr).toContain("Use fewer threads");
});
