// Answers of gated tests -> whether some gates could not have closed whatever was measured, and what would help.

import { roundsToClose } from "./closing.ts";
import type { Comparison, MetricComparison } from "./comparison.ts";
import { counted } from "../shared/units.ts";

export interface GateRules {
  readonly paired: boolean;
  readonly unit: "round" | "run";
  readonly alpha: number;
  /** Fewest values a side that make an interval. */
  readonly minimum: number;
}

function fewRoundsText(open: readonly MetricComparison[], tests: number, rules: GateRules): string {
  const counts = open.map(({ baseline, candidate }) => Math.min(baseline.count, candidate.count));
  const needed = roundsToClose(rules.paired, tests, rules.alpha, rules.minimum);
  const units = `${rules.unit}s ${rules.paired ? "of each" : "a side"}`;
  return `${Math.min(...counts)} ${units} can never call a regression in ${counted(tests, "gated test")}: at least ${needed} are needed`;
}

/** Null: every gate could have closed. Without any gated test left the gate is open, too. */
export function gateOpening(answers: readonly MetricComparison[], rules: GateRules): Comparison["openGates"] {
  const gated = answers.filter((answer) => answer.gated);
  const open = gated.filter(({ cannotClose }) => cannotClose);
  if (gated.length === 0) {
    return {
      tests: 0,
      ofTests: 0,
      message: "No gated figure was measured on both sides: nothing could have regressed",
    };
  }
  if (open.length === 0) return null;
  // Figures that are there, only too few of them, need more rounds; others need something else.
  const tooFew = open.filter(({ obstacle }) => obstacle === null || obstacle === "too-few");
  const without = open.length - tooFew.length;
  const measured = gated.length - without;
  const texts = [
    ...(tooFew.length > 0 ? [fewRoundsText(tooFew, measured, rules)] : []),
    ...(without > 0 ? [`${without} of ${gated.length} gated tests have no figures to compare`] : []),
  ];
  return { tests: open.length, ofTests: gated.length, message: `The gate cannot close. ${texts.join("; ")}` };
}
