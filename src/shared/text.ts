// Text -> text that fits a terminal's columns: measured as displayed, wrapped, or shortened in the middle; texts -> a page.

import stringWidth from "string-width";

const ASCII_ONLY = /^[ -~]*$/;

/** Columns that a line of text takes on a terminal, as the library that draws tables counts them; colours take none. */
export const displayWidth = (text: string): number => (ASCII_ONLY.test(text) ? text.length : stringWidth(text));

/** As many characters from the start as fit into `columns`. */
function fitting(characters: readonly string[], columns: number): string {
  let taken = 0;
  const end = characters.findIndex((character) => (taken += displayWidth(character)) > columns);
  return characters.slice(0, end === -1 ? undefined : end).join("");
}

/** Shortens plain text to `columns` by an ellipsis, one column wide, in its middle, where names of cases differ least. */
export function shorten(text: string, columns: number, ellipsis = "…"): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 3) return fitting(Array.from(text), columns);
  const head = fitting(Array.from(text), Math.ceil((columns - 1) / 2));
  const tail = fitting(Array.from(text).toReversed(), Math.floor((columns - 1) / 2));
  return `${head}${ellipsis}${Array.from(tail).toReversed().join("")}`;
}

/**
 * Breaks plain text at spaces into lines of at most `columns`: the first begins with `first`, the others with `indent`.
 * A word longer than a line is cut. Nothing is lost. `columns` must leave room for two beside either beginning.
 */
export function wrap(text: string, columns: number, indent = "", first = ""): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    const extended = isEmpty ? line + word : `${line} ${word}`;
    if (displayWidth(extended) <= columns) {
      line = extended;
      isEmpty &&= word === "";
      continue;
    }
    if (!isEmpty) lines.push(line);
    line = (lines.length === 0 ? first : indent) + word;
    isEmpty = false;
    while (displayWidth(line) > columns) {
      const part = fitting(Array.from(line), columns);
      lines.push(part);
      line = indent + line.slice(part.length);
    }
  }
  return [...lines, line];
}

/** Blocks with an empty line between, those without a text left out. Ends with a newline. */
export function joinBlocks(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
