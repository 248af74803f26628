// Long sentences and table cells -> lines that fit a terminal of 80 columns.

export const LINE_WIDTH = 80;

/** `text` without what a terminal would obey; names and paths can hold anything. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** `text` broken between words; every line begins with `indent`, the first one with `first` instead. */
export function wrap(text: string, indent: string, first = indent): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of printable(text).split(/\s+/).filter(Boolean)) {
    if (!isEmpty && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
