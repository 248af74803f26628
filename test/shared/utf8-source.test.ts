// Texts in every encoding that a mark can name, read in pieces of any size -> the same text in UTF-8.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fillFrom, type ReadBytes, utf8Source } from "../../src/shared/utf8-source.ts";
import { encoded, ENCODINGS } from "../support/encodings.ts";

/** Hands out `bytes` a few at a time, as a pipe may. */
function pieces(bytes: Buffer, most: number): ReadBytes {
  let at = 0;
  return (into) => {
    const count = Math.min(most, into.length, bytes.length - at);
    bytes.copy(into, 0, at, at + count);
    at += count;
    return count;
  };
}

function readAll(read: ReadBytes, atOnce: number): string {
  const parts: Buffer[] = [];
  for (;;) {
    const into = Buffer.alloc(atOnce);
    const filled = fillFrom(read, into);
    parts.push(into.subarray(0, filled));
    if (filled < atOnce) return Buffer.concat(parts).toString("utf8");
  }
}

test.each(ENCODINGS)("%s: any text, in pieces of any size", (encoding) => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (text, most, atOnce) => {
        fc.pre(encoding !== "utf-8" || !text.startsWith("\ufeff"));
        expect(readAll(utf8Source(pieces(encoded(text, encoding), most)), atOnce)).toBe(text);
      },
    ),
    {
      numRuns: 300,
      examples: [
        ["", 1, 1],
        ["a", 1, 1],
        ["𝔘", 1, 1],
        ["\ufeff\ufeff", 1, 1],
        ["\r\n€𝔘é", 3, 2],
      ],
    },
  );
});

test("a text longer than what is decoded at once", () => {
  const text = "€𝔘a".repeat(50_000);
  for (const encoding of ENCODINGS) {
    expect(readAll(utf8Source(pieces(encoded(text, encoding), 65_537)), 1 << 20)).toBe(text);
  }
});

test("what is cut in the middle of a character shows that it was", () => {
  const bytes = encoded('{"a":"𝔘"}', "utf-16le");
  expect(readAll(utf8Source(pieces(bytes.subarray(0, -1), 5)), 7)).toMatch(/\ufffd$/);
  expect(readAll(utf8Source(pieces(bytes.subarray(0, 2 + 2 * 7), 5)), 7)).toBe('{"a":"\ufffd');
});
