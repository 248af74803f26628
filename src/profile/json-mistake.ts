// JSON text -> its first mistake, with its place; JSON.parse of Node 20 often gives no place at all.

import { describeValue } from "../shared/document-places.ts";

export interface JsonMistake {
  /** Index into the text. */
  readonly offset: number;
  readonly what: string;
}

class MistakeFound extends Error {
  readonly mistake: JsonMistake;

  constructor(mistake: JsonMistake) {
    super(mistake.what);
    this.mistake = mistake;
  }
}

// Far beyond any profile; keeps a hostile text from exhausting the stack.
const DEEPEST_NESTING = 64;

/** What people write who come from languages that are nearly JSON. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^[/#]/, "JSON has no comments"],
  [/^'/, "JSON has double quotes only"],
  [/^[A-Za-z_$]/, "texts and keys stand in double quotes"],
];

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const LITERAL = /(?:true|false|null)(?!\w)/y;
const BLANKS = /[ \t\n\r]*/y;
const WORD = /[\w.+-]{1,20}|[^\s]/uy;

/** Walks through JSON by the grammar of RFC 8259 and throws `MistakeFound` where the text departs from it. */
class JsonWalk {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    if (this.#next() !== "") this.#expected("the end of the text");
  }

  #value(depth: number): void {
    if (depth > DEEPEST_NESTING) this.#fail(this.#offset, `nested deeper than ${DEEPEST_NESTING} levels`);
    const next = this.#next();
    if (next === "{") this.#object(depth);
    else if (next === "[") this.#entries("]", () => this.#value(depth + 1));
    else if (next === '"') this.#string();
    else if (this.#take(NUMBER) === "" && this.#take(LITERAL) === "") this.#expected("a value");
  }

  #object(depth: number): void {
    const keys = new Set<unknown>();
    this.#entries("}", () => {
      if (this.#next() !== '"') this.#expected("a key in double quotes");
      const start = this.#offset;
      this.#string();
      const key: unknown = JSON.parse(this.#text.slice(start, this.#offset));
      // JSON.parse would silently let the last one win.
      if (keys.has(key)) this.#fail(start, `the key ${describeValue(key)} stands twice in one object`);
      keys.add(key);
      if (this.#next() !== ":") this.#expected("a colon");
      this.#offset += 1;
      this.#value(depth + 1);
    });
  }

  /** From the opening bracket to behind the closing one. */
  #entries(closing: "}" | "]", entry: () => void): void {
    this.#offset += 1;
    if (this.#next() !== closing) {
      entry();
      while (this.#next() === ",") {
        this.#offset += 1;
        entry();
      }
      if (this.#next() !== closing) this.#expected(`a comma or ${closing}`);
    }
    this.#offset += 1;
  }

  #string(): void {
    const start = this.#offset;
    this.#offset += 1;
    for (;;) {
      const character = this.#text.charAt(this.#offset);
      if (character === "") this.#fail(start, "this text has no closing quote");
      if (character < " ") this.#fail(this.#offset, "a line break or control character within a text");
      if (character === "\\") {
        if (this.#take(ESCAPE) === "") this.#fail(this.#offset, 'a single backslash; write two of them ("C:\\\\data")');
        continue;
      }
      this.#offset += 1;
      if (character === '"') return;
    }
  }

  /** The next character that is no blank, not taken; "" at the end. */
  #next(): string {
    this.#take(BLANKS);
    return this.#text.charAt(this.#offset);
  }

  /** What matches here, taken; "" when nothing does. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#offset += found.length;
    return found;
  }

  #expected(expected: string): never {
    const offset = this.#offset;
    const found = this.#take(WORD);
    const followsComma = this.#text.slice(0, offset).trimEnd().endsWith(",");
    const hint =
      followsComma && (found === "}" || found === "]")
        ? "JSON has no comma after the last entry"
        : HINTS.find(([pattern]) => pattern.test(found))?.[1];
    const foundText = found === "" ? "the end of the text" : describeValue(found);
    return this.#fail(offset, `expected ${expected}, found ${foundText}${hint === undefined ? "" : ` (${hint})`}`);
  }

  #fail(offset: number, what: string): never {
    throw new MistakeFound({ offset, what });
  }
}

/** The first mistake of `text` as JSON, or null. A key that stands twice in one object counts as one. */
export function findJsonMistake(text: string): JsonMistake | null {
  try {
    new JsonWalk(text).document();
    return null;
  } catch (thrown) {
    if (thrown instanceof MistakeFound) return thrown.mistake;
    throw thrown;
  }
}
