// Two profile documents -> where they ask for different I/O, and where they differ in words only; one -> a case's load.

import { resolveProfile } from "../profile/resolve.ts";
import { serializeProfile } from "../profile/serialize.ts";
import type { CaseResult } from "../result/result.ts";
import { DiskbenchError } from "../shared/errors.ts";

/** What can differ without another load being measured: names, how often, what is made of the figures. */
const HARMLESS = /^(?:\$schema|name|description|seed|rounds|gates|tolerances)\b|^targets?(?:\[\d+\])?\.path$/;
/** Kept short: a profile that is another one altogether differs everywhere. */
const MOST_SHOWN = 6;

type Leaves = ReadonlyMap<string, string>;

function leavesOf(value: unknown, place: string, into = new Map<string, string>()): Leaves {
  if (typeof value !== "object" || value === null) return into.set(place, JSON.stringify(value) ?? "nothing");
  // A list of plain values is one value of a sweep.
  if (Array.isArray(value) && value.every((element) => typeof element !== "object")) {
    return into.set(place, JSON.stringify(value));
  }
  for (const [key, inner] of Object.entries(value)) {
    leavesOf(inner, Array.isArray(value) ? `${place}[${key}]` : place === "" ? key : `${place}.${key}`, into);
  }
  return into;
}

function textOf(leaves: Leaves, places: readonly string[]): string {
  const shown = places.slice(0, MOST_SHOWN).map((place) => `${place}: ${leaves.get(place) ?? "nothing"}`);
  const left = places.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ");
}

export interface ProfileDifference {
  readonly harmless: boolean;
  readonly baseline: string;
  readonly candidate: string;
}

/** With all defaults written out: a profile that was stored before a field came knows nothing of it. Null: it is none. */
function complete(profile: object): object | null {
  try {
    return serializeProfile(resolveProfile(profile, "profile"));
  } catch (thrown) {
    if (thrown instanceof DiskbenchError) return null;
    throw thrown;
  }
}

/** At most two: what makes it another load, and the rest. */
export function profileDifferences(baseline: object, candidate: object): readonly ProfileDifference[] {
  const [whole, other] = [complete(baseline), complete(candidate)];
  const both = whole === null || other === null ? { baseline, candidate } : { baseline: whole, candidate: other };
  const [before, after] = [leavesOf(both.baseline, ""), leavesOf(both.candidate, "")];
  const places = [...new Set([...before.keys(), ...after.keys()])].filter(
    (place) => before.get(place) !== after.get(place),
  );
  return [false, true].flatMap((harmless) => {
    const ofKind = places.filter((place) => HARMLESS.test(place) === harmless);
    if (ofKind.length === 0) return [];
    return [{ harmless, baseline: textOf(before, ofKind), candidate: textOf(after, ofKind) }];
  });
}

/** Settings that say where, which other facts do, or what came of it. */
const NOT_ASKED_FOR = new Set(["target", "preallocate", "fill", "nativeOperations"]);

const statements = (leaves: Leaves): readonly string[] => Array.from(leaves, ([place, value]) => `${place}: ${value}`);

/**
 * For the cases of one profile: what each asks for, such as `duration: "2s"`. Other jobs of the profile and other
 * points of the sweep are no part of it, so that adding one does not make another load of the rest.
 */
export function loadsIn(profile: object): (each: CaseResult) => readonly string[] {
  const whole = complete(profile) ?? profile;
  const jobs: unknown = Reflect.get(whole, "jobs");
  return ({ job, settings }) => {
    const asked = Object.entries(settings).filter(([name]) => !NOT_ASKED_FOR.has(name));
    const own: unknown = Array.isArray(jobs)
      ? jobs.find((each: unknown) => Reflect.get(Object(each), "name") === job)
      : undefined;
    // The settings tell one value of what the job may give a list of.
    const isTold = (name: string): boolean => name === "name" || name in settings || `${name}Bytes` in settings;
    const rest = [...leavesOf(own ?? whole, "")].filter(([place]) =>
      own === undefined ? !HARMLESS.test(place) : !isTold(place),
    );
    return [...statements(leavesOf(Object.fromEntries(asked), "")), ...statements(new Map(rest))];
  };
}
