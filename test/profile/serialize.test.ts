// Profile -> document -> the same profile.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { serializeProfile } from "../../src/profile/serialize.ts";
import { profileDocuments } from "./arbitrary.ts";

describe("serializeProfile", () => {
  it("writes every default out, in canonical spelling", () => {
    const profile = resolveProfile(
      { name: "p", target: "a", jobs: [{ blockSize: [4096, "64K"], duration: 0.5, method: "gather" }] },
      "p.json",
    );
    expect(serializeProfile(profile)).toEqual({
      name: "p",
      seed: 1,
      rounds: 3,
      target: { path: "a", fill: "random", preallocate: "fill" },
      jobs: [
        {
          name: "job1",
          method: "gather",
          operation: "read",
          pattern: "random",
          blockSize: ["4KiB", "64KiB"],
          queueDepth: 1,
          threads: 1,
          writeThrough: false,
          polling: false,
          submitThread: false,
          duration: "500ms",
          warmup: "2s",
          content: "fresh",
          onError: "stop",
        },
      ],
    });
  });

  it("gives back an equal profile when it is read again, through JSON", () => {
    fc.assert(
      fc.property(profileDocuments, (document) => {
        const profile = resolveProfile(document, "any.json");
        const text = JSON.stringify(serializeProfile(profile));
        expect(resolveProfile(JSON.parse(text), "result.json")).toEqual(profile);
      }),
      { numRuns: 300 },
    );
  });
});
