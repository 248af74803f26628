// A seed -> the same uniform numbers everywhere, for permutations and simulations.

/** Numbers from 0 up to but not including 1. Source: mulberry32, Tommy Ettinger (2017), public domain. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A copy of `values` in an order drawn evenly from all orders (Fisher and Yates; Durstenfeld 1964). `below`: a random
 * whole number from 0 up to but not including the one given.
 */
export function shuffled(values: readonly number[], below: (count: number) => number): number[] {
  const copy = [...values];
  for (let place = copy.length - 1; place > 0; place--) {
    const other = below(place + 1);
    [copy[place], copy[other]] = [copy[other] ?? 0, copy[place] ?? 0];
  }
  return copy;
}
