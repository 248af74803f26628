// Clocks and power states with one thing wrong -> what clock and power say of the run.

import { describe, expect, test } from "vitest";
import { checkRun } from "../../../src/result/checks/index.ts";
import type { PowerState } from "../../../src/platform/evidence.ts";
import type { Check, Surroundings } from "../../../src/result/result.ts";
import { REFUSED, resultWith, surroundings, type Changes } from "./fixture.ts";

const POLICY = {
  name: "policy0",
  driver: "intel_pstate",
  governor: "powersave",
  energyPreference: "balance_performance",
  allowedHertz: 3.5e9,
  maximumHertz: 3.5e9,
};
const POWER: PowerState = { onBattery: false, frequencies: [POLICY], throttleEvents: 3 };
const CLOCK = { source: "tsc", costNs: 50 };

type State = PowerState["frequencies"][number];

const around = (changes: Partial<Surroundings>): Changes => ({
  round: (round) => ({ surroundings: surroundings(round, changes) }),
});

function checks(changes: Changes, power: PowerState | null, clock: typeof CLOCK | null = CLOCK): readonly Check[] {
  return checkRun(resultWith(changes), { clock, powerBefore: power, powerAfter: power });
}

describe("clock", () => {
  const clock = (changes: Changes, evidence: typeof CLOCK | null = CLOCK): Check | undefined =>
    checks(changes, POWER, evidence)[0];
  const onTheWall = { clock: { name: "GetSystemTimePreciseAsFileTime", resolutionNs: 100 } };
  const coarse = { clock: { name: "CLOCK_MONOTONIC", resolutionNs: 4e6 } };

  test.each([
    ["a good one", {}, CLOCK, "pass", /costs 50 ns/],
    ["a coarse one", { machine: coarse }, CLOCK, "warn", /steps of 4\.00 ms/],
    ["a dear one", {}, { source: "hpet", costNs: 1200 }, "warn", /clock from hpet .* costs 1\.20 us/],
    ["time stolen", around({ stolenSeconds: 0.3 }), CLOCK, "warn", /took up to 15 % .*\(job\/case-0\)/],
    ["a little stolen", around({ stolenSeconds: 0.05, busySeconds: 0.2 }), CLOCK, "pass", /./],
    ["set back", around({ wallClockStepSeconds: -3600 }), CLOCK, "warn", /jumped by -3600\.0 s .*does not use it/],
    [
      "set back where it is what measures",
      { ...around({ wallClockStepSeconds: -3600 }), machine: onTheWall },
      CLOCK,
      "warn",
      /measures by it, so that .* are wrong/,
    ],
    ["slewed", around({ wallClockStepSeconds: 0.2, seconds: 400 }), CLOCK, "pass", /./],
    ["not looked at", {}, null, "pass", REFUSED],
  ] as const)("%s", (_, changes, evidence, status, message) => {
    expect(clock(changes, evidence)).toMatchObject({ status, message: expect.stringMatching(message) as string });
  });
});

describe("power", () => {
  const policy = (changes: Partial<State>): PowerState => ({ ...POWER, frequencies: [{ ...POLICY, ...changes }] });

  test.each<readonly [string, Changes, PowerState | null, string, RegExp]>([
    ["on mains, at full speed", {}, POWER, "pass", /^Nothing held the CPUs back\.$/],
    [
      "told in part",
      around({ throttleEvents: null }),
      { onBattery: false, frequencies: [], throttleEvents: null },
      "pass",
      /^Nothing that the system tells of held the CPUs back \(not told: CPU frequencies, throttling by heat\)\.$/,
    ],
    [
      "a power plan of Windows",
      {},
      policy({ driver: null, governor: "Power saver", energyPreference: "power" }),
      "warn",
      /energy preference/,
    ],
    ["on battery", {}, { ...POWER, onBattery: true }, "warn", /battery/],
    ["capped", {}, policy({ allowedHertz: 2e9 }), "warn", /capped at 2\.0 of 3\.5 GHz/],
    ["asked to save energy", {}, policy({ energyPreference: "power" }), "warn", /energy preference/],
    ["powersave where it means it", {}, policy({ driver: "acpi-cpufreq" }), "warn", /lowest frequency/],
    ["powersave of amd-pstate-epp", {}, policy({ driver: "amd-pstate-epp" }), "pass", /./],
    ["throttled meanwhile", around({ throttleEvents: 4 }), POWER, "warn", /slowed down 8 times/],
    [
      "untold",
      around({ throttleEvents: null }),
      { onBattery: null, frequencies: [], throttleEvents: null },
      "pass",
      REFUSED,
    ],
    ["not looked at", around({ throttleEvents: null }), null, "pass", REFUSED],
  ])("%s", (_, changes, power, status, message) => {
    expect(checks(changes, power)[1]).toMatchObject({ status, message: expect.stringMatching(message) as string });
  });
});
