// Two looks at a counter of ticks -> how many cores were busy between them, or nothing where the ticks cannot say it.

import { expect, test } from "vitest";
import { MachineWatch } from "../../src/engine/machine-watch.ts";

/** Looks when the window has opened and closed, so many seconds apart, with so many busy seconds counted meanwhile. */
function busyCores(betweenSeconds: number, countedSeconds: number | null): number | null {
  let look = 0;
  const clock = { name: "none", resolutionNs: 1, now: () => look * betweenSeconds * 1e9 };
  const machineBusySeconds = (): number | null => (countedSeconds === null ? null : 100 + look * countedSeconds);
  const watch = new MachineWatch({ clock, machineBusySeconds }, 2);
  watch.look(true);
  look = 1;
  watch.look(false);
  return watch.busyCores;
}

test.for([
  ["a second at one core", 1, 1, 1],
  ["half a second at one core and a half", 0.5, 0.75, 1.5],
  ["ticks of both CPUs that were begun before", 0.2, 0.42, 2],
  ["a moment in which two CPUs each ended two ticks", 0.005, 0.04, null],
  ["a system that does not tell", 1, null, null],
] as const)("%s", ([, betweenSeconds, countedSeconds, expected]) => {
  const found = busyCores(betweenSeconds, countedSeconds);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(expected, 9);
});
