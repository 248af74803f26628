// A pattern such as `rand-write` or `*/4KiB/*` -> whether a case is meant by it.

/** A job's name, a case's id, or an id with `*` for any run of characters; null means every case. */
export function matchesCase(pattern: string | null, each: { readonly id: string; readonly job: string }): boolean {
  if (pattern === null || pattern === each.job || pattern === each.id) return true;
  if (!pattern.includes("*")) return false;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop() ?? "";
  if (!each.id.startsWith(first)) return false;
  let position = first.length;
  // Each part at its earliest place: no pattern takes more than one pass over the id.
  for (const part of rest) {
    const found = each.id.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return each.id.length - position >= last.length && each.id.endsWith(last);
}
