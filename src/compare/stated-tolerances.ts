// Results -> the tolerances that their profile states.

import { resolveTolerances, type Tolerance, tolerancesDocument } from "../profile/gates.ts";
import type { Result } from "../result/result.ts";

/** Those of the first result, the baseline: the yardstick does not change with what is measured. */
export function statedTolerances(results: readonly Result[]): readonly Tolerance[] {
  const parsed = tolerancesDocument.safeParse(results[0]?.profile["tolerances"]);
  return parsed.success ? resolveTolerances(parsed.data) : [];
}
