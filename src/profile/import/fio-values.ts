// Values as fio writes them -> numbers: sizes, times, and what stands for reads, writes and trims.

/** 1000 only where kb_base says so. */
export type Kilo = 1000 | 1024;

const SIZE = /^(0x[0-9a-f]+|\d+)(?:([kmgtp])(i?b?))?b?$/i;
const POWERS = "kmgtp";

/** Null when it is none. With `kilo` 1000 (kb_base) only names in -ib are binary, else all are (fio 3.33). */
export function parseFioSize(text: string, kilo: Kilo): number | null {
  const match = SIZE.exec(text.trim());
  if (match === null) return null;
  const power = match[2] === undefined ? 0 : POWERS.indexOf(match[2].toLowerCase()) + 1;
  const base = match[3]?.toLowerCase() === "ib" ? 1024 : kilo;
  const bytes = Number(match[1]) * base ** power;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  d: 86_400,
  h: 3600,
  m: 60,
  min: 60,
  s: 1,
  sec: 1,
  ms: 1e-3,
  msec: 1e-3,
  us: 1e-6,
  usec: 1e-6,
};
/** Seconds of each place in `days:hours:minutes:seconds`, from the right. */
const PLACES = [1, 60, 3600, 86_400];

/** Seconds from `30`, `5m`, `1500ms`, `1:30`; null when it is none. */
export function parseFioTime(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 1) {
    if (parts.length > PLACES.length || !parts.every((part) => /^\d{1,9}$/.test(part))) return null;
    return parts.reduceRight((sum, part, index) => sum + Number(part) * (PLACES[parts.length - 1 - index] ?? 0), 0);
  }
  const [, digits, unit = ""] = /^(\d{1,15})\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const scale = Object.entries(TIME_UNITS).find(([name]) => name === unit.toLowerCase())?.[1];
  return digits === undefined || scale === undefined ? null : Math.round(Number(digits) * scale * 1e9) / 1e9;
}

/** The parts of `reads,writes,trims`; one that is not there is as the one before, an empty one the default (HOWTO, "bs"). */
export function directionsOf(text: string): readonly [read: string, write: string] {
  const [read = "", write = read] = text.split(",").map((part) => part.trim());
  return [read, write];
}

export interface BlockSizes {
  readonly leastBytes: number;
  readonly mostBytes: number;
  readonly mostFrequentBytes: number;
}

/** Sizes of `4k-64k`; null when it cannot be read. */
export function parseRange(text: string, kilo: Kilo): BlockSizes | null {
  const [first, last, ...others] = text.split(/[-:]/).map((each) => parseFioSize(each, kilo));
  const [least = null, most = null] = [first, last];
  if (least === null || most === null || others.length > 0) return null;
  return { leastBytes: least, mostBytes: most, mostFrequentBytes: most };
}

/** Sizes of `4k/60:64k/40`; of equally frequent ones the largest counts. Null when it cannot be read. */
export function parseSplit(text: string, kilo: Kilo): BlockSizes | null {
  const entries = text.split(":").map((entry) => {
    const [size = "", percent = ""] = entry.split("/");
    return { bytes: parseFioSize(size, kilo), percent: percent.trim() };
  });
  // What has no share of its own divides what the others leave.
  const stated = entries.filter(({ percent }) => /^\d{1,3}$/.test(percent));
  const left = 100 - stated.reduce((sum, { percent }) => sum + Number(percent), 0);
  const share = left / Math.max(1, entries.length - stated.length);
  const used: { readonly bytes: number; readonly weight: number }[] = [];
  for (const { bytes, percent } of entries) {
    if (bytes === null) return null;
    const weight = /^\d{1,3}$/.test(percent) ? Number(percent) : share;
    if (weight > 0 || entries.length === 1) used.push({ bytes, weight });
  }
  const [first] = used;
  if (first === undefined) return null;
  const best = used.reduce((before, each) => {
    return each.weight > before.weight || (each.weight === before.weight && each.bytes > before.bytes) ? each : before;
  }, first);
  return {
    leastBytes: used.reduce((least, { bytes }) => Math.min(least, bytes), first.bytes),
    mostBytes: used.reduce((most, { bytes }) => Math.max(most, bytes), first.bytes),
    mostFrequentBytes: best.bytes,
  };
}

/** `$name`, `${name}` or `$(command)`. */
export const holdsVariable = (text: string): boolean => /\$[\w{(]/.test(text);
