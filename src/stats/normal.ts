// Standard deviations -> probabilities of the standard normal distribution, and back.

/** Beyond this the series below loses digits to cancellation, and the continued fraction has gained them. */
const SERIES_LIMIT = 3;
const FRACTION_TERMS = 120;

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Area between 0 and z: density times z + z^3/3 + z^5/(3*5) + ... (Abramowitz and Stegun, 26.2.11). */
function areaFromZero(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return density(z) * sum;
}

/** P(Z > z) for z > 0 by the continued fraction of the Mills ratio (Abramowitz and Stegun, 26.2.14). */
function upperTailByFraction(z: number): number {
  let fraction = z;
  for (let term = FRACTION_TERMS; term >= 1; term--) fraction = z + term / fraction;
  return density(z) / fraction;
}

/** P(Z > z): the probability of a value beyond `z` standard deviations. Accurate to about 14 digits. */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  return z <= SERIES_LIMIT ? 0.5 - areaFromZero(z) : upperTailByFraction(z);
}

/** The z beyond which a probability (0 to 1, ends excluded) lies, by bisection. */
export function normalUpperQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`${probability} is not between 0 and 1`);
  let low = -40;
  let high = 40;
  for (let step = 0; step < 200 && high - low > 1e-15 * Math.max(1, Math.abs(low)); step++) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
