// The text of a command line -> its words as a shell hands them on, up to the end of the first command.

import { refuse } from "./bounds.ts";

/** `posix`: quotes of both kinds, a backslash takes away a special meaning. `windows`: a backtick does, as in PowerShell. */
export type QuotingStyle = "posix" | "windows";

export interface CommandWords {
  readonly words: readonly string[];
  /** Redirections, and what stands behind the command on its line; empty: nothing. */
  readonly shell: string;
  /** What follows the line of the command; empty: nothing. */
  readonly rest: string;
  /** Typographic quotes and blanks that were read as plain ones. */
  readonly typographic: string;
}

// A backslash before anything else is left alone: paths of Windows and escaped colons are written like that.
const ESCAPABLE = /^[\s"'\\$`#&|;<>()*?!~]$/;
const ESCAPABLE_IN_QUOTES = /^["\\$`]$/;
/** A backslash, or what cmd and PowerShell have for it. */
const CONTINUATION = /[\\^`][ \t]*\r?\n[ \t]*/g;
const END = /[|&;\n]/;
/** `2> file`, `&>> file`, `2>&1`; with a here-document (`<<`) the rest is no command any more. */
const REDIRECTION = /(?:&>>?|>>?&?|<(?!<))(?:(?<=&)[\d-]+|[ \t]*(?:"[^"]*"|'[^']*'|[^\s|&;<>"'])*)/y;
const TYPOGRAPHIC_QUOTES: Readonly<Record<string, RegExp>> = {
  "“": /[“”]/,
  "”": /[“”]/,
  "„": /[“”]/,
  "‘": /[‘’]/,
  "’": /[‘’]/,
};
const TYPOGRAPHIC_BLANK = /[\u00a0\u2007\u202f]/;

/** Lines that go on behind a mark at their end become one. */
export const joinLines = (text: string): string => text.replace(CONTINUATION, " ");

/** Where the bracket that opens at `start` closes; -1: nowhere. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

class Splitter {
  readonly words: string[] = [];
  readonly shell: string[] = [];
  readonly typographic = new Set<string>();
  at = 0;
  /** What ends the quote that is open, and how it began; null: none is. */
  #quote: { readonly end: RegExp; readonly mark: string } | null = null;
  // Null between words; an empty word is one when it was quoted.
  #word: string | null = null;
  /** A bracket that never closes is a character like others, and so are those behind it. */
  #groups = true;
  readonly #text: string;
  readonly #style: QuotingStyle;

  constructor(text: string, style: QuotingStyle) {
    this.#text = text;
    this.#style = style;
  }

  get openQuote(): string | null {
    return this.#quote?.mark ?? null;
  }

  #append(more: string): void {
    this.#word = (this.#word ?? "") + more;
  }

  endWord(): void {
    if (this.#word !== null) this.words.push(this.#word);
    this.#word = null;
  }

  #open(mark: string, end: RegExp): void {
    this.#quote = { mark, end };
    this.#append("");
  }

  /** Takes a redirection with its file, and the number before it. */
  #redirect(): boolean {
    REDIRECTION.lastIndex = this.at;
    const [text = ""] = REDIRECTION.exec(this.#text) ?? [];
    if (text === "") return false;
    const isNumbered = this.#word !== null && /^\d$/.test(this.#word) && !text.startsWith("&");
    this.shell.push(isNumbered ? `${this.#word}${text}` : text);
    if (isNumbered) this.#word = null;
    this.endWord();
    this.at += text.length - 1;
    return true;
  }

  /** `$(command)` is part of a word, in PowerShell a bracket of its own too. */
  #takeGroup(character: string, next: string): boolean {
    const opens = character === "$" && next === "(";
    if (!this.#groups || (!opens && (this.#style === "posix" || character !== "(" || this.#word !== null)))
      return false;
    const end = closingBracket(this.#text, opens ? this.at + 1 : this.at);
    this.#groups = end !== -1;
    if (end === -1) return false;
    this.#append(this.#text.slice(this.at, end + 1));
    this.at = end;
    return true;
  }

  #takeQuoted(character: string, next: string): void {
    const isEscape = this.#style === "posix" && this.#quote?.mark !== "'" && character === "\\";
    if (this.#quote?.end.test(character) === true) this.#quote = null;
    else if (isEscape && ESCAPABLE_IN_QUOTES.test(next)) {
      this.#append(next);
      this.at += 1;
    } else this.#append(character);
  }

  /** False: the command ends here. */
  take(): boolean {
    const character = this.#text.charAt(this.at);
    const next = this.#text.charAt(this.at + 1);
    const typographicEnd = TYPOGRAPHIC_QUOTES[character];
    const escape = this.#style === "posix" ? "\\" : "`";
    if (this.#quote !== null) this.#takeQuoted(character, next);
    else if (character === escape && (this.#style === "windows" ? /\S/ : ESCAPABLE).test(next)) {
      this.#append(next);
      this.at += 1;
    } else if (character === '"' || (this.#style === "posix" && character === "'")) {
      this.#open(character, new RegExp(character));
    } else if (typographicEnd !== undefined && (this.#word === null || this.#word.endsWith("="))) {
      this.typographic.add(character);
      this.#open(character, typographicEnd);
    } else if (this.#takeGroup(character, next) || (/[<>&]/.test(character) && this.#redirect())) return true;
    else if (END.test(character) || character === "<") return false;
    else if (/\s/.test(character)) {
      if (TYPOGRAPHIC_BLANK.test(character)) this.typographic.add(character);
      this.endWord();
    } else this.#append(character);
    return true;
  }
}

/** Throws PROFILE_INVALID when a quote is not closed. `where` names the text, whose lines are joined. */
export function splitWords(text: string, style: QuotingStyle, where: string): CommandWords {
  const splitter = new Splitter(text, style);
  while (splitter.at < text.length && splitter.take()) splitter.at += 1;
  if (splitter.openQuote !== null) refuse(where, `the quote ${splitter.openQuote} is not closed`);
  splitter.endWord();
  const [behind = "", ...others] = text.slice(splitter.at).split("\n");
  const shell = [...splitter.shell, behind.trim()].filter((part) => part !== "").join(" ");
  const typographic = [...splitter.typographic].join(" ");
  return { words: splitter.words, shell, rest: others.join("\n").trim(), typographic };
}
