// A name and a limit in bytes -> as much of the name as fits, never half a character.

/** What nearly every file system takes (NAME_MAX); where one takes less, it says so itself. */
export const LONGEST_FILE_NAME_BYTES = 255;

/** The beginning of `name` that takes at most `mostBytes` as UTF-8: names that are derived from others may not grow. */
export function beginningOfName(name: string, mostBytes: number): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  let beginning = "";
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > mostBytes) break;
    beginning += character;
  }
  return beginning;
}
