// What `ab` is told -> the profiles of its two sides and what to call them.

import { DiskbenchError } from "../shared/errors.ts";
import type { ProfileFlags } from "../profile/flags.ts";
import { loadDocument } from "../profile/load.ts";
import { parseDocument } from "../profile/parse-document.ts";
import type { ResolvedProfile } from "../profile/profile.ts";
import type { Setting } from "../profile/settings.ts";
import { readProfileSource } from "./profile-source.ts";
import type { InputText } from "./read-text.ts";

/** Enough for three gates on a steady machine, and for two looks. */
const DEFAULT_ROUNDS = 10;

export interface Sides {
  readonly baseline: ResolvedProfile;
  readonly candidate: ResolvedProfile;
  readonly labels: readonly [string, string];
}

/** The settings of one side: a path set twice is what differs, its first value the baseline's. */
function settingsOf(settings: readonly Setting[], side: 0 | 1): readonly Setting[] {
  const paths = [...new Set(settings.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const values = settings.filter((setting) => setting.path === path);
    if (values.length > 2) {
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--set ${path}`,
        what: `It is set ${values.length} times, and there are two sides`,
        next: "Set it once for both sides, or twice: the baseline's value, then the candidate's",
      });
    }
    return values[side] ?? values[0] ?? [];
  });
}

function load({ text, where }: InputText, settings: readonly Setting[], flags: ProfileFlags): ResolvedProfile {
  const document = parseDocument(text, where);
  const statesRounds = typeof document === "object" && document !== null && Object.hasOwn(document, "rounds");
  const rounds = flags.rounds ?? (statesRounds ? undefined : DEFAULT_ROUNDS);
  return loadDocument(document, where, settings, { ...flags, rounds });
}

const settingText = (settings: readonly Setting[]): string =>
  settings.map(({ path, value }) => `${path}=${value}`).join(", ");

function onTarget(profile: ResolvedProfile, index: 0 | 1): ResolvedProfile {
  const target = profile.targets[index];
  return target === undefined ? profile : { ...profile, targets: [target] };
}

/** One profile that names two targets, by itself or by `--target`. */
function targetSides(profile: ResolvedProfile): Sides {
  if (profile.targets.length > 2) {
    throw new DiskbenchError({
      code: "BAD_USAGE",
      what: `There are ${profile.targets.length} targets, and \`ab\` compares two`,
      next: "Name two with --target, or measure all of them with `diskbench run`",
    });
  }
  const [baseline, candidate] = [onTarget(profile, 0), onTarget(profile, 1)];
  return { baseline, candidate, labels: [baseline.targets[0].path, candidate.targets[0].path] };
}

/** A single setting is the candidate's. With `same` both sides are one. Throws BAD_USAGE when nothing differs. */
export function abSides(
  names: readonly [string, string | undefined],
  settings: readonly Setting[],
  flags: ProfileFlags,
  same: boolean,
): Sides {
  const [firstName, secondName] = names;
  const first = readProfileSource(firstName);
  if (same) {
    const profile = load(first, settings, flags);
    return { baseline: profile, candidate: profile, labels: ["A", "A again"] };
  }
  const [before, after] = [settingsOf(settings, 0), settingsOf(settings, 1)];
  if (secondName !== undefined) {
    const second = readProfileSource(secondName);
    const [baseline, candidate] = [load(first, before, flags), load(second, after, flags)];
    return { baseline, candidate, labels: [first.where, second.where] };
  }
  const baseline = load(first, before, flags);
  if (baseline.targets.length > 1) return targetSides(baseline);
  const changed = after.filter((setting, index) => setting.value !== before[index]?.value);
  if (changed.length > 0) {
    const unchanged = before.filter((_, index) => after[index]?.value !== before[index]?.value);
    const candidate = load(first, after, flags);
    return { baseline, candidate, labels: [settingText(unchanged), settingText(changed)] };
  }
  if (settings.length > 0) {
    const candidate = load(first, settings, flags);
    return { baseline: load(first, [], flags), candidate, labels: ["as it is", settingText(settings)] };
  }
  throw new DiskbenchError({
    code: "BAD_USAGE",
    what: "Nothing says in what the two sides differ",
    next: "Name two profiles, two --target, one path with two --set, or --aa to compare a thing with itself",
  });
}
