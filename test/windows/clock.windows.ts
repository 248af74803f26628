// The clock that this Windows is measured with -> is there none that costs less?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../src/platform/win32/clock.ts";
import { loadWin32 } from "../../src/platform/win32/kernel32.ts";
import { allocate } from "../../src/platform/win32/memory.ts";
import type { Clock } from "../../src/platform/platform.ts";
import { clockCostNs } from "../../src/run/own-cost.ts";

/** Both are measured on a busy machine. */
const LIMIT = 1.2;

const win32 = loadWin32();

/** A native call that fills in 64 bits, timed by the clock itself. */
function timed(clock: Clock, call: (address: number) => unknown): Clock {
  const { address } = allocate(win32, 8);
  return {
    ...clock,
    now() {
      call(address);
      return clock.now();
    },
  };
}

const skip = win32.wineVersion === null ? "Windows has one clock that nobody sets" : false;

void test("under Wine the clock is the one that costs less", { skip }, (context) => {
  const { QueryPerformanceCounter, GetSystemTimePreciseAsFileTime } = win32.kernel32;
  const clock = createClock(win32);
  const costNs = clockCostNs(clock);
  const others = { QueryPerformanceCounter, GetSystemTimePreciseAsFileTime };
  for (const [name, call] of Object.entries(others)) {
    const otherNs = clockCostNs(timed(clock, call)) - costNs;
    context.diagnostic(`${clock.name} ${costNs.toFixed(0)} ns, ${name} ${otherNs.toFixed(0)} ns`);
    assert.ok(costNs <= LIMIT * otherNs, name);
  }
});
