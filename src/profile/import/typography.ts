// Words as word processors and web pages change them -> words as they were typed: dashes before options.

import type { Notes } from "./import-notes.ts";

/** Hyphens, dashes and the minus sign, alone or beside a plain one, before what begins like an option. */
const DASHES = /^-?[\u2010-\u2015\u2212\ufe58\ufe63\uff0d][-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]*(?=[A-Za-z])/;

/** `dash` is what the program has before its options. */
export function plainDashes(words: readonly string[], dash: "-" | "--", notes: Notes): readonly string[] {
  return words.map((word) => {
    if (!DASHES.test(word)) return word;
    const plain = word.replace(DASHES, dash);
    notes.add("typography", word, null, `it is read as ${plain}`);
    return plain;
  });
}
