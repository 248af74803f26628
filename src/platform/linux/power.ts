// /sys -> what holds the CPUs back: battery, allowed frequency, governor, energy preference, heat.

import type { PowerState } from "../evidence.ts";
import { listDirectory } from "./kernel-text.ts";
import { readAttribute } from "./sysfs.ts";

const isOf = (supply: string, type: string): boolean => readAttribute(supply, "type") === type;

/** Null: no mains and no battery are known, as on most desktops and servers. */
function onBattery(sysRoot: string): boolean | null {
  const root = `${sysRoot}/class/power_supply`;
  const supplies = listDirectory(root).map((name) => `${root}/${name}`);
  // A battery with the scope Device is a mouse's or a pen's.
  const system = supplies.filter((supply) => readAttribute(supply, "scope") !== "Device");
  const mains = system.filter((supply) => isOf(supply, "Mains") || isOf(supply, "USB"));
  if (mains.some((supply) => readAttribute(supply, "online") === "1")) return false;
  const batteries = system.filter((supply) => isOf(supply, "Battery"));
  if (batteries.length > 0) return batteries.some((supply) => readAttribute(supply, "status") === "Discharging");
  return mains.length > 0 ? true : null;
}

function readHertz(directory: string, name: string): number | null {
  const kilohertz = Number(readAttribute(directory, name) ?? Number.NaN);
  return Number.isFinite(kilohertz) ? kilohertz * 1000 : null;
}

function frequencies(sysRoot: string): PowerState["frequencies"] {
  const root = `${sysRoot}/devices/system/cpu/cpufreq`;
  const policies = listDirectory(root).filter((name) => /^policy\d+$/.test(name));
  return policies.map((name) => {
    const directory = `${root}/${name}`;
    return {
      name,
      driver: readAttribute(directory, "scaling_driver"),
      governor: readAttribute(directory, "scaling_governor"),
      energyPreference: readAttribute(directory, "energy_performance_preference"),
      allowedHertz: readHertz(directory, "scaling_max_freq"),
      maximumHertz: readHertz(directory, "cpuinfo_max_freq"),
    };
  });
}

/** x86 only (Documentation/admin-guide/abi-testing, /sys/devices/system/cpu/cpuX/thermal_throttle). */
function throttleEvents(sysRoot: string): number | null {
  const root = `${sysRoot}/devices/system/cpu`;
  const counts = listDirectory(root)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name) =>
      ["core_throttle_count", "package_throttle_count"].map((counter) =>
        readAttribute(`${root}/${name}/thermal_throttle`, counter),
      ),
    )
    .filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + Number(count), 0);
}

export function powerState(sysRoot: string): PowerState {
  return { onBattery: onBattery(sysRoot), frequencies: frequencies(sysRoot), throttleEvents: throttleEvents(sysRoot) };
}
