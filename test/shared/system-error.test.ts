// Whatever was thrown -> the system's part of it.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DiskbenchError, systemErrorOf } from "../../src/shared/errors.ts";

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

test("node's error tells call, code, name and text", () => {
  const thrown = thrownBy(() => readFileSync("/nowhere/x"));
  expect(systemErrorOf(thrown)).toEqual({ call: "open", code: 2, name: "ENOENT", text: "no such file or directory" });
});

test("diskbench's own error tells what it was made from", () => {
  const system = { call: "openat", code: 13, name: "EACCES", text: "permission denied" };
  expect(systemErrorOf(new DiskbenchError({ code: "TARGET_UNUSABLE", what: "no", system }))).toEqual(system);
});

test.each([
  ["a refusal of diskbench itself", new DiskbenchError({ code: "TARGET_UNUSABLE", what: "no" })],
  ["a mistake", new TypeError("x is not a function")],
  ["node's refusal of an argument", thrownBy(() => readFileSync("\0"))],
  ["no error at all", "ENOENT"],
])("%s has none", (_, thrown) => {
  expect(systemErrorOf(thrown)).toBeUndefined();
});
