// The table of operations -> codes, bits and words that agree with each other.

import { expect, test } from "vitest";
import {
  IO_OPERATIONS,
  OPERATION,
  OPERATIONS,
  reads,
  TRANSFER_BITS,
  TRANSFERS,
  transfersOf,
  writes,
} from "../../src/shared/operations.ts";

const codesIn = (bits: number): readonly number[] =>
  TRANSFERS.flatMap((_, code) => ((bits >>> code) & 1 ? [code] : []));

test("codes are places in the list, those of transfers first: they are indexes of counters", () => {
  expect(IO_OPERATIONS.map((name) => OPERATION[name])).toEqual(IO_OPERATIONS.map((_, code) => code));
  expect(TRANSFERS).toEqual(IO_OPERATIONS.slice(0, TRANSFERS.length));
});

test("the loop makes content for writes, and minds what reads leave in a buffer", () => {
  expect(codesIn(TRANSFER_BITS.content)).toEqual([OPERATION.write]);
  expect(codesIn(TRANSFER_BITS.filled)).toEqual([OPERATION.read]);
  expect(codesIn(TRANSFER_BITS.writes)).toEqual(TRANSFERS.filter(writes).map((name) => OPERATION[name]));
});

test("a job can ask for each transfer, and for a mix of reads and writes", () => {
  expect(OPERATIONS).toEqual([...TRANSFERS, "mixed"]);
  expect([reads("read"), writes("read")]).toEqual([true, false]);
  expect([reads("write"), writes("write")]).toEqual([false, true]);
  expect([reads("mixed"), writes("mixed")]).toEqual([true, true]);
});

test.each([
  [null, ["read", "write"]],
  [1, ["read", "write"]],
  [0, ["write"]],
  [100, ["read"]],
] as const)("a mix of which %s per cent read consists of %j", (readPercent, transfers) => {
  expect(transfersOf({ operation: "mixed", readPercent })).toEqual(transfers);
});
