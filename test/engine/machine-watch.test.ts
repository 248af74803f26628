// Two looks at a counter of ticks -> how many cores were busy between them, or nothing where the ticks cannot say it.

import { expect, test } from "vitest";
import { MachineWatch, type MachineCores } from "../../src/engine/machine-watch.ts";
import type { MachineTimes } from "../../src/platform/platform.ts";

/** Looks when the window has opened and closed, so many seconds apart, with so many busy seconds counted meanwhile. */
function coresOf(betweenSeconds: number, countedSeconds: number | null): MachineCores | null {
  let look = 0;
  const clock = { name: "none", resolutionNs: 1, now: () => look * betweenSeconds * 1e9 };
  const machineTimes = (): MachineTimes | null => {
    if (countedSeconds === null) return null;
    return { userSeconds: 50 + (look * countedSeconds) / 4, busySeconds: 100 + look * countedSeconds };
  };
  const watch = new MachineWatch({ clock, machineTimes }, 2);
  watch.look(true);
  look = 1;
  watch.look(false);
  return watch.cores;
}

test.for([
  ["a second at one core", 1, 1, 1],
  ["half a second at one core and a half", 0.5, 0.75, 1.5],
  ["ticks of both CPUs that were begun before", 0.2, 0.42, 2],
  ["a moment in which two CPUs each ended two ticks", 0.005, 0.04, null],
  ["a system that does not tell", 1, null, null],
] as const)("%s", ([, betweenSeconds, countedSeconds, expected]) => {
  const found = coresOf(betweenSeconds, countedSeconds);
  if (expected === null || countedSeconds === null) {
    expect(found).toBeNull();
    return;
  }
  expect(found?.busy).toBeCloseTo(expected, 9);
  expect(found?.user).toBeCloseTo(countedSeconds / 4 / betweenSeconds, 9);
});
