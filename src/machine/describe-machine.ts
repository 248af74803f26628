// This computer -> the facts about it that plans and results need.

import { availableParallelism, cpus, hostname, release, totalmem } from "node:os";
import { arch, version } from "node:process";
import type { Platform, Unavailability } from "../platform/platform.ts";
import { backendFor, methodsOf, type BackendName } from "../shared/methods.ts";
import { COMPLETIONS, type System } from "../shared/vocabulary.ts";
import type { Machine } from "./machine.ts";

const SYSTEM_NAMES: Readonly<Record<System, string>> = { linux: "Linux", windows: "Windows" };

function backendsOf(system: System): Set<BackendName> {
  const found = methodsOf(system).flatMap((method) =>
    [1, 2].flatMap((queueDepth) =>
      [null, ...COMPLETIONS].map((completion) => backendFor(system, method, queueDepth, completion)),
    ),
  );
  return new Set(found.filter((backend) => backend !== null));
}

function unavailableBackends(platform: MachinePlatform): Partial<Record<BackendName, Unavailability>> {
  const found: Partial<Record<BackendName, Unavailability>> = {};
  for (const backend of backendsOf(platform.system)) {
    const unavailability = platform.unavailability(backend);
    if (unavailability !== null) found[backend] = unavailability;
  }
  return found;
}

export type MachinePlatform = Pick<
  Platform,
  "headroom" | "system" | "pageSizeBytes" | "clock" | "unavailability" | "compatibilityLayer"
>;

/** e.g. `Linux 6.18.44`, `Windows 10.0.18362 (Wine 8.0)`. */
function operatingSystem({ system, compatibilityLayer = null }: MachinePlatform): string {
  const name = `${SYSTEM_NAMES[system]} ${release()}`;
  return compatibilityLayer === null ? name : `${name} (${compatibilityLayer})`;
}

/** What is true of this computer now, as far as it bears on measuring. Touches no file of the user's. */
export function describeMachine(platform: MachinePlatform): Machine {
  return {
    system: platform.system,
    operatingSystem: operatingSystem(platform),
    hostname: hostname(),
    architecture: arch,
    // Some ARM kernels name no model.
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    pageSizeBytes: platform.pageSizeBytes,
    nodeVersion: version,
    clock: { name: platform.clock.name, resolutionNs: platform.clock.resolutionNs },
    headroom: platform.headroom(),
    unavailable: unavailableBackends(platform),
  };
}
