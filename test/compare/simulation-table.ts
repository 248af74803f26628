// The scenarios -> the table in docs/compare.md, measured.

import { regressedShare, type Scenario, SCENARIOS, TRIALS } from "./simulation.ts";

export const TABLE_BEGIN = "<!-- simulation: written by `npm run docs` -->";
export const TABLE_END = "<!-- end of simulation -->";

export interface Measured {
  readonly scenario: Scenario;
  readonly share: number;
}

/** Each scenario with a seed of its own; half a second each. */
export function measureScenarios(): readonly Measured[] {
  return SCENARIOS.map((scenario, index) => ({ scenario, share: regressedShare(scenario, index + 1) }));
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

function row({ scenario, share }: Measured): string {
  const { name, count, gates, noise, slowdown, oneFigureOnly, demand } = scenario;
  const slower =
    slowdown === 0 ? "nothing" : `${percent(slowdown)}${oneFigureOnly === true ? ", one figure of three" : ""}`;
  const wanted = "atMost" in demand ? `at most ${percent(demand.atMost)}` : `at least ${percent(demand.atLeast)}`;
  return `| ${[name, count, gates, percent(noise), slower, percent(share), wanted].join(" | ")} |`;
}

/** With its marks, as it stands in the page. */
export function simulationTable(measured: readonly Measured[]): string {
  return [
    TABLE_BEGIN,
    "",
    `Share of ${TRIALS} simulated calls that say \`regressed\`, tolerance 5 %:`,
    "",
    "| what | rounds or runs a side | gated tests | noise | slower by | called | wanted |",
    "|:--|--:|--:|--:|:--|--:|:--|",
    ...measured.map(row),
    "",
    TABLE_END,
  ].join("\n");
}
