// A path into a document -> the place as a person reads it, and what stands there in a few words.

export type DocumentPath = readonly PropertyKey[];

const PLAIN_KEY = /^[\w$-]{1,60}$/;

/** `["jobs", 0, "blockSize"]` -> `jobs[0].blockSize`. */
export function placeText(path: DocumentPath): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const text = String(key);
      if (!PLAIN_KEY.test(text)) return `[${shortText(text)}]`;
      return index === 0 ? text : `.${text}`;
    })
    .join("");
}

/** `profile.json: jobs[0].blockSize`; the document itself has no place within it. */
export function whereText(where: string, path: DocumentPath): string {
  return path.length === 0 ? where : `${where}: ${placeText(path)}`;
}

/** What stands at `path`; undefined where there is nothing. */
export function valueAt(document: unknown, path: DocumentPath): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const LONGEST_TEXT = 60;

/** Quoted, on one line, without anything that a terminal would obey. */
function shortText(text: string): string {
  return JSON.stringify(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value of a JSON document in a few words: `"4abc"`, `8`, `an empty list`. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return shortText(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "number" && !Number.isFinite(value)) return "a number beyond all limits";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === null ? "null" : "nothing";
}
