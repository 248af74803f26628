// The bounds of every number in a profile -> one table for the schema, the command line's flags and the error texts.

import { formatSize } from "../shared/units.ts";

/** Both ends belong to what is allowed. */
export interface Limits {
  readonly minimum: number;
  readonly maximum: number;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const GIBIBYTE = 1024 ** 3;

export const LIMITS = {
  /** 512 is the smallest sector there is; the upper end keeps one slot's buffer within a 32-bit transfer count. */
  blockSizeBytes: { minimum: 512, maximum: GIBIBYTE },
  targetSizeBytes: { minimum: 512, maximum: Number.MAX_SAFE_INTEGER },
  queueDepth: { minimum: 1, maximum: 4096 },
  threads: { minimum: 1, maximum: 256 },
  readPercent: { minimum: 0, maximum: 100 },
  durationSeconds: { minimum: 0.001, maximum: WEEK_SECONDS },
  warmupSeconds: { minimum: 0, maximum: WEEK_SECONDS },
  ios: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  bytes: { minimum: 512, maximum: Number.MAX_SAFE_INTEGER },
  flushEvery: { minimum: 1, maximum: 9_999_999 },
  /** The counter that all threads share has 32 bits. */
  maxErrors: { minimum: 1, maximum: 2_000_000_000 },
  rounds: { minimum: 1, maximum: 1000 },
  seed: { minimum: 0, maximum: 2 ** 32 - 1 },
  /** Rounds of all cases together: what one plan, one screen and one result file can still hold. */
  plannedRounds: { minimum: 1, maximum: 100_000 },
  /** Buffers of one thread: queue depth times block size. */
  bufferBytesPerThread: { minimum: 512, maximum: GIBIBYTE },
} as const satisfies Record<string, Limits>;

export function isWithin(limits: Limits, value: number): boolean {
  return value >= limits.minimum && value <= limits.maximum;
}

/** "from 512B to 1GiB"; an upper end that only the number format sets is left out. */
export function describeLimits(limits: Limits, format: (value: number) => string = String): string {
  const { minimum, maximum } = limits;
  return maximum === Number.MAX_SAFE_INTEGER
    ? `of at least ${format(minimum)}`
    : `from ${format(minimum)} to ${format(maximum)}`;
}

export function describeSizeLimits(limits: Limits): string {
  return describeLimits(limits, formatSize);
}
