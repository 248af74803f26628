// What zod found wrong with a document -> failures that name the place, what was found and what is allowed.

import { type Failure, MOST_FAILURES, withoutRepeats } from "../shared/errors.ts";
import type { z } from "zod";
import { KNOWN_KEYS } from "./document.ts";
import { nearestName, probableName } from "./nearest-name.ts";
import { describeValue, type DocumentPath, valueAt, whereText } from "../shared/document-places.ts";

type Issue = z.core.$ZodIssue;

/** Whether an alternative of a union was simply not meant: the value as a whole is of another kind. */
const isOfAnotherKind = (issues: readonly Issue[]): boolean =>
  issues.some(({ code, path }) => path.length === 0 && /^invalid_(?:type|value|union)$/.test(code));

/** Replaces what a union says by what its one fitting alternative says, so that places are as exact as they can be. */
function unfold(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.filter((issues) => !isOfAnotherKind(issues));
  const [only] = meant;
  if (only === undefined || meant.length > 1) return [issue];
  return only.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The closed set of words that the value should have been one of, if it is that kind of field. */
function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.filter((value) => typeof value === "string");
  return issue.code === "invalid_union" ? issue.errors.flat().flatMap(wordsOf) : [];
}

function unknownKey(path: DocumentPath, key: string, where: string): Failure {
  const known = KNOWN_KEYS[path.length === 0 ? "" : String(path[0])] ?? [];
  const nearest = nearestName(key, known);
  return {
    code: "PROFILE_INVALID",
    where: whereText(where, [...path, key]),
    what: `unknown key${nearest === null ? "" : `; the nearest known one is ${nearest}`}`,
    next: `Known here: ${known.join(", ")}`,
  };
}

/** One more than are told, so that the reader learns of the rest. */
const MOST_SHOWN = MOST_FAILURES + 1;

function failuresOfIssue(issue: Issue, document: unknown, where: string): readonly Failure[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MOST_SHOWN).map((key) => unknownKey(issue.path, key, where));
  }
  const value = valueAt(document, issue.path);
  const meant = typeof value === "string" ? probableName(value, wordsOf(issue)) : null;
  const found = value === undefined ? "missing; needed" : `found ${describeValue(value)}; allowed`;
  return [
    {
      code: "PROFILE_INVALID",
      where: whereText(where, issue.path),
      what: `${found}: ${issue.message}`,
      ...(meant === null ? {} : { next: `Did you mean "${meant}"?` }),
    },
  ];
}

/** The failures of `document` that its schema alone decides, as many as are told; `where` names the document. */
export function shapeFailures(error: z.ZodError, document: unknown, where: string): readonly Failure[] {
  const issues = error.issues.slice(0, MOST_SHOWN).flatMap(unfold).slice(0, MOST_SHOWN);
  return withoutRepeats(issues.flatMap((issue) => failuresOfIssue(issue, document, where)));
}
