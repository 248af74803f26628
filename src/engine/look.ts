// Looks at one of the system's counters -> how much of it belongs to a window that they do not quite enclose.

export interface Look {
  readonly atNs: number;
  readonly counted: number;
}

/**
 * A counter can be looked at only once the thread comes back, and a flush may have outlasted the window by then: the
 * window gets its share of the time between the looks.
 */
export function countedInWindow(from: Look, to: Look, windowNs: number): number {
  const betweenNs = to.atNs - from.atNs;
  return betweenNs > 0 ? (Math.max(0, to.counted - from.counted) * windowNs) / betweenNs : 0;
}
