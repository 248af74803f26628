// A history of values -> where its level changed: E-divisive with seeded permutations.

import { mulberry32, shuffled } from "../shared/random.ts";

export interface ChangePoint {
  readonly index: number;
  /** How far apart the levels are, in the values' unit times the weight of both parts. */
  readonly q: number;
  /** Share of permutations, the history itself included, with as clear a change. */
  readonly p: number;
}

export interface ChangePointOptions {
  readonly seed: number;
  readonly permutations: number;
  /** A change whose p is above this is chance. */
  readonly significance: number;
  readonly smallestPart: number;
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

/**
 * For each place 1 .. n-1 at which `values` could be cut, how different both parts are: between minus within distances,
 * weighted by size. Source: Matteson and James, Journal of the American Statistical Association 109 (2014), eq. 5 and 7.
 */
export function divergences(values: readonly number[]): readonly number[] {
  const count = values.length;
  let left = 0;
  let between = 0;
  let right = 0;
  for (const [index, value] of values.entries()) {
    for (let other = index + 1; other < count; other++) right += Math.abs(value - (values[other] ?? 0));
  }
  const result: number[] = [];
  for (const [index, value] of values.slice(0, -1).entries()) {
    // The value moves from the right part to the left one.
    let toLeft = 0;
    let toRight = 0;
    for (let other = 0; other < index; other++) toLeft += Math.abs(value - (values[other] ?? 0));
    for (let other = index + 1; other < count; other++) toRight += Math.abs(value - (values[other] ?? 0));
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    const m = index + 1;
    const n = count - m;
    const within = (m > 1 ? left / pairs(m) : 0) + (n > 1 ? right / pairs(n) : 0);
    result.push(((m * n) / (m + n)) * ((2 * between) / (m * n) - within));
  }
  return result;
}

interface Cut {
  readonly at: number;
  readonly q: number;
}

/** The clearest cut that leaves at least `smallestPart` values on either side; null: there is no room for one. */
function clearestCut(values: readonly number[], smallestPart: number): Cut | null {
  let best: Cut | null = null;
  for (const [index, q] of divergences(values).entries()) {
    const at = index + 1;
    if (at < smallestPart || values.length - at < smallestPart) continue;
    if (best === null || q > best.q) best = { at, q };
  }
  return best;
}

/** The same values in another order sum up to a slightly other number; what differs by less than this is equal. */
const ROUNDING = 1e-9;

function significance(values: readonly number[], cut: Cut, options: ChangePointOptions): number {
  const random = mulberry32(options.seed);
  const below = (count: number): number => Math.floor(random() * count);
  let asClear = 1;
  for (let permutation = 0; permutation < options.permutations; permutation++) {
    const cutByChance = clearestCut(shuffled(values, below), options.smallestPart);
    if ((cutByChance?.q ?? 0) >= cut.q * (1 - ROUNDING)) asClear++;
  }
  return asClear / (options.permutations + 1);
}

/** The clearest change in all of `values`, whether significant or not; null: there are too few. */
export function clearestChange(values: readonly number[], options: ChangePointOptions): ChangePoint | null {
  const cut = clearestCut(values, options.smallestPart);
  return cut === null ? null : { index: cut.at, q: cut.q, p: significance(values, cut, options) };
}

/** All significant changes, in order: each part is divided until its clearest change is chance. */
export function changePoints(values: readonly number[], options: ChangePointOptions): readonly ChangePoint[] {
  const change = clearestChange(values, options);
  if (change === null || change.p > options.significance) return [];
  const { index } = change;
  const later = changePoints(values.slice(index), options);
  return [
    ...changePoints(values.slice(0, index), options),
    change,
    ...later.map((each) => ({ ...each, index: each.index + index })),
  ];
}
