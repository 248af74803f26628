// Paired measurements -> ratios with 90 % intervals, and whether a bound is missed.

import { pairedShift } from "../../src/stats/hodges-lehmann.ts";
import type { Measurement } from "./contenders.ts";
import type { Target } from "./bench-cases.ts";

export interface Ratio {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const LEVEL = 0.9;
/** What a device-bound case must reach beyond doubt of intervals. */
const LEAST_DEVICE_BOUND_RATIO = 0.97;

/** The kernel samples which part of CPU time was user's and system's, and may find nothing of one: that is below 1 ns. */
const atLeastOne = (value: number): number => Math.max(1, value);

/** The centre of ratios, one per round, with its interval. */
export function centreOf(ratios: readonly number[]): Ratio {
  const { estimate, low, high } = pairedShift(ratios.map(Math.log), LEVEL);
  return { estimate: Math.exp(estimate), low: Math.exp(low ?? -Infinity), high: Math.exp(high ?? Infinity) };
}

/** Ours divided by theirs, round by round. */
export function ratioOf(
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
  figure: (measurement: Measurement) => number,
): Ratio {
  return centreOf(
    ours.map((measurement, round) => {
      const other = theirs[round];
      return other === undefined ? NaN : atLeastOne(figure(measurement)) / atLeastOne(figure(other));
    }),
  );
}

export const textOf = ({ estimate, low, high }: Ratio): string =>
  `${estimate.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;

export const cpuNsPerIo = (measurement: Measurement): number => measurement.userNsPerIo + measurement.systemNsPerIo;

/** Whether the device-bound rate may still turn out to be on either side of what it must reach. */
export function isUndecided({ low, high }: Ratio): boolean {
  return low < LEAST_DEVICE_BOUND_RATIO && high >= LEAST_DEVICE_BOUND_RATIO;
}

/** Missed: the interval lies wholly on the wrong side; for device-bound rates also a low estimate. */
export function misses(iops: Ratio, cpu: Ratio, target: Target, deviceBound: boolean): readonly string[] {
  const missed: string[] = [];
  if (iops.high < target.iops) missed.push("IOPS");
  else if (deviceBound && iops.estimate < LEAST_DEVICE_BOUND_RATIO) missed.push("IOPS below 0.97");
  if (cpu.low > target.cpu) missed.push("CPU");
  return missed;
}
