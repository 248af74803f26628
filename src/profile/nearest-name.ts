// A misspelt name + the names that there are -> the one that was probably meant.

/** Edits (insert, delete, replace one character) that turn `from` into `to` (Levenshtein 1966), by the two-row method. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

// Longer than any name; bounds the work that a hostile document can cause.
const LONGEST_COMPARED = 64;

/** The name in `names` that takes the fewest edits, upper and lower case being equal; null when there are none. */
export function nearestName(found: string, names: readonly string[]): string | null {
  const wanted = found.slice(0, LONGEST_COMPARED).toLowerCase();
  let nearest: string | null = null;
  let fewest = Infinity;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance >= fewest) continue;
    fewest = distance;
    nearest = name;
  }
  return nearest;
}

/** Like `nearestName`, but null as well when more than a third of the longer name would have to change. */
export function probableName(found: string, names: readonly string[]): string | null {
  const nearest = nearestName(found, names);
  if (nearest === null) return null;
  const longer = Math.max(found.length, nearest.length);
  return editDistance(found.slice(0, LONGEST_COMPARED).toLowerCase(), nearest.toLowerCase()) * 3 <= longer
    ? nearest
    : null;
}
