// A measured figure and what is demanded of it -> both printed side by side; a wrong one fails the test, after the others.

import { expect } from "vitest";

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 });

function print(what: string, measured: string, demanded: string): void {
  process.stdout.write(`    ${what}: ${measured}   (demanded: ${demanded})\n`);
}

/** `measured` may differ from `wanted` by `percent` of it. */
export function expectWithin(what: string, measured: number, wanted: number, percent: number): void {
  const deviation = (measured / wanted - 1) * 100;
  print(what, `${number(measured)}, off by ${deviation.toFixed(3)} %`, `${number(wanted)} within ${percent} %`);
  expect.soft(Math.abs(deviation), `${what}: percent off ${number(wanted)}`).toBeLessThanOrEqual(percent);
}

/** `measured` must lie between `low` and `high`. */
export function expectBetween(what: string, measured: number, low: number, high: number): void {
  print(what, number(measured), `${number(low)} to ${number(high)}`);
  expect.soft(measured, what).toBeGreaterThanOrEqual(low);
  expect.soft(measured, what).toBeLessThanOrEqual(high);
}

/** `measured` must be `wanted`. */
export function expectExactly(what: string, measured: number, wanted: number): void {
  print(what, number(measured), `exactly ${number(wanted)}`);
  expect.soft(measured, what).toBe(wanted);
}

/** A figure that a result may leave out, where it must be there. */
export function present(value: number | null | undefined): number {
  if (value === null || value === undefined) throw new Error("the result lacks a figure");
  return value;
}

/** Middle of the sorted values; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (at(half - 1) + at(half)) / 2 : at(Math.floor(half));
}
