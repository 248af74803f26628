// Texts that are not JSON -> errors with line, column and what was found there.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/profile/parse-document.ts";
import { failuresThrownBy } from "./thrown.ts";

describe("parseDocument", () => {
  it.each([
    ["", "line 1, column 1", "expected a value, found the end of the text"],
    ['{\n  "rounds": 3,\n}', "line 3, column 1", "JSON has no comma after the last entry"],
    ['{"rounds":}', "line 1, column 11", 'expected a value, found "}"'],
    ["{'rounds': 3}", "line 1, column 2", "double quotes only"],
    ["{rounds: 3}", "line 1, column 2", 'expected a key in double quotes, found "rounds"'],
    ['// mine\n{"rounds": 3}', "line 1, column 1", "no comments"],
    ['{"rounds": 3 "seed": 1}', "line 1, column 14", "expected a comma or }"],
    ['{"rounds" 3}', "line 1, column 11", "expected a colon"],
    ['{"path": "D:\\data"}', "line 1, column 13", "single backslash"],
    ['{"path": "open', "line 1, column 10", "no closing quote"],
    ['{"path": "a\nb"}', "line 1, column 12", "line break"],
    ['{"rounds": 03}', "line 1, column 12", 'expected a value, found "03"'],
    ["[1] 2", "line 1, column 5", "expected the end of the text"],
    ['{"seed": 1, "seed": 2}', "line 1, column 13", 'the key "seed" stands twice'],
    ["[".repeat(100_000), "column 66", "nested deeper"],
  ])("says where %j goes wrong", (text, place, what) => {
    const [failure] = failuresThrownBy(() => parseDocument(text, "disk.json"));
    expect(failure?.code).toBe("PROFILE_INVALID");
    expect(failure?.where).toContain("disk.json: ");
    expect(failure?.where).toContain(place);
    expect(failure?.what).toContain(what);
  });

  it("reads every JSON document as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseDocument(text, "any")).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it("accepts no text that JSON.parse refuses", () => {
    const damaged = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom("", ",", '"', "}", "]", "\\", "0", "e", "-", "\u0001"),
    );
    fc.assert(
      fc.property(damaged, ([text, position, insert]) => {
        const at = position % (text.length + 1);
        const broken = text.slice(0, at) + insert + text.slice(at + 1);
        let isJson = true;
        try {
          JSON.parse(broken);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(failuresThrownBy(() => parseDocument(broken, "any"))).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });
});
