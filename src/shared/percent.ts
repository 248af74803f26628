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
