// Number of values -> which of them, sorted, bound an interval for their median.

/**
 * Ranks `[low, high]`, from 1, of the sorted values between which the median lies with at least `level` (0.95 is 95 %);
 * null: so few values bound none. Source: Conover, "Practical Nonparametric Statistics", 3.2 (sign test,
 * binomial tails).
 */
export function medianInterval(count: number, level: number): readonly [low: number, high: number] | null {
  const excess = 1 - level + 1e-12;
  // Probability that exactly `heads` of `count` fair coins show heads; logarithms keep 2^-count from vanishing.
  let logTerm = -count * Math.LN2;
  let below = 0;
  for (let heads = 0; heads <= count / 2; heads++) {
    const before = below;
    below += Math.exp(logTerm);
    if (2 * below > excess) {
      if (heads === 0) return null;
      // One value less at the upper end, where that is still enough.
      const isEnough = before + below <= excess;
      return [heads, count + 1 - heads - (isEnough ? 1 : 0)];
    }
    logTerm += Math.log((count - heads) / (heads + 1));
  }
  return null;
}
