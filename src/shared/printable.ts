// Text of unknown origin -> text that a terminal, a browser or a log only shows and never obeys.

// Control characters, invisible formatting (also what turns the writing direction), lone surrogates, line separators.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Commands of GitHub's runner (ActionCommand.cs): `::` at the beginning of a line, the older `##[` anywhere. */
const BEGINNING = /^([^\S\n]*)::/gm;
const ANYWHERE = "##[";

/** A text of several lines -> the same without anything that a log's reader obeys (`::stop-commands::`): a backslash is put in. */
export function withoutCommands(text: string): string {
  return text.replace(BEGINNING, "$1\\::").replaceAll(ANYWHERE, "##\\[");
}

/** Writes out as `\u{1b}` whatever is not simply visible. What is left stays on its line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
