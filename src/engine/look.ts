// Looks at one of the system's counters -> how much of it belongs to a window that they do not quite enclose.

export interface Look {
  readonly atNs: number;
  readonly counted: number;
}

/** The thread looks late when a flush outlasts the window: the window gets its share of the time between looks. */
export function countedInWindow(from: Look, to: Look, windowNs: number): number {
  const betweenNs = to.atNs - from.atNs;
  return betweenNs > 0 ? (Math.max(0, to.counted - from.counted) * windowNs) / betweenNs : 0;
}
