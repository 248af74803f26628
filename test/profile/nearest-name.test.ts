// Misspelt names -> what was probably meant.

import { describe, expect, it } from "vitest";
import { nearestName, probableName } from "../../src/profile/nearest-name.ts";

const KEYS = ["method", "queueDepth", "blockSize", "threads"];

describe("nearestName", () => {
  it.each([
    ["metod", "method"],
    ["QUEUEDEPTH", "queueDepth"],
    ["block_size", "blockSize"],
    ["thraeds", "threads"],
  ])("takes %s for %s", (found, meant) => {
    expect(nearestName(found, KEYS)).toBe(meant);
  });

  it("has nothing to offer where nothing is known, and takes its time for no endless name", () => {
    expect(nearestName("method", [])).toBeNull();
    expect(nearestName("x".repeat(10_000_000), KEYS)).not.toBeNull();
  });
});

describe("probableName", () => {
  it("guesses only what is close", () => {
    expect(probableName("blocksize", KEYS)).toBe("blockSize");
    expect(probableName("colour", KEYS)).toBeNull();
  });
});
