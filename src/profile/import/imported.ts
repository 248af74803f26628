// What every importer makes: jobs and a target as a profile document has them, within a profile's limits.

import { type JobPoint, writeJob } from "../../job/job.ts";
import type { Limits } from "../../job/limits.ts";
import { type Fields, withoutNulls } from "../../shared/without-nulls.ts";
import type { ImportNote, Notes } from "./import-notes.ts";

export interface ImportedProfile {
  readonly document: Readonly<Record<string, unknown>>;
  readonly notes: readonly ImportNote[];
}

/** One job, its quantities as numbers; null and false: the profile says nothing about it. */
export type ImportedJob = { readonly name: string } & { readonly [Name in keyof JobPoint]?: JobPoint[Name] | null };

/** Sizes and durations as people write them. */
export function jobDocument(job: ImportedJob): Fields {
  const fields = Object.entries(writeJob(job)).map(([name, value]) => [name, value === false ? null : value]);
  return withoutNulls(Object.fromEntries(fields));
}

/** `value` within `limits`; a value that had to be moved is noted. */
export function limited(value: number, limits: Limits, notes: Notes, found: string, job: string | null): number {
  const within = Math.min(Math.max(value, limits.minimum), limits.maximum);
  if (within !== value) notes.add("limit", found, job, `${within} is used`);
  return within;
}

// What a profile's schema refuses in a name, and what is not simply visible.
const FORBIDDEN = /[/\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const LONGEST_NAME = 64;

/** `text` as a name of a profile or a job: at most `most` characters, none that a name may not have. */
export function nameFrom(text: string, fallback: string, most = LONGEST_NAME): string {
  const characters = Array.from(text.replace(FORBIDDEN, "-").trim());
  while (characters.join("").length > most) characters.length = Math.min(most, characters.length - 1);
  const name = characters.join("");
  return name === "" ? fallback : name;
}

/** Names of their own: the second `read` becomes `read (2)`. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) {
      const suffix = ` (${count})`;
      unique = nameFrom(name, "job", LONGEST_NAME - suffix.length) + suffix;
    }
    taken.add(unique);
    return unique;
  });
}
