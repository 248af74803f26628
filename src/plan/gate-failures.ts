// Gates and tolerances of a profile + the plan's cases -> those that are about no case at all.

import type { ResolvedProfile } from "../profile/profile.ts";
import { matchesCase } from "../shared/case-pattern.ts";
import type { Failure } from "../shared/errors.ts";
import type { Case } from "./plan.ts";

/** A gate that watches nothing would always be open. */
export function gateFailures({ gates, tolerances }: ResolvedProfile, cases: readonly Case[]): readonly Failure[] {
  const idle = (place: string, entries: readonly { readonly case: string | null }[]): readonly Failure[] =>
    entries.flatMap((entry, index): readonly Failure[] => {
      if (cases.some((each) => matchesCase(entry.case, each))) return [];
      return [
        {
          code: "PROFILE_INVALID",
          where: `${place}[${index}].case`,
          what: `found ${JSON.stringify(entry.case)}, which is no case of this profile`,
          next: `Name a job, a case such as ${cases[0]?.id ?? "rand-write"}, or use * for any part of it`,
        },
      ];
    });
  return [...idle("gates", gates), ...idle("tolerances", tolerances)];
}
