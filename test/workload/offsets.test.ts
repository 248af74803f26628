// A stream of blocks drawn one by one and by the sheet -> the same I/Os in the same order.

import { expect, test } from "vitest";
import { BlockStream } from "../../src/workload/offsets.ts";

const ROW = 3;
const BLOCK_BYTES = 4096;

test.for([
  ["random writes", false, 1000, 0],
  ["random reads", false, 2 ** 20, 100],
  ["random writes of a large file", false, 2 ** 28, 0],
  ["both, mixed", false, 1000, 30],
  ["sequential reads that go around", true, 50, 100],
] as const)("%s", ([, sequential, blockCount, readPercent]) => {
  const range = { thread: 0, firstBlock: 7, blockCount, ios: null };
  const stream = (): BlockStream => new BlockStream("seed", sequential, range, readPercent);
  const single = stream();
  const expected = Array.from({ length: 200 }, () => {
    const direction = single.nextIsRead() ? 0 : 1;
    return [direction, single.nextBlock() * BLOCK_BYTES, BLOCK_BYTES];
  });
  const sheet = stream();
  const drawn: number[][] = [];
  // Sheets of any length, behind something else.
  for (const ios of [64, 1, 64, 0, 64, 7]) {
    const rows = new Float64Array(8 + ios * ROW).fill(-1);
    sheet.draw(rows, 8, 8 + ios * ROW, ROW, BLOCK_BYTES);
    for (let row = 8; row < rows.length; row += ROW) drawn.push([...rows.subarray(row, row + ROW)]);
    expect([...rows.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => -1));
  }
  expect(drawn).toEqual(expected);
  expect(new Set(drawn.map(([, offsetBytes]) => offsetBytes)).size).toBeGreaterThan(40);
});
