// The text of a profile, --set and the flags -> the Profile that is run.

import { applyFlags, type ProfileFlags } from "./flags.ts";
import { parseDocument } from "./parse-document.ts";
import type { Profile } from "./profile.ts";
import { resolveProfile } from "./resolve.ts";
import { applySettings, type Setting } from "./settings.ts";

/**
 * The profile in `text`; `where` names it in errors. Throws PROFILE_INVALID with everything that is wrong with it.
 */
export function parseProfile(text: string, where: string): Profile {
  return resolveProfile(parseDocument(text, where), where);
}

/** Like `parseProfile`, with `settings` applied to the document first and `flags` to the profile last. */
export function loadProfile(text: string, where: string, settings: readonly Setting[], flags: ProfileFlags): Profile {
  return applyFlags(resolveProfile(applySettings(parseDocument(text, where), settings), where), flags);
}
