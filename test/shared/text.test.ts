// Text -> lines that fit, measured as a terminal shows them.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatFigure } from "../../src/report/numbers.ts";
import { formatPercent } from "../../src/shared/percent.ts";
import { printable } from "../../src/shared/printable.ts";
import { displayWidth, shorten, wrap } from "../../src/shared/text.ts";

test("width counts wide characters twice, combining ones and colours not at all", () => {
  expect(displayWidth("abc")).toBe(3);
  expect(displayWidth("漢字")).toBe(4);
  expect(displayWidth("e\u0301")).toBe(1);
  expect(displayWidth("\u001b[31mred\u001b[39m")).toBe(3);
});

test("names are shortened in the middle", () => {
  expect(shorten("short", 10)).toBe("short");
  expect(shorten("abcdefghij", 7)).toBe("abc…hij");
  expect(displayWidth(shorten("漢字漢字漢字", 7))).toBeLessThanOrEqual(7);
});

test("text is broken at spaces, too long words anywhere", () => {
  expect(wrap("one two three", 8, "  ")).toEqual(["one two", "  three"]);
  expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrap("", 10)).toEqual([""]);
});

test("wrapping loses nothing and never exceeds the columns", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", minLength: 1 })),
      fc.integer({ min: 8, max: 60 }),
      (words, columns) => {
        const text = printable(words.join(" "));
        const lines = wrap(text, columns, "  ");
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      },
    ),
    { numRuns: 200 },
  );
});

test("no control character survives, nor one that turns the writing direction", () => {
  expect(printable("a\u001b[2J\u0007\u009b\u202eb\n\u2028")).toBe("a\\u{1b}[2J\\u{7}\\u{9b}\\u{202e}b\\u{a}\\u{2028}");
  expect(printable("größe 漢字 ±")).toBe("größe 漢字 ±");
});

test.each([
  [0, "0"],
  [0.0421, "0.0421"],
  [4.214, "4.21"],
  [42.14, "42.1"],
  [421.4, "421"],
  [1_234_567.8, "1,234,568"],
])("%d is written %s", (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

test("a spread is written in percent", () => {
  expect(formatPercent(0.0213)).toBe("2.1%");
});
