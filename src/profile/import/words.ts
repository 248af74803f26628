// The text of a command line -> its words as a shell hands them on, up to the end of the first command.

import { refuse } from "./bounds.ts";

/** `posix`: quotes of both kinds, a backslash takes away a special meaning. `windows`: backslashes stand for themselves. */
export type QuotingStyle = "posix" | "windows";

export interface CommandWords {
  readonly words: readonly string[];
  /** Redirections and what stands behind them on the line; empty: nothing. */
  readonly shell: string;
  /** What follows the line of the command; empty: nothing. */
  readonly rest: string;
}

// A backslash before anything else is left alone: paths of Windows and escaped colons are written like that.
const ESCAPABLE = /^[\s"'\\$`#&|;<>()*?!~]$/;
const ESCAPABLE_IN_QUOTES = /^["\\$`]$/;
const CONTINUATION: Readonly<Record<QuotingStyle, RegExp>> = {
  posix: /\\\r?\n[ \t]*/g,
  windows: /[ \t][\^`]\r?\n[ \t]*/g,
};
const OPERATOR = /[|&;<>]/;

/** Throws PROFILE_INVALID when a quote is not closed. `where` names the text. */
export function splitWords(text: string, style: QuotingStyle, where: string): CommandWords {
  const line = text.replace(CONTINUATION[style], " ");
  const words: string[] = [];
  // Null between words; an empty word is one when it was quoted.
  let word: string | null = null;
  let quote: string | null = null;
  const append = (more: string): void => {
    word = (word ?? "") + more;
  };
  let at = 0;
  for (; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    const escapable = quote === null ? ESCAPABLE : ESCAPABLE_IN_QUOTES;
    if (character === quote) quote = null;
    else if (style === "posix" && quote !== "'" && character === "\\" && escapable.test(next)) {
      append(next);
      at += 1;
    } else if (quote !== null) append(character);
    else if (character === '"' || (style === "posix" && character === "'")) {
      quote = character;
      append("");
    } else if (OPERATOR.test(character) || character === "\n") break;
    else if (!/\s/.test(character)) append(character);
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (quote !== null) refuse(where, `the quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  const [shell = "", ...others] = line.slice(at).split("\n");
  return { words, shell: shell.trim(), rest: others.join("\n").trim() };
}
