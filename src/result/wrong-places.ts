// A document and what a schema has against it -> each place that is wrong, in words, the first few of them.

import type { z } from "zod";

const MOST_PLACES = 10;
/** What is said of one place; a list of unknown keys may be longer. */
const LONGEST_MESSAGE = 500;

/** `["cases", 0, "rounds"]` -> `cases[0].rounds` */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

export function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );
}

/** A value in a few words. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

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
    const found = issue.code === "unrecognized_keys" ? "" : ` (found ${shown(valueAt(document, issue.path))})`;
    const place = placeOf(issue.path);
    return { where: place === "" ? where : `${where}: ${place}`, what: `${cut(issue.message)}${found}` };
  });
  const left = issues.length - places.length;
  return left > 0 ? [...places, { where, what: `${left} more places are wrong` }] : places;
}
