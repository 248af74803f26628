// Ranges of values -> axes with ticks at round numbers; pure.

import { humanNanoseconds } from "../shared/units.ts";
import type { Axis } from "./chart.ts";
import { formatFigure } from "./numbers.ts";

const MOST_TICKS = 6;

/** 1, 2, 5, 10, 20, ... the least of them that divides `range` into few enough parts. */
function roundStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / MOST_TICKS));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => range / step <= MOST_TICKS) ?? power * 10;
}

/** From zero to `most`, and a little beyond. */
export function linearAxis(name: string, most: number, label: (value: number) => string = formatFigure): Axis {
  const range = most > 0 ? most : 1;
  const step = roundStep(range);
  const count = Math.ceil(range / step);
  const end = count * step;
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({ value: index * step, label: label(index * step) }));
  return { name, scale: "linear", from: 0, to: end, ticks };
}

/** Latencies on a logarithmic scale. `least` and `most` are positive. */
export function latencyAxis(name: string, leastNs: number, mostNs: number): Axis {
  const from = Math.max(leastNs, 1);
  // A range without any width would have no places.
  const to = Math.max(mostNs, from * 2);
  const decades = Math.log10(to / from);
  const factors = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
  const powers = Array.from({ length: 14 }, (_, power) => 10 ** power);
  const values = powers.flatMap((power) => factors.map((factor) => factor * power));
  const ticks = values
    .filter((value) => value >= from && value <= to)
    .map((value) => ({ value, label: humanNanoseconds(value).replace(/\.0+(?= )/, "") }));
  return { name, scale: "logarithmic", from, to, ticks };
}

const PERCENTILE_LABELS: readonly (readonly [label: string, percentile: number])[] = [
  ["0", 0],
  ["p50", 50],
  ["p90", 90],
  ["p99", 99],
  ["p99.9", 99.9],
  ["p99.99", 99.99],
  ["p99.999", 99.999],
];

/** Percentiles (0 to below 100) so that each further nine takes as much room. */
export function percentileAxis(name: string, mostPercent: number): Axis {
  const to = Math.max(mostPercent, 90);
  const ticks = PERCENTILE_LABELS.flatMap(([label, value]) => (value <= to + 1e-9 ? [{ value, label }] : []));
  return { name, scale: "nines", from: 0, to, ticks };
}
