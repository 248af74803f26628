// Lists -> the same with a first entry that is known, in groups, or thrown together as failures.

import { DiskbenchError, type Failure, formatFailure } from "../shared/errors.ts";

/** `list`, known to the type system to have a first entry; an empty one is a mistake of the caller. */
export function nonEmpty<Entry>(list: readonly Entry[]): readonly [Entry, ...Entry[]] {
  const [first, ...others] = list;
  if (first === undefined) throw new Error("a list that cannot be empty is empty");
  return [first, ...others];
}

/** The entries of `list` by key, keys and entries in their order (Map.groupBy comes with Node 21). */
export function groupBy<Entry, Key>(
  list: readonly Entry[],
  keyOf: (entry: Entry) => Key,
): ReadonlyMap<Key, readonly [Entry, ...Entry[]]> {
  const groups = new Map<Key, [Entry, ...Entry[]]>();
  for (const entry of list) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** `failures` without those that would read like an earlier one. */
export function withoutRepeats(failures: readonly Failure[]): readonly Failure[] {
  return [...new Map(failures.map((failure) => [formatFailure(failure), failure])).values()];
}

/** More failures of one document nobody reads, and making them must not take long. */
export const MOST_FAILURES = 100;

/** Throws one DiskbenchError with all `failures`, the first hundred of them, or nothing when there are none. */
export function throwFailures(failures: readonly Failure[]): void {
  const [first, ...others] = failures.slice(0, MOST_FAILURES);
  if (first === undefined) return;
  const left = failures.length - MOST_FAILURES;
  if (left > 0) others.push({ code: first.code, what: "There are more mistakes than these", next: "Mend these first" });
  throw new DiskbenchError(first, ...others);
}
