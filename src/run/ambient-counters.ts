// What the system counts before a round and after it -> what happened around the round.

import type { DeviceTraffic } from "../platform/evidence.ts";
import type { Platform } from "../platform/platform.ts";
import type { Surroundings } from "../result/result.ts";

interface Look {
  readonly clockSeconds: number;
  readonly wallSeconds: number;
  readonly devices: readonly DeviceTraffic[];
  readonly busySeconds: number | null;
  readonly stolenSeconds: number | null;
  readonly throttleEvents: number | null;
}

function look(platform: Platform, path: string | null): Look {
  return {
    // Not the clock of the measurement, which may be the one on the wall (Wine).
    clockSeconds: performance.now() / 1000,
    wallSeconds: Date.now() / 1000,
    devices: path === null ? [] : (platform.evidence?.deviceTraffic(path) ?? []),
    busySeconds: platform.machineTimes()?.busySeconds ?? null,
    stolenSeconds: platform.evidence?.stolenSeconds() ?? null,
    throttleEvents: platform.evidence?.powerState().throttleEvents ?? null,
  };
}

/** Counters only grow, unless a device was exchanged or its driver began anew. */
const growth = (before: number, after: number): number => Math.max(0, after - before);
const growthOrNull = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : growth(before, after);

function trafficBetween(before: readonly DeviceTraffic[], after: readonly DeviceTraffic[]): DeviceTraffic[] {
  return after.flatMap((now) => {
    const then = before.find(({ name, role }) => name === now.name && role === now.role);
    if (then === undefined) return [];
    return [
      {
        name: now.name,
        role: now.role,
        readBytes: growth(then.readBytes, now.readBytes),
        writtenBytes: growth(then.writtenBytes, now.writtenBytes),
        busySeconds: growth(then.busySeconds, now.busySeconds),
        queueSeconds: growth(then.queueSeconds, now.queueSeconds),
      },
    ];
  });
}

/**
 * Looks at the counters now, with nothing of ours outstanding; the function that comes back looks again and tells the
 * difference, without its devices if the target hangs by then. `path` leads to the target; null: no I/O reaches any.
 */
export function watchAmbientCounters(platform: Platform, path: string | null): (hangs: boolean) => Surroundings {
  const before = look(platform, path);
  return (hangs) => {
    const after = look(platform, hangs ? null : path);
    const seconds = growth(before.clockSeconds, after.clockSeconds);
    return {
      seconds,
      devices: trafficBetween(before.devices, after.devices),
      busySeconds: growthOrNull(before.busySeconds, after.busySeconds),
      stolenSeconds: growthOrNull(before.stolenSeconds, after.stolenSeconds),
      wallClockStepSeconds: after.wallSeconds - before.wallSeconds - seconds,
      throttleEvents: growthOrNull(before.throttleEvents, after.throttleEvents),
    };
  };
}
