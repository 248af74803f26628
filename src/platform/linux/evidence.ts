// Linux's own counters put together into what results are checked against.

import type { Evidence } from "../evidence.ts";
import { deviceUnder, KERNEL, type KernelRoots } from "./block-device.ts";
import { trafficUnder } from "./device-traffic.ts";
import { powerState } from "./power.ts";
import { stolenSeconds } from "./process-times.ts";
import { schedulingDelay } from "./scheduling-delay.ts";
import { readAttribute, readBlockDevices } from "./sysfs.ts";

export function createEvidence(roots: KernelRoots = KERNEL): Evidence {
  const { sysRoot, procRoot } = roots;
  return {
    deviceTraffic(path) {
      const devices = readBlockDevices(sysRoot);
      const own = deviceUnder(path, roots, devices);
      return own === null ? [] : trafficUnder(own, devices, (below) => deviceUnder(below, roots, devices), procRoot);
    },
    powerState: () => powerState(sysRoot),
    stolenSeconds: () => stolenSeconds(procRoot),
    clockSource: () => readAttribute(`${sysRoot}/devices/system/clocksource/clocksource0`, "current_clocksource"),
    schedulingDelay: () => schedulingDelay(procRoot),
  };
}
