// Two looks at a counter -> the share of a window that they do not quite enclose.

import { expect, test } from "vitest";
import { countedInWindow } from "../../src/engine/look.ts";

test.each([
  ["that lies between the looks", 0, 4, 2, 2],
  ["of all the time between them", 0, 4, 4, 4],
  ["that is longer: the counter went on as it did", 0, 1, 8, 2],
  ["in which nothing was counted", 3, 3, 2, 0],
  ["of a counter that went backwards", 3, 2, 2, 0],
])("a window %s", (_, from, to, windowSeconds, expected) => {
  expect(countedInWindow({ atNs: 1e9, counted: from }, { atNs: 5e9, counted: to }, windowSeconds * 1e9)).toBe(expected);
});

test("looks at the same moment tell nothing", () => {
  expect(countedInWindow({ atNs: 1, counted: 0 }, { atNs: 1, counted: 1 }, 1e9)).toBe(0);
});
