// Lists -> the same with a first entry that is known, or in groups.

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
