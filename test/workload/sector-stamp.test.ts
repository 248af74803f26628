// Writes from slots of random bytes -> each sector tells its own place, write and thread, wherever it is found.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deflateSync } from "node:zlib";
import { BlockWriter } from "../../src/workload/block-content.ts";
import { readStamp, SECTOR_BYTES, stampIdentity, stampSectors } from "../../src/workload/sector-stamp.ts";
import { contentIdentity } from "../../src/workload/source.ts";

const TARGET_SECTORS = 2 ** 44;
const SLOT_SECTORS = 16;
const SLOTS = 3;

const anyWord = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Where the lower bits of a sector's number end is where mistakes are: beside these as often as anywhere. */
const anySector = fc.oneof(
  fc.maxSafeNat().map((number) => number % TARGET_SECTORS),
  fc
    .tuple(fc.constantFrom(0, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 35, 3 * 2 ** 31), fc.nat(2 * SLOT_SECTORS))
    .map(([edge, before]) => Math.max(0, edge - before)),
);
const anyIo = fc.record({
  isRead: fc.boolean(),
  slot: fc.nat(SLOTS - 1),
  sector: anySector,
  sectors: fc.integer({ min: 1, max: SLOT_SECTORS }),
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** The sectors of what was written to a slot, as they are now. */
const sectorsOf = (buffers: Uint8Array, slot: number, sectors: number): readonly Uint8Array[] =>
  Array.from({ length: sectors }, (_, index) => {
    const from = (slot * SLOT_SECTORS + index) * SECTOR_BYTES;
    return buffers.slice(from, from + SECTOR_BYTES);
  });

describe("a written block", () => {
  test("says of each sector which it is, which write it came from and whose; no two sectors are ever equal", () => {
    fc.assert(
      fc.property(fc.array(anyIo, { minLength: 1, maxLength: 30 }), anyWord, (ios, identity) => {
        const slotBytes = SLOT_SECTORS * SECTOR_BYTES;
        const buffers = new Uint8Array(SLOTS * slotBytes);
        const writer = new BlockWriter(buffers, slotBytes, "stamped", identity);
        const seen = new Set<string>();
        let writes = 0;
        let sectorsWritten = 0;
        for (const { isRead, slot, sector, sectors } of ios) {
          if (isRead) {
            writer.overwrite(slot, sectors * SECTOR_BYTES);
            buffers.fill(0, slot * slotBytes, slot * slotBytes + sectors * SECTOR_BYTES);
            continue;
          }
          writer.write(slot, sector * SECTOR_BYTES, sectors * SECTOR_BYTES);
          writes += 1;
          sectorsWritten += sectors;
          for (const [index, bytes] of sectorsOf(buffers, slot, sectors).entries()) {
            expect(readStamp(bytes)).toEqual({ sector: sector + index, sequence: writes, identity });
            // What is not stamped is random still, whatever a read has left there.
            expect(deflateSync(bytes).length).toBeGreaterThan(SECTOR_BYTES);
            seen.add(hex(bytes));
          }
        }
        expect(seen.size).toBe(sectorsWritten);
      }),
    );
  });

  test("shows a sector that went to another place, and one that a later write did not reach", () => {
    const buffers = new Uint8Array(SLOT_SECTORS * SECTOR_BYTES);
    const writer = new BlockWriter(buffers, buffers.length, "stamped", 7);
    const disk = new Uint8Array(4 * buffers.length);
    const writeAt = (sector: number, lostSector = -1): void => {
      writer.write(0, sector * SECTOR_BYTES, buffers.length);
      for (const [index, bytes] of sectorsOf(buffers, 0, SLOT_SECTORS).entries()) {
        if (sector + index !== lostSector) disk.set(bytes, (sector + index) * SECTOR_BYTES);
      }
    };
    const amiss = (writtenBy: number): readonly number[] =>
      Array.from({ length: 2 * SLOT_SECTORS }, (_, sector) => sector).filter((sector) => {
        const stamp = readStamp(disk, sector * SECTOR_BYTES);
        return stamp?.sector !== sector || stamp.sequence < writtenBy;
      });
    writeAt(0);
    writeAt(SLOT_SECTORS);
    expect(amiss(1)).toEqual([]);
    // The third write loses a sector; what was there before is still whole, and from an earlier write.
    writeAt(0, 5);
    expect(readStamp(disk, 5 * SECTOR_BYTES)).toMatchObject({ sector: 5, sequence: 1 });
    // Another one ends up where it does not belong.
    disk.copyWithin(20 * SECTOR_BYTES, 3 * SECTOR_BYTES, 4 * SECTOR_BYTES);
    expect(amiss(1)).toEqual([20]);
    expect(amiss(2)).toEqual([5, 20]);
    expect(readStamp(disk, 3 * buffers.length)).toBeNull();
  });

  test.each([0, 1, 77])("has no bytes in common with others that a compressor could find, by thread %i", (identity) => {
    const buffers = new Uint8Array(2 ** 20);
    const writer = new BlockWriter(buffers, 2 ** 19, "stamped", identity);
    writer.write(0, 0, 2 ** 19);
    writer.write(1, 2 ** 19, 2 ** 19);
    expect(deflateSync(buffers, { level: 9 }).length).toBeGreaterThan(buffers.length);
  });
});

test("a stamp holds 48 bits of a write's number and 47 of a sector's", () => {
  const anySequence = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 48 - 1 }),
    fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1),
  );
  fc.assert(
    fc.property(
      anySector,
      anySequence,
      anyWord,
      fc.array(anyWord, { minLength: 8 * 128, maxLength: 8 * 128 }),
      (...drawn) => {
        const [first, sequence, identity, random] = drawn;
        const words = Int32Array.from(random);
        const [firstHigh, sequenceHigh] = [Math.floor(first / 2 ** 31), Math.floor(sequence / 2 ** 32)];
        stampIdentity(words, 0, words.length, identity);
        stampSectors(words, 0, words.length, first | 0, firstHigh, sequence | 0, sequenceHigh);
        const bytes = new Uint8Array(words.buffer);
        for (let index = 0; index < 8; index += 1) {
          expect(readStamp(bytes, index * SECTOR_BYTES)).toEqual({ sector: first + index, sequence, identity });
        }
      },
    ),
  );
});

test("threads and rounds are told apart", () => {
  const origins = [1, 2].flatMap((seed) =>
    ["a", "b"].flatMap((caseId) => [0, 1, 2].map((roundIndex) => ({ seed, caseId, roundIndex }))),
  );
  const identities = origins.flatMap((origin) => [0, 1, 2, 3].map((thread) => contentIdentity(origin, thread)));
  expect(new Set(identities).size).toBe(identities.length);
});
