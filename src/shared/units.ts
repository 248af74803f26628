// Text <-> quantities: "64KiB" <-> 65536, "500ms" <-> 0.5; and numbers as people read them.

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

export const SIZE_FORMS = "a whole number of bytes such as 4096, or a size such as 4KiB, 64K, 1GiB";

export const DURATION_FORMS = "a duration such as 10s, 500ms, 2m or 1h; a plain number means seconds";

/** All units are binary, as fio and DiskSpd have them. Null when it is no size, is negative, or is beyond 2^53. */
export function parseSizeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(?:(b)|([kmgt])(?:i?b)?)?$/i.exec(text.trim());
  if (match === null) return null;
  const unit = SIZE_UNITS[(match[3] ?? "").toUpperCase()] ?? 1;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest exact way to write a number of bytes: 65536 -> "64KiB", 1000 -> "1000B". */
export function formatSize(bytes: number): string {
  for (const unit of ["T", "G", "M", "K"]) {
    const scale = SIZE_UNITS[unit] ?? 1;
    if (bytes >= scale && bytes % scale === 0) return `${bytes / scale}${unit}iB`;
  }
  return `${bytes}B`;
}

const DURATION_UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, "": 1, m: 60, min: 60, h: 3600 };

/** Seconds from `10s`, `500ms`, `250us`, `2m`, `1h` or a plain number of seconds; null when it is none of these. */
export function parseDurationSeconds(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min|m|h)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = DURATION_UNITS[match[2] ?? ""] ?? 1;
  // Whole nanoseconds, so that 0.1 s and 100 ms are the same number.
  const seconds = Math.round(Number(match[1]) * unit * 1e9) / 1e9;
  return Number.isFinite(seconds) ? seconds : null;
}

/** The shortest exact way to write a duration: 0.5 -> "500ms", 90 -> "90s". */
export function formatDuration(seconds: number): string {
  if (Number.isInteger(seconds)) return `${seconds}s`;
  const milliseconds = Math.round(seconds * 1e9) / 1e6;
  if (Number.isInteger(milliseconds)) return `${milliseconds}ms`;
  return `${Math.round(seconds * 1e9) / 1e3}us`;
}

/** Bytes for reading, rounded: 1610612736 -> "1.50 GiB". */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return unit === "B" ? `${value} B` : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

/** A latency for reading, three significant digits, with its unit: 81234 -> "81.2 us". */
export function humanNanoseconds(nanoseconds: number): string {
  let value = nanoseconds;
  let unit = "ns";
  for (const next of ["us", "ms", "s"]) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  const digits = unit === "ns" ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

/** Seconds for reading as a length of time: 75 -> "1m15s". */
export function humanSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** `1 round`, `3 rounds`; `plural` where an s is not enough. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
