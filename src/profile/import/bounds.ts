// How much an imported text may hold -> limits far above what people write, and the refusal beyond them.

import { DiskbenchError } from "../../shared/errors.ts";

/** Characters of the whole text. */
export const LONGEST_TEXT = 1024 * 1024;
/** Options of all sections together, and words of a command line. */
export const MOST_OPTIONS = 5000;
/** Jobs, as each takes over what is said for all. */
export const MOST_JOBS = 500;

/** Throws PROFILE_INVALID about the text that `where` names. */
export function refuse(where: string, what: string, next?: string): never {
  throw new DiskbenchError({ code: "PROFILE_INVALID", where, what, ...(next === undefined ? {} : { next }) });
}

/** Throws PROFILE_INVALID when there are more than `most` of `what`. */
export function requireAtMost(where: string, count: number, most: number, what: string): void {
  if (count > most) refuse(where, `${count} ${what} are too many; allowed: ${most}`);
}
