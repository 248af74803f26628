// Sizes of files -> as many places to look at, however large the file is.

import { describe, expect, test } from "vitest";
import { placesToLookAt } from "../../src/platform/sampled-places.ts";

const PAGE = 4096;
const GIBIBYTE = 2 ** 30;
const TEBIBYTE = 2 ** 40;

const bytesIn = (sizeBytes: number): number =>
  placesToLookAt(sizeBytes, PAGE).stretches.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);

describe("places to look at", () => {
  test("are all of a file up to 1 GiB", () => {
    expect(placesToLookAt(GIBIBYTE, PAGE)).toEqual({
      stretches: [{ startBytes: 0, lengthBytes: GIBIBYTE }],
      what: "all of it",
    });
  });

  test.each([GIBIBYTE + 1, 3 * GIBIBYTE + 12345, TEBIBYTE, 15 * TEBIBYTE, 4096 * TEBIBYTE])(
    "of %d bytes are 1 GiB in 64 parts, whole pages within the file, one behind the other",
    (sizeBytes) => {
      const { stretches } = placesToLookAt(sizeBytes, PAGE);
      expect(stretches).toHaveLength(64);
      expect(bytesIn(sizeBytes)).toBe(GIBIBYTE);
      expect(stretches[0]?.startBytes).toBe(0);
      stretches.forEach(({ startBytes, lengthBytes }, part) => {
        expect(startBytes % PAGE).toBe(0);
        expect(startBytes).toBeGreaterThan((part / 64) * sizeBytes - PAGE);
        expect(startBytes + lengthBytes).toBeLessThanOrEqual(((part + 1) / 64) * sizeBytes);
      });
    },
  );

  test("are the same each time, and the words say what they leave out", () => {
    expect(placesToLookAt(TEBIBYTE, PAGE)).toEqual(placesToLookAt(TEBIBYTE, PAGE));
    expect(placesToLookAt(15 * TEBIBYTE, PAGE).what).toBe(
      "64 places, 1.00 GiB of 15.0 TiB; what lies between them was not looked at",
    );
  });
});
