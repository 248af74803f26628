// Counts of I/Os -> whether the percentiles in the tables rest on enough of them.

import { LATENCY_PERCENTILES } from "../../shared/metrics.ts";
import { isCountSufficient } from "../../stats/ranks.ts";
import type { Check } from "../result.ts";
import { ioOperationsOf, transferWords } from "../../shared/operations.ts";
import { pass, sumOver, warn, type CaseEvidence } from "./case-evidence.ts";

/** What every reader of a latency table looks for; those beyond it are shown as a dash without further ado. */
const EXPECTED_PERCENT = 99;

export function checkSamples(evidence: CaseEvidence): Check {
  const code = "samples";
  const { rounds } = evidence.case;
  const directions = ioOperationsOf(evidence.case.settings.operation).map((name) => ({
    name: transferWords(name).plural,
    ios: sumOver(rounds, (round) => round[name]?.ios ?? 0),
  }));
  const counted = directions.map(({ name, ios }) => ({
    name,
    ios,
    missingPercentiles: Object.values(LATENCY_PERCENTILES).filter((percentile) => !isCountSufficient(percentile, ios)),
  }));
  const facts = { directions: counted };
  const few = counted.filter(({ ios }) => !isCountSufficient(EXPECTED_PERCENT, ios));
  if (few.length > 0) {
    const counts = few.map(({ name, ios }) => `${ios} ${name}`).join(" and ");
    return warn(
      code,
      `${counts} are too few for the ${EXPECTED_PERCENT}th percentile, which takes 1000; use a longer duration or more rounds.`,
      facts,
    );
  }
  return pass(code, `There are enough I/Os for the ${EXPECTED_PERCENT}th percentile.`, facts);
}
