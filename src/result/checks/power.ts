// Battery, frequencies and heat -> whether the CPUs were held back.

import type { PowerState } from "../../platform/evidence.ts";
import type { Check, Result } from "../result.ts";
import { cannotBeChecked, pass, warn } from "./case-evidence.ts";

/** Under these drivers `powersave` is the ordinary governor and scales up at once (admin-guide/pm/intel_pstate, amd-pstate). */
const POWERSAVE_MEANS_NOTHING = /^(intel_pstate|amd-pstate-epp)$/;
const CAPPED = 0.95;

type Frequency = PowerState["frequencies"][number];

function frequencyTrouble({
  driver,
  governor,
  energyPreference,
  allowedHertz,
  maximumHertz,
}: Frequency): string | null {
  if (allowedHertz !== null && maximumHertz !== null && allowedHertz < CAPPED * maximumHertz) {
    return `the CPU frequency is capped at ${(allowedHertz / 1e9).toFixed(1)} of ${(maximumHertz / 1e9).toFixed(1)} GHz`;
  }
  if (energyPreference === "power") return "the CPUs' energy preference is `power`";
  if (governor === "powersave" && !POWERSAVE_MEANS_NOTHING.test(driver ?? "")) {
    return "the governor `powersave` keeps the CPUs at their lowest frequency";
  }
  return null;
}

/** `before` and `after` the rounds; null where the system does not tell. */
export function checkPower(cases: Result["cases"], before: PowerState | null, after: PowerState | null): Check {
  const code = "power";
  const states = [before, after].filter((state) => state !== null);
  const throttled = cases
    .flatMap(({ rounds }) => rounds)
    .reduce<number | null>((sum, { surroundings }) => {
      const events = surroundings?.throttleEvents ?? null;
      return events === null ? sum : (sum ?? 0) + events;
    }, null);
  const onBattery = states.some((state) => state.onBattery === true);
  const facts = { onBattery, throttleEvents: throttled, frequencies: states.at(-1)?.frequencies ?? [] };
  const known = states.some((state) => state.onBattery !== null || state.frequencies.length > 0);
  if (!known && throttled === null) {
    return cannotBeChecked(
      code,
      "the system tells nothing of batteries, CPU frequencies and heat, as in many virtual machines",
      facts,
    );
  }
  const troubles = [
    onBattery ? "the computer ran on its battery" : null,
    ...states.flatMap(({ frequencies }) => frequencies.map(frequencyTrouble)),
    throttled !== null && throttled > 0 ? `CPUs were slowed down ${throttled} times because of heat` : null,
  ].filter((trouble) => trouble !== null);
  if (troubles.length === 0) {
    const untold = [
      facts.frequencies.length === 0 ? "CPU frequencies" : null,
      throttled === null ? "throttling by heat" : null,
    ].filter((each) => each !== null);
    const message =
      untold.length === 0
        ? "Nothing held the CPUs back."
        : `Nothing that the system tells of held the CPUs back (not told: ${untold.join(", ")}).`;
    return pass(code, message, facts);
  }
  const list = [...new Set(troubles)].join(", ");
  return warn(
    code,
    `${list.charAt(0).toUpperCase()}${list.slice(1)}: the figures are not those of this machine at its best; plug it in, let it cool, and choose the governor \`performance\` (Windows: the power plan High performance).`,
    facts,
  );
}
