// QueryPerformanceCounter -> nanoseconds as a number, without allocating.

import type { Clock } from "../platform.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";

/**
 * A clock of this thread's own: its native memory is not shared. The counter is the same in all threads and processes
 * ("Acquiring high-resolution time stamps", Microsoft). 10 MHz since Windows 10, so steps are of 100 ns.
 */
export function createClock(win32: Win32): Clock {
  const { kernel32 } = win32;
  const frequency = Buffer.alloc(8);
  kernel32.QueryPerformanceFrequency(frequency);
  const nsPerTick = 1e9 / Number(frequency.readBigInt64LE());
  const memory = allocate(win32, 8);
  const counter = new Uint32Array(memory.bytes.buffer, memory.bytes.byteOffset, 2);
  // A generic array keeps the boxed address, a number field would box it anew at each call.
  const address: (number | null)[] = [null, memory.address];
  return {
    name: "QueryPerformanceCounter",
    resolutionNs: nsPerTick,
    now(): number {
      kernel32.QueryPerformanceCounter(address[1] as number);
      return ((counter[1] as number) * 4294967296 + (counter[0] as number)) * nsPerTick;
    },
  };
}
