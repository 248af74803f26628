// A path, "-" or a built-in name -> the text of a profile.

import { isThere } from "../platform/named-files.ts";
import { builtinProfileNames, readBuiltinProfile } from "../profile/builtin.ts";
import { DiskbenchError, refusedBySystem } from "../shared/errors.ts";
import { readTextWithin } from "./read-text.ts";
import { readingFrom } from "./waiting.ts";

export interface ProfileSource {
  /** What errors call it. */
  readonly where: string;
  readonly text: string;
}

/** A profile is small; what is larger is something else, and is not read whole. */
const LARGEST_BYTES = 1024 * 1024;

function readSource(where: string, file: string | number): ProfileSource {
  try {
    const refuse = (what: string): DiskbenchError => new DiskbenchError({ code: "PROFILE_INVALID", where, what });
    const text = readingFrom(file, where, () => readTextWithin(file, LARGEST_BYTES, refuse));
    if (text !== null) return { where, text };
  } catch (thrown) {
    throw refusedBySystem(thrown, { code: "PROFILE_INVALID", where, what: "The profile cannot be read" });
  }
  throw new DiskbenchError({ code: "PROFILE_INVALID", where, what: "More than 1 MiB is too much for a profile" });
}

/** An existing path goes before a built-in name. Throws PROFILE_INVALID when it is neither. */
export function readProfileSource(name: string): ProfileSource {
  if (name === "-") return readSource("standard input", 0);
  if (isThere(name)) return readSource(name, name);
  const builtin = readBuiltinProfile(name);
  if (builtin !== null) return { where: builtin.name, text: builtin.text };
  throw new DiskbenchError({
    code: "PROFILE_INVALID",
    where: name,
    what: "There is no such file, and no built-in profile of that name",
    next: `Give a path, "-" for standard input, or one of ${builtinProfileNames().join(", ")}; \`diskbench init\` writes one to start from`,
  });
}
