// Two sizes -> the largest that divides both.

/** For whole numbers that are not negative, by Euclid's algorithm; with 0 it is the other one. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
