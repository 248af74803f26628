// Every set of kinds of samples -> parts of a thread's memory that lie behind each other and never in each other.

import { expect, test } from "vitest";
import {
  ALL_KINDS,
  KIND,
  memoryLayout,
  NUMBER_COUNT,
  RING_SIZE,
  roundMemoryBytes,
  SUM,
  WORD_COUNT,
  type Kind,
} from "../../../src/engine/loop/memory-layout.ts";
import {
  ERROR_CODE_PLACES,
  THREAD_NUMBER,
  THREAD_WORD,
  viewRoundMemory,
} from "../../../src/engine/loop/round-memory.ts";
import { TRANSFER_COUNT } from "../../../src/shared/operations.ts";
import { BUCKET_COUNT } from "../../../src/samples/histogram.ts";
import { unsharedMemory } from "../unshared-memory.ts";

const subsets = ALL_KINDS.reduce<readonly (readonly Kind[])[]>(
  (all, kind) => [...all, ...all.map((some) => [...some, kind])],
  [[]],
);

test.each(subsets)("no counter of the kinds %j lies in another", (...kinds) => {
  const layout = memoryLayout(kinds);
  const memory = viewRoundMemory(unsharedMemory(3, layout), layout, 3);
  const views = [
    memory.control,
    memory.times,
    ...memory.threads.flatMap((thread) => [
      thread.words,
      thread.numbers,
      thread.outsideNumbers,
      thread.sums,
      thread.counts,
    ]),
  ];
  const places = views.map(({ byteOffset, byteLength }) => [byteOffset, byteOffset + byteLength] as const);
  const sorted = places.toSorted(([a], [b]) => a - b);
  for (const [index, [start]] of sorted.entries()) expect(start).toBeGreaterThanOrEqual(sorted[index - 1]?.[1] ?? 0);
  expect(sorted.at(-1)?.[1]).toBeLessThanOrEqual(roundMemoryBytes(layout, 3));
});

test.each(subsets)("within a buffer the kinds %j have sums and buckets of their own", (...kinds) => {
  const { sumPlaces, countPlaces, intervalPlace, sumsPerBuffer, countsPerBuffer } = memoryLayout(kinds);
  const sums = kinds.flatMap((kind) => Object.values(SUM).map((sum) => (sumPlaces[kind] as number) + sum));
  expect(new Set([...sums, intervalPlace]).size).toBe(sums.length + 1);
  expect(Math.max(...sums, intervalPlace)).toBeLessThan(sumsPerBuffer);
  expect(kinds.map((kind) => countPlaces[kind])).toEqual(kinds.map((_, index) => index * BUCKET_COUNT));
  expect(countsPerBuffer).toBe(kinds.length * BUCKET_COUNT);
  const others = ALL_KINDS.filter((kind) => !kinds.includes(kind));
  expect(others.map((kind) => [sumPlaces[kind], countPlaces[kind]])).toEqual(others.map(() => [-1, -1]));
});

test("a case takes memory for the kinds of samples that it makes", () => {
  const bytes = (...kinds: readonly Kind[]): number => roundMemoryBytes(memoryLayout(kinds), 1);
  const perKind = RING_SIZE * BUCKET_COUNT * 4;
  expect(bytes(KIND.read, KIND.write) - bytes(KIND.read)).toBe(perKind);
});

test("every kind is among all of them", () => {
  expect(ALL_KINDS).toEqual(Object.values(KIND));
});

test("words and numbers have room, error codes included", () => {
  expect(Math.max(...Object.values(THREAD_WORD))).toBeLessThan(WORD_COUNT);
  // Each name has one place, but for these.
  const several: Readonly<Record<string, number>> = {
    errorCodes: 2 * ERROR_CODE_PLACES,
    ios: TRANSFER_COUNT,
    bytes: TRANSFER_COUNT,
  };
  const places = Object.entries(THREAD_NUMBER).flatMap(([name, first]) =>
    Array.from({ length: several[name] ?? 1 }, (_, index) => first + index),
  );
  expect(new Set(places).size).toBe(places.length);
  expect(Math.max(...places)).toBeLessThan(NUMBER_COUNT);
});
