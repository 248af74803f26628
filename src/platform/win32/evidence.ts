// Windows' own counters put together into what results are checked against.

import type { Evidence } from "../evidence.ts";
import { counterSource } from "./clock.ts";
import { deviceTraffic } from "./device-traffic.ts";
import type { Win32 } from "./kernel32.ts";
import { powerState } from "./power.ts";

export function createEvidence(win32: Win32): Evidence {
  return {
    deviceTraffic: (path) => deviceTraffic(win32, path),
    powerState: () => powerState(win32),
    // Hypervisors tell their guests of stolen time, but Windows hands it to nobody.
    stolenSeconds: () => null,
    clockSource: () => counterSource(win32),
    // The time in which a thread was ready to run stands in event traces only, which want an administrator.
    schedulingDelay: () => null,
  };
}
