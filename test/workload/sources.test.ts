// A seed and a range of blocks -> the same I/Os whatever is drawn at once, evenly from all of the range, or one after the other.

import { describe, expect, test } from "vitest";
import { ROW, ROW_LENGTH } from "../../src/workload/rows.ts";
import { sourceOf, type Source } from "../../src/workload/source.ts";
import { operationOf } from "../support/builders.ts";
import { drawn } from "../support/drawn.ts";

const BLOCK_BYTES = 4096;
const FIRST_BLOCK = 7;

interface Visit {
  readonly operation: "read" | "write";
  readonly block: number;
}

function draw(source: Source, ios: number): readonly Visit[] {
  return drawn(source, ios).map(({ operation, offsetBytes }) => ({ operation, block: offsetBytes / BLOCK_BYTES }));
}

const CASES = [
  ["random writes", "random", 1000, 0],
  ["random reads", "random", 2 ** 20, 100],
  ["random writes of a large file", "random", 2 ** 28, 0],
  ["both, mixed", "random", 1000, 30],
  ["sequential reads that go around", "sequential", 50, 100],
] as const;

describe.for(CASES)("%s", ([, pattern, blockCount, readPercent]) => {
  const range = { firstBlock: FIRST_BLOCK, blockCount };
  const open = (seed = "seed", percent: number = readPercent): Source =>
    sourceOf(
      { pattern, operation: operationOf(percent), readPercent: percent, blockSizeBytes: BLOCK_BYTES },
      range,
      seed,
    );

  test("are the same, however many are drawn at once", () => {
    const inParts = open();
    const parts = [64, 1, 64, 0, 64, 7].flatMap((ios) => draw(inParts, ios));
    expect(parts).toEqual(draw(open(), 200));
  });

  test("lie in the range, and reach both ends of a small one", () => {
    const blocks = draw(open(), 20_000).map(({ block }) => block);
    expect(Math.min(...blocks)).toBeGreaterThanOrEqual(FIRST_BLOCK);
    expect(Math.max(...blocks)).toBeLessThan(FIRST_BLOCK + blockCount);
    if (blockCount <= 1000) expect(new Set(blocks).size).toBe(blockCount);
    else expect(new Set(blocks).size).toBeGreaterThan(19_000);
  });

  test("read as often as they are asked to", () => {
    const reads = draw(open(), 20_000).filter(({ operation }) => operation === "read").length;
    const exact = readPercent === 0 || readPercent === 100;
    expect(Math.abs(reads / 200 - readPercent)).toBeLessThanOrEqual(exact ? 0 : 2);
  });

  test("visit the same blocks, whatever is done with them", () => {
    const blocksOf = (percent: number): readonly number[] => draw(open("seed", percent), 100).map(({ block }) => block);
    expect(blocksOf(50)).toEqual(blocksOf(0));
  });
});

test("another seed draws other blocks", () => {
  const settings = { pattern: "random", operation: "write", readPercent: null, blockSizeBytes: BLOCK_BYTES } as const;
  const blocks = (seed: string) => draw(sourceOf(settings, { firstBlock: 0, blockCount: 2 ** 20 }, seed), 20);
  expect(blocks("a")).not.toEqual(blocks("b"));
});

test("only the rows that are asked for are written, all of each but what is the loop's", () => {
  const settings = {
    pattern: "sequential",
    operation: "write",
    readPercent: null,
    blockSizeBytes: BLOCK_BYTES,
  } as const;
  const rows = new Float64Array(3 * ROW_LENGTH).fill(-1);
  const source = sourceOf(settings, { firstBlock: 5, blockCount: 9 }, "seed");
  source.begin(rows, ROW_LENGTH, 2 * ROW_LENGTH);
  source.draw(rows, ROW_LENGTH, 2 * ROW_LENGTH);
  const untouched = Array.from({ length: ROW_LENGTH }, () => -1);
  expect([...rows.subarray(0, ROW_LENGTH)]).toEqual(untouched);
  expect([...rows.subarray(2 * ROW_LENGTH)]).toEqual(untouched);
  const row = rows.subarray(ROW_LENGTH);
  const { start: _start, latency: _latency, ...drawnPlaces } = ROW;
  const found = Object.entries(drawnPlaces).map(([name, place]) => [name, row[place]]);
  expect(Object.fromEntries(found)).toEqual({
    operation: 1,
    offset: 5 * BLOCK_BYTES,
    length: BLOCK_BYTES,
    file: 0,
    flags: 0,
    due: 0,
  });
});
