// An engine that ended by itself -> what the person reads: the target is blamed only where it may have been the target.

import { expect, test } from "vitest";
import { lostFailure } from "../../src/engine/engine-failures.ts";
import type { RoundSpec } from "../../src/engine/round-spec.ts";
import { formatFailure } from "../../src/shared/errors.ts";

const textOf = (signal: string): string => {
  const spec: Pick<RoundSpec, "caseId" | "backend"> = { caseId: "j/pwrite", backend: "pwrite" };
  return formatFailure(lostFailure(spec, null, signal));
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
