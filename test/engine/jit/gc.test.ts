// A process that has collected its garbage -> V8 leaves a young generation alone while there is room in it.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** What V8 says while a young generation fills up. */
function traceOf(first: "collect" | "nothing"): string {
  const program = new URL("nearly-full.mjs", import.meta.url).pathname;
  const { stdout } = spawnSync(process.execPath, ["--trace-gc", program, first], { encoding: "utf8" });
  return stdout.slice(stdout.indexOf("begin"));
}

test("nothing is collected for want of anything better to do", () => {
  const trace = traceOf("collect");
  expect(trace).toContain("still nearly full");
  expect(trace).not.toMatch(/Scavenge|Mark-Compact/);
});

test("which V8 does otherwise", () => {
  expect(traceOf("nothing")).toMatch(/Scavenge/);
});
