// A result that is about to be written -> the places where it breaks the schema by which it would be read again.

import type { Failure } from "../shared/errors.ts";
import type { Result } from "./result.ts";
import { resultSchema } from "./schema.ts";
import { wrongPlaces } from "./wrong-places.ts";

/** `path`: where the document stands, or will. */
export function resultViolations(result: Result, path: string): readonly Failure[] {
  const { error } = resultSchema.safeParse(result);
  if (error === undefined) return [];
  return wrongPlaces(error.issues, result, path).map((each) => ({
    code: "BUG",
    where: each.where,
    what: `This result cannot be read again: ${each.what}`,
    next: "All that was measured is in that file. This is a mistake in diskbench: please report it with the file",
  }));
}
