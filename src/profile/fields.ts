// Kinds of values in a profile document -> zod schemas; each kind has one text that says what it allows.

import { z } from "zod";
import { DURATION_FORMS, formatDuration, parseDurationSeconds, parseSizeBytes, SIZE_FORMS } from "../shared/units.ts";
import type { Flush } from "../shared/vocabulary.ts";
import { describeLimits, describeSizeLimits, isWithin, type Limits, LIMITS } from "../job/limits.ts";

// The patterns repeat what the parsers of shared/units.ts accept, so that editors know it too.
const SIZE_PATTERN = /^\d+(?:\.\d+)?\s*(?:[bB]|[kKmMgGtT](?:[iI]?[bB])?)?$/;
const DURATION_PATTERN = /^\d+(?:\.\d+)?\s*(?:us|ms|s|min|m|h)?$/;
// Names stand in case ids and file names: no separators, nothing that a terminal would obey.
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const NAME_PATTERN = /^[^/\\\u0000-\u001f\u007f-\u009f]{1,64}$/;
// oxlint-disable-next-line no-control-regex -- no system takes a path with a NUL in it
const PATH_PATTERN = /^[^\u0000]+$/;

/** JSON can say -0, which would not be equal to itself after having been written and read once. */
const positiveZero = (value: number): number => value + 0;

export function wholeNumber(limits: Limits) {
  const error = `a whole number ${describeLimits(limits)}`;
  return z.int({ error }).min(limits.minimum, { error }).max(limits.maximum, { error }).transform(positiveZero);
}

/** A number or text that `read` turns into a number within `limits`. */
function quantity(
  limits: Limits,
  number: z.ZodNumber,
  pattern: RegExp,
  read: (value: number | string) => number | null,
  error: string,
) {
  const bounded = number.min(limits.minimum, { error }).max(limits.maximum, { error });
  return z.union([bounded, z.string({ error }).regex(pattern, { error })], { error }).transform((value, context) => {
    const found = read(value);
    if (found !== null && isWithin(limits, found)) return positiveZero(found);
    context.addIssue({ code: "custom", message: error });
    return z.NEVER;
  });
}

const readBytes = (value: number | string): number | null =>
  typeof value === "number" ? value : parseSizeBytes(value);

/** Bytes: a whole number, or text such as "64KiB". */
export function size(limits: Limits) {
  const error = `a size ${describeSizeLimits(limits)}: ${SIZE_FORMS}`;
  return quantity(limits, z.int({ error }), SIZE_PATTERN, readBytes, error);
}

// Whole nanoseconds, as texts are read too.
const readSeconds = (value: number | string): number | null =>
  typeof value === "number" ? Math.round(value * 1e9) / 1e9 : parseDurationSeconds(value);

/** Seconds: a number, or text such as "500ms". */
export function duration(limits: Limits) {
  const error = `${DURATION_FORMS}, ${describeLimits(limits, formatDuration)}`;
  return quantity(limits, z.number({ error }), DURATION_PATTERN, readSeconds, error);
}

/** One word of a closed set; upper and lower case differ. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: words.length === 1 ? `"${words[0]}"` : `one of ${words.join(", ")}` });
}

function toFlush(text: string): Flush {
  if (text === "never" || text === "end" || text === "each") return text;
  const writes = Number(text.slice("every ".length));
  return writes === 1 ? "each" : `every ${writes}`;
}

export function flush() {
  const error = `never, end, each, or "every N" with N ${describeLimits(LIMITS.flushEvery)}, such as "every 8"`;
  return z
    .string({ error })
    .regex(/^(?:never|end|each|every [1-9]\d{0,6})$/, { error })
    .transform(toFlush);
}

export function flag() {
  return z.boolean({ error: "true or false" });
}

export function name() {
  const error = "a text of 1 to 64 characters without / and \\ and control characters";
  return z.string({ error }).regex(NAME_PATTERN, { error });
}

export function path() {
  const error = "the path of a file, a directory or a device";
  return z.string({ error }).regex(PATH_PATTERN, { error });
}

export function plainText() {
  return z.string({ error: "a text in double quotes" });
}

/** The union's own words: what its first alternative, the single value, allows. */
const singleOrList = (issue: z.core.$ZodRawIssue): string => {
  const single = issue.code === "invalid_union" ? issue.errors[0]?.[0]?.message : undefined;
  return `${single ?? "one value"}; or a list of such values`;
};

/** One value or a list of different ones; what comes out is a list. */
export function oneOrMore<Element extends z.ZodType>(element: Element) {
  const list = z
    .array(element)
    .min(1, { error: "a list of at least one value" })
    .superRefine((values, context) => {
      const seen = new Map<unknown, number>();
      values.forEach((value, index) => {
        const earlier = seen.get(value);
        if (earlier === undefined) seen.set(value, index);
        else {
          context.addIssue({
            code: "custom",
            path: [index],
            message: `each value once (it is the same as entry ${earlier})`,
          });
        }
      });
    });
  return z
    .union([element, list], { error: singleOrList })
    .transform((value): z.output<Element>[] => (Array.isArray(value) ? value : [value]));
}
