// Values at equal distances in time -> the slope of the line through them, whatever a few of them do.

import { median } from "./ranks.ts";

/**
 * Median of the slopes between all pairs of values, per step; null of fewer than two. A quarter of the values may be
 * anything without moving it. Source: Sen, Journal of the American Statistical Association 63 (1968).
 */
export function theilSenSlope(values: readonly number[]): number | null {
  return median(
    values.flatMap((later, index) =>
      values.slice(0, index).map((earlier, place) => (later - earlier) / (index - place)),
    ),
  );
}
