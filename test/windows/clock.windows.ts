// The clock that this Windows is measured with -> does it cost less than the one that was passed over?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../src/platform/win32/clock.ts";
import { loadWin32 } from "../../src/platform/win32/kernel32.ts";
import { allocate } from "../../src/platform/win32/memory.ts";
import type { Clock } from "../../src/platform/platform.ts";
import { clockCostNs } from "../../src/run/own-cost.ts";

const win32 = loadWin32();
const skip = win32.wineVersion === null ? "Windows has one clock that nobody sets" : false;

/** A clock, and a look at the performance counter with each look at it. */
function withCounter(clock: Clock): Clock {
  const { QueryPerformanceCounter } = win32.kernel32;
  const { address } = allocate(win32, 8);
  return {
    ...clock,
    now() {
      QueryPerformanceCounter(address);
      return clock.now();
    },
  };
}

void test("under Wine the clock costs less than the performance counter", { skip }, (context) => {
  const clock = createClock(win32);
  const costNs = clockCostNs(clock);
  const counterNs = clockCostNs(withCounter(clock)) - costNs;
  context.diagnostic(`${clock.name} ${costNs.toFixed(0)} ns, QueryPerformanceCounter ${counterNs.toFixed(0)} ns`);
  assert.ok(costNs < counterNs);
});
