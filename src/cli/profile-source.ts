// A path, "-" or a built-in name -> the text of a profile.

import { isThere, STANDARD_INPUT } from "../platform/named-files.ts";
import { builtinProfileNames, readBuiltinProfile } from "../profile/builtin.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { type InputText, readInput } from "./read-text.ts";

/** A profile is small; what is larger is something else, and is not read whole. */
const LARGEST_BYTES = 1024 * 1024;

/** An existing path goes before a built-in name. Throws PROFILE_INVALID when it is neither. */
export function readProfileSource(name: string): InputText {
  if (name === STANDARD_INPUT || isThere(name)) {
    const unreadable = { what: "The profile cannot be read" };
    return readInput(name, LARGEST_BYTES, unreadable, "More than 1 MiB is too much for a profile");
  }
  const builtin = readBuiltinProfile(name);
  if (builtin !== null) return { where: builtin.name, text: builtin.text };
  throw new DiskbenchError({
    code: "PROFILE_INVALID",
    where: name,
    what: "There is no such file, and no built-in profile of that name",
    next: `Give a path, "-" for standard input, or one of ${builtinProfileNames().join(", ")}; \`diskbench init\` writes one to start from`,
  });
}
