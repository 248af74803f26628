// Windows' finest time -> nanoseconds as a number, without allocating.

import type { Clock } from "../platform.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";

const WORD = 2 ** 32;
const FILETIME_NS = 100;
/** Where a process tells those that it starts from when on the time counts: as nanoseconds, FILETIMEs exceed 2^53. */
const EPOCH_VARIABLE = "DISKBENCH_CLOCK_EPOCH";

/** 64 bits for the system to write into, as words, and their address. */
function counterPlace(win32: Win32): { readonly words: Uint32Array; readonly address: number } {
  const memory = allocate(win32, 8);
  const words = new Uint32Array(memory.bytes.buffer, memory.bytes.byteOffset, 2);
  return { words, address: memory.address };
}

function counterHertz({ kernel32 }: Win32): number {
  const frequency = Buffer.alloc(8);
  kernel32.QueryPerformanceFrequency(frequency);
  return Number(frequency.readBigInt64LE());
}

/** Rates by which the counter's source is known; processors' own counters appear as 10 MHz, or as their rate / 1024. */
const SLOW_SOURCES: Readonly<Record<number, string>> = { 3579545: "ACPI power management timer", 14318180: "HPET" };

/** What the performance counter is read from, where its rate tells; null where it does not, and under Wine. */
export function counterSource(win32: Win32): string | null {
  return win32.wineVersion === null ? (SLOW_SOURCES[counterHertz(win32)] ?? null) : null;
}

/** One counter for all threads and processes; 10 MHz since Windows 10 ("Acquiring high-resolution time stamps"). */
function performanceCounter(win32: Win32): Clock {
  const { kernel32 } = win32;
  const nsPerTick = 1e9 / counterHertz(win32);
  const { words, address } = counterPlace(win32);
  return {
    name: "QueryPerformanceCounter",
    resolutionNs: nsPerTick,
    now(): number {
      kernel32.QueryPerformanceCounter(address);
      return ((words[1] as number) * WORD + (words[0] as number)) * nsPerTick;
    },
  };
}

/**
 * Under Wine the counter costs a whole system call of its emulation, three times as much as the time of day, which has
 * the same resolution. Somebody may set that clock: a run sees it when he does (the check `clock`).
 */
function timeOfDay(win32: Win32): Clock {
  const { kernel32 } = win32;
  const { words, address } = counterPlace(win32);
  kernel32.GetSystemTimePreciseAsFileTime(address);
  const epoch = Number((process.env[EPOCH_VARIABLE] ??= String(words[1])));
  return {
    name: "GetSystemTimePreciseAsFileTime",
    resolutionNs: FILETIME_NS,
    now(): number {
      kernel32.GetSystemTimePreciseAsFileTime(address);
      return (((words[1] as number) - epoch) * WORD + (words[0] as number)) * FILETIME_NS;
    },
  };
}

/** A clock of this thread's own (its native memory is not shared), comparable with those of others. */
export function createClock(win32: Win32): Clock {
  return win32.wineVersion === null ? performanceCounter(win32) : timeOfDay(win32);
}
