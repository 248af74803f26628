// A result that is about to be written -> the places where it breaks the schema by which it would be read again.

import type { z } from "zod";
import type { Failure } from "../shared/errors.ts";
import type { Result, Round } from "./result.ts";
import { roundSchema } from "./round-schema.ts";
import { resultSchema } from "./schema.ts";
import { wrongPlaces } from "./wrong-places.ts";

function violations(
  schema: z.ZodType,
  value: unknown,
  path: string,
  at: readonly PropertyKey[] = [],
): readonly Failure[] {
  const { error } = schema.safeParse(value);
  if (error === undefined) return [];
  return wrongPlaces(error.issues, value, path, at).map((each) => ({
    code: "BUG",
    where: each.where,
    what: `This result cannot be read again: ${each.what}`,
    next: "All that was measured is in that file. This is a mistake in diskbench: please report it with the file",
  }));
}

/** `path`: where the document stands, or will. */
export function resultViolations(result: Result, path: string): readonly Failure[] {
  return violations(resultSchema, result, path);
}

/** The same of a round as it ends, whose place in the document is `at`: it takes no longer the more there are before it. */
export function roundViolations(round: Round, path: string, at: readonly PropertyKey[]): readonly Failure[] {
  return violations(roundSchema, round, path, at);
}
