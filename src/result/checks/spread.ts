// A case's rounds -> whether they agree with each other.

import type { Check } from "../result.ts";
import { cannotBeChecked, pass, percent, warn, type CaseEvidence } from "./case-evidence.ts";

const LARGE = 0.1;

export function checkSpread({ case: { summary, rounds } }: CaseEvidence): Check {
  const code = "spread";
  const cv = summary?.iops.cv ?? null;
  if (summary === null || cv === null) return cannotBeChecked(code, "it takes two rounds; use --rounds");
  const { min, median, max } = summary.iops;
  const facts = { rounds: rounds.length, coefficientOfVariation: cv, iops: { min, median, max } };
  const between = `The rounds differ by ${percent(cv)} of their mean (coefficient of variation)`;
  if (cv > LARGE)
    return warn(code, `${between}: one of them tells little; use more or longer rounds on a quiet machine.`, facts);
  return pass(code, `${between}.`, facts);
}
