// GetSystemPowerStatus, CallNtPowerInformation and the power plan -> what holds the CPUs back.

import type { PowerState } from "../evidence.ts";
import type { Win32 } from "./kernel32.ts";
import { registryTexts } from "./registry.ts";

/** SYSTEM_POWER_STATUS (winbase.h), 12 bytes: byte positions. */
export const POWER_STATUS = { bytes: 12, mains: 0, saver: 3 } as const;
const MAINS: Readonly<Record<number, boolean>> = { 0: false, 1: true };
const SAVER_ON = 1;

/** PROCESSOR_POWER_INFORMATION (powerbase.h), one for each logical CPU: six ULONGs. */
export const PROCESSOR_INFORMATION = { level: 11, entryBytes: 24, maximumMegahertz: 4, limitMegahertz: 12 } as const;
/** The answer covers the processor group of the caller, which has 64 CPUs at most ("Processor Groups", Microsoft). */
const MOST_PROCESSORS = 64;
const MEGAHERTZ = 1e6;

const PLANS_KEY = "SYSTEM\\CurrentControlSet\\Control\\Power\\User\\PowerSchemes";
/** The plans that every Windows has (winnt.h: GUID_MIN_POWER_SAVINGS and its like); manufacturers add others. */
const PLANS: Readonly<Record<string, string>> = {
  "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c": "High performance",
  "381b4222-f694-41f0-9685-ff5bb260df2e": "Balanced",
  "a1841308-3541-4fab-bc81-f71556f20b4a": "Power saver",
};
const POWER_SAVER = "Power saver";

interface Supply {
  readonly onBattery: boolean | null;
  readonly saving: boolean;
}

function supply({ kernel32 }: Win32): Supply {
  const status = Buffer.alloc(POWER_STATUS.bytes);
  if (kernel32.GetSystemPowerStatus(status) === 0) return { onBattery: null, saving: false };
  const mains = MAINS[status.readUInt8(POWER_STATUS.mains)];
  return {
    onBattery: mains === undefined ? null : !mains,
    saving: status.readUInt8(POWER_STATUS.saver) === SAVER_ON,
  };
}

/** Name of the active plan, its GUID where it is none of Windows' own; null where there are no plans. */
function powerPlan(win32: Win32): string | null {
  const [guid] = registryTexts(win32, PLANS_KEY, "ActivePowerScheme");
  return guid === undefined ? null : (PLANS[guid.toLowerCase()] ?? guid);
}

/** CPUs about which the system tells nothing have zeros, and are left out. */
function frequencies(win32: Win32, saving: boolean): PowerState["frequencies"] {
  // Wine says 1 GHz where it does not know.
  if (win32.wineVersion !== null) return [];
  const at = PROCESSOR_INFORMATION;
  const answer = Buffer.alloc(MOST_PROCESSORS * at.entryBytes);
  const status = win32.kernel32.CallNtPowerInformation(at.level, null, 0, answer, answer.length);
  if (status !== 0) return [];
  const governor = powerPlan(win32);
  const energyPreference = saving || governor === POWER_SAVER ? "power" : null;
  return Array.from({ length: MOST_PROCESSORS }, (_, index) => ({
    name: `cpu${answer.readUInt32LE(index * at.entryBytes)}`,
    driver: null,
    governor,
    energyPreference,
    allowedHertz: answer.readUInt32LE(index * at.entryBytes + at.limitMegahertz) * MEGAHERTZ,
    maximumHertz: answer.readUInt32LE(index * at.entryBytes + at.maximumMegahertz) * MEGAHERTZ,
  })).filter(({ maximumHertz }) => maximumHertz > 0);
}

/** The state now. Heat shows as a lowered limit while it lasts; how often that happened, no system call tells. */
export function powerState(win32: Win32): PowerState {
  const { onBattery, saving } = supply(win32);
  return { onBattery, frequencies: frequencies(win32, saving), throttleEvents: null };
}
