// "3%" <-> 0.03: shares as people write and read them.

export const PERCENT_FORMS = "a percentage from 0% to 1000%, such as 3% or 0.5%";

const LARGEST = 10;

/** A ratio from `3%`; null when the text is no percentage or beyond 1000 %. */
export function parsePercent(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (match === null) return null;
  // Whole thousandths of a percent, so that 3% is 0.03 and not a neighbour of it.
  const ratio = Math.round(Number(match[1]) * 1000) / 100_000;
  return ratio <= LARGEST ? ratio : null;
}

/** As a spread or a floor is read: 0.0213 -> `2.1%`. */
export function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)}%`;
}

/** A ratio with its sign: -0.1 -> `-10.0%`. */
export function signedPercent(ratio: number): string {
  const percent = (ratio * 100).toFixed(Math.abs(ratio) < 0.0995 ? 2 : 1);
  return `${Number(percent) > 0 ? "+" : ""}${Number(percent) === 0 ? "0.00" : percent}%`;
}

/** A tolerance: 0.05 -> `5%`. */
export function plainPercent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))}%`;
}
