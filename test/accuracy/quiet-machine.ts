// The processors' own counters -> a moment at which nothing else keeps them busy.

import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 250;
const QUIET_SHARE = 0.1;

function times(): { readonly busyMs: number; readonly allMs: number } {
  let busyMs = 0;
  let allMs = 0;
  for (const { times: each } of cpus()) {
    const working = each.user + each.nice + each.sys + each.irq;
    busyMs += working;
    allMs += working + each.idle;
  }
  return { busyMs, allMs };
}

/** Waits until the machine was idle but for a tenth of a quarter of a second; at most `patienceMs`. */
export async function untilQuiet(patienceMs: number): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const before = times();
    await sleep(LOOK_MS);
    const after = times();
    if (after.busyMs - before.busyMs <= QUIET_SHARE * (after.allMs - before.allMs)) return;
  }
}
