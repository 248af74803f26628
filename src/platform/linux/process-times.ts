// This process, and the whole machine -> the CPU time that they have used (getrusage(2), proc_stat(5)).

import { readFileSync } from "node:fs";
import type { MachineTimes, ProcessTimes } from "../platform.ts";
import { bind } from "./libc.ts";
import { allocate } from "./memory.ts";

const RUSAGE_SELF = 0;
const getrusage = bind<(who: number, usage: number) => number>("int getrusage(int who, uintptr_t usage)");
/** struct rusage, 144 bytes; it begins with the user and the system time as { long seconds; long microseconds }. */
const usage = allocate(144);
const words = new Int32Array(usage.bytes.buffer, 0, 8);

/** CPU time since the process started, io_uring's workers included; kernel threads that complete its I/O are not. */
export function processTimes(): ProcessTimes {
  getrusage(RUSAGE_SELF, usage.address);
  return {
    userSeconds: (words[0] as number) + (words[2] as number) / 1e6,
    systemSeconds: (words[4] as number) + (words[6] as number) / 1e6,
  };
}

/** USER_HZ, the unit of /proc/stat: 100 on every architecture that we support (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/** The figures of all CPUs together, in USER_HZ: user, nice, system, idle, iowait, irq, softirq, steal, ... */
function machineTicks(procRoot: string): readonly number[] | null {
  const line = /^cpu +(.*)$/m.exec(readFileSync(`${procRoot}/stat`, "utf8"))?.[1];
  return line === undefined ? null : line.split(" ").map(Number);
}

/** Busy are user, nice, system, irq, softirq and steal time; idle and iowait are left out. Null: not told. */
export function machineTimes(procRoot = "/proc"): MachineTimes | null {
  const ticks = machineTicks(procRoot);
  if (ticks === null) return null;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
  return {
    userSeconds: (user + nice) / TICKS_PER_SECOND,
    busySeconds: (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND,
  };
}

/** Time in which this virtual machine wanted to run and another one did; null where it is not counted. */
export function stolenSeconds(procRoot = "/proc"): number | null {
  const steal = machineTicks(procRoot)?.[7];
  return steal === undefined ? null : steal / TICKS_PER_SECOND;
}
