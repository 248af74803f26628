// Figures -> the few digits that a person reads, with a dash for what is not known; many sentences -> a few.

/** Stands for what was not measured, or not often enough. */
export const DASH = "-";

/** Three significant digits or all whole ones, thousands set apart: 0.0421, 4.21, 42.1, 421, 42,142. */
export function formatFigure(value: number): string {
  if (value >= 100 || value === 0) return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ",");
  if (value >= 1) return value.toFixed(value >= 10 ? 1 : 2);
  return value.toPrecision(3);
}

export interface RateUnit {
  readonly name: "MB/s" | "MiB/s";
  readonly bytes: number;
}

/** MB/s is 10^6 bytes per second, MiB/s 2^20. */
export function rateUnit(mebibytes: boolean): RateUnit {
  return mebibytes ? { name: "MiB/s", bytes: 1024 ** 2 } : { name: "MB/s", bytes: 1e6 };
}

/** The first `most` of `texts`; the others are counted. */
export function shortened(texts: readonly string[], most: number): readonly string[] {
  const left = texts.length - most;
  return left <= 0 ? texts : [...texts.slice(0, most), `... and ${left} more like these (see --json)`];
}
