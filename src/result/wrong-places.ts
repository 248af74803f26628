// A document and what a schema has against it -> each place that is wrong, in words, the first few of them.

import type { z } from "zod";
import { describeValue, valueAt, whereText } from "../shared/document-places.ts";

const MOST_PLACES = 10;
/** What is said of one place; a list of unknown keys may be longer. */
const LONGEST_MESSAGE = 500;

const cut = (text: string): string => (text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}...` : text);

export interface WrongPlace {
  readonly where: string;
  readonly what: string;
}

/** `where`: what the document is called. */
export function wrongPlaces(
  issues: readonly z.core.$ZodIssue[],
  document: unknown,
  where: string,
): readonly WrongPlace[] {
  const places = issues.slice(0, MOST_PLACES).map((issue): WrongPlace => {
    const found = issue.code === "unrecognized_keys" ? "" : ` (found ${describeValue(valueAt(document, issue.path))})`;
    return { where: whereText(where, issue.path), what: `${cut(issue.message)}${found}` };
  });
  const left = issues.length - places.length;
  return left > 0 ? [...places, { where, what: `${left} more places are wrong` }] : places;
}
