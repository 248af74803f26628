// What a system counts by itself, and results are checked against: devices, power, time without a CPU.

import type { Described } from "../shared/schema-parts.ts";
import type { deviceTrafficSchema } from "./facts-schema.ts";

/** What a block device has done since the system started, by its own count. */
export type DeviceTraffic = Described<typeof deviceTrafficSchema>;
export type TrafficCounts = Omit<DeviceTraffic, "name" | "role">;

/** What several devices have done together. */
export function addTraffic(parts: readonly TrafficCounts[]): TrafficCounts {
  const sum = (of: (part: TrafficCounts) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    readBytes: sum((part) => part.readBytes),
    writtenBytes: sum((part) => part.writtenBytes),
    busySeconds: sum((part) => part.busySeconds),
    queueSeconds: sum((part) => part.queueSeconds),
  };
}

/** What holds this computer back now. Null or empty: the system does not tell, or has no such thing. */
export interface PowerState {
  readonly onBattery: boolean | null;
  /** Groups of CPUs whose clock is governed together. */
  readonly frequencies: readonly {
    readonly name: string;
    readonly driver: string | null;
    readonly governor: string | null;
    readonly energyPreference: string | null;
    /** Allowed now, and the most that the hardware has. */
    readonly allowedHertz: number | null;
    readonly maximumHertz: number | null;
  }[];
  /** How often a CPU was slowed down because of heat, since the system started; null: not counted. */
  readonly throttleEvents: number | null;
}

/** How long a thread could have run, but had no CPU, since it began. */
export interface CpuWaits {
  readonly seconds: number;
  /** How often it got one; each time it had waited, if only for a microsecond. */
  readonly count: number;
}

/** The same of the thread that asked for it. */
export interface SchedulingDelay {
  /** Takes a few microseconds. Null when the kernel stops telling. */
  read(): CpuWaits | null;
  close(): void;
}

/** What the system counts by itself, for a result to be checked against. */
export interface Evidence {
  /** The devices that I/O on `path` passes, the own one first; empty where none counts (tmpfs, FUSE, network). */
  deviceTraffic(path: string): readonly DeviceTraffic[];
  powerState(): PowerState;
  /** CPU time that a hypervisor gave to others while this machine wanted it, all CPUs together; null: not told. */
  stolenSeconds(): number | null;
  /** What the kernel reads its clock from, e.g. `tsc`; null: not told. */
  clockSource(): string | null;
  /** For the calling thread; null where it is not counted. */
  schedulingDelay(): SchedulingDelay | null;
}
