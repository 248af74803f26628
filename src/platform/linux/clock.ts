// CLOCK_MONOTONIC -> nanoseconds as a number, without allocating (clock_gettime(2), through node).

import type { Clock } from "../platform.ts";
import { bind } from "./libc.ts";
import { allocate } from "./memory.ts";

const CLOCK_MONOTONIC = 1;
const clockGetres = bind<(clock: number, timespec: number) => number>(
  "int clock_getres(int clock, uintptr_t timespec)",
);
// On Linux it is clock_gettime(CLOCK_MONOTONIC) (libuv's uv_hrtime), and optimized code calls it directly, a quarter
// faster than through koffi. Of the BigInt nothing is left there: it goes as 64 bits from one array into the other.
// oxlint-disable-next-line typescript/unbound-method -- it is a function of its own
const readClock = process.hrtime.bigint;
const reading = new BigInt64Array(1);
const LOW = 0;
const HIGH = 1;
// Unsigned, because a shift to that effect would surprise the compiler each time that the lower half outgrows 31 bits.
const words = new Uint32Array(reading.buffer);

/** Exact up to 104 days of uptime, to 2 ns up to 208. */
export function createClock(): Clock {
  const memory = allocate(16);
  clockGetres(CLOCK_MONOTONIC, memory.address);
  const resolutionNs = new Int32Array(memory.bytes.buffer, 0, 4)[2] ?? 1;
  memory.free();
  return {
    name: "CLOCK_MONOTONIC",
    resolutionNs,
    now(): number {
      reading[0] = readClock();
      return (words[HIGH] as number) * 4294967296 + (words[LOW] as number);
    },
  };
}
