// The results of two sides -> everything in which they differ beside the figures, and whether that forbids comparing.

import type { Result } from "../result/result.ts";
import { BLOCKING_DIFFERENCES, type BlockingDifference, type Difference } from "./comparison.ts";
import { type Facet, FACETS } from "./facets.ts";
import { profileDifferences } from "./profile-differences.ts";

const unique = (results: readonly Result[], text: (result: Result) => string): string =>
  [...new Set(results.map(text))].join(" | ");

function isBlocking(what: string): what is BlockingDifference {
  return BLOCKING_DIFFERENCES.some((each) => each === what);
}

/** Everything in which two sides differ. A side whose own results differ in a fact differs from the other in it. */
export function differencesBetween(
  baseline: readonly Result[],
  candidate: readonly Result[],
  allowed: readonly BlockingDifference[],
): readonly Difference[] {
  const severityOf = (what: string, severity: Facet["severity"]): Difference["severity"] =>
    isBlocking(what) && allowed.includes(what) ? "allowed" : severity;
  const [first] = baseline;
  const profiles = new Map<string, Difference>();
  for (const other of [...baseline.slice(1), ...candidate]) {
    for (const { harmless, ...texts } of first === undefined ? [] : profileDifferences(first.profile, other.profile)) {
      const [what, severity] = harmless ? ["profile-words", "harmless" as const] : ["profile", "blocking" as const];
      const difference: Difference = { what, severity: severityOf(what, severity), ...texts };
      profiles.set(JSON.stringify(difference), difference);
    }
  }
  const facets = FACETS.flatMap(({ what, severity, text }): readonly Difference[] => {
    const [before, after] = [unique(baseline, text), unique(candidate, text)];
    if (before === after && !before.includes(" | ")) return [];
    return [{ what, severity: severityOf(what, severity), baseline: before, candidate: after }];
  });
  return [...profiles.values(), ...facets];
}
