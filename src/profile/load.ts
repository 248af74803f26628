// The text of a profile, --set and the flags -> the Profile that is run: valid, and expanded once and for all.

import { countAllPoints, expandPoints } from "../job/points.ts";
import { LIMITS } from "../job/limits.ts";
import { impossiblePoints } from "../rules/judge-points.ts";
import { DiskbenchError, type Failure, throwFailures } from "../shared/errors.ts";
import { applyFlags, type ProfileFlags } from "./flags.ts";
import { parseDocument } from "./parse-document.ts";
import type { Profile, ResolvedProfile } from "./profile.ts";
import { resolveProfile } from "./resolve.ts";
import { applySettings, type Setting } from "./settings.ts";

/** The profile in `text`; `where` names it in errors. Throws PROFILE_INVALID with everything that is wrong with it. */
export function loadProfile(
  text: string,
  where: string,
  settings: readonly Setting[] = [],
  flags: ProfileFlags = {},
): Profile {
  return loadDocument(parseDocument(text, where), where, settings, flags);
}

/** The same of a parsed document: `settings` change it first, `flags` beat what it says. */
export function loadDocument(
  document: unknown,
  where: string,
  settings: readonly Setting[] = [],
  flags: ProfileFlags = {},
): Profile {
  const resolved = resolveProfile(settings.length === 0 ? document : applySettings(document, settings), where);
  refuseTooMany(resolved, { code: "PROFILE_INVALID", where });
  return expandProfile(applyFlags(resolved, flags), { code: "BAD_USAGE", where: "--rounds, --target" });
}

/** `profile` with its points. Throws where some are impossible, or there are too many; `blame` says whose fault that is. */
export function expandProfile(profile: ResolvedProfile, blame: Pick<Failure, "code" | "where">): Profile {
  refuseTooMany(profile, blame);
  const points = expandPoints(profile);
  throwFailures(impossiblePoints(points));
  return { ...profile, points };
}

/** Throws when the sweeps multiply into more rounds than a plan can hold. */
function refuseTooMany(profile: ResolvedProfile, blame: Pick<Failure, "code" | "where">): void {
  const points = countAllPoints(profile);
  const { maximum } = LIMITS.plannedRounds;
  if (points * profile.rounds <= maximum) return;
  throw new DiskbenchError({
    ...blame,
    what: `${points} cases in ${profile.rounds} rounds each are too many; allowed: ${maximum} rounds of all cases together`,
    next: "Shorten the lists, lower rounds, or split the profile",
  });
}
