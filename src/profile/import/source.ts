// A text -> what it is: a fio job file, or a command line of fio or DiskSpd.

import { LONGEST_TEXT, MOST_OPTIONS, refuse, requireAtMost } from "./bounds.ts";
import { type CommandStart, commandStart, mentions, type Program, STARTERS } from "./command-start.ts";
import type { Notes } from "./import-notes.ts";
import { recogniseOther, toolOf } from "./other-tools.ts";
import { plainDashes } from "./typography.ts";
import { joinLines, splitWords } from "./words.ts";

export const IMPORT_FORMATS = ["auto", "fio", "diskspd"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export type ImportSource =
  | { readonly kind: "fio-file"; readonly text: string }
  | { readonly kind: "fio-words" | "diskspd-words"; readonly words: readonly string[] };

const COMMENT = /^\s*(?:$|[#;]|::|rem\b|@?echo off\b)/i;
const SECTION = /^\s*\[/;

const NEXT = "Give a fio job file, or a command line that begins with fio or diskspd; --format says which it is";

/** Whether a text that names no file is a command line, of whatever tool. */
export const isCommandLine = (text: string): boolean => commandStart(text) !== null || toolOf(text) !== null;

function commandLine(tool: Program, text: string, where: string, notes: Notes): ImportSource {
  const { words, shell, rest, typographic } = splitWords(text, tool === "fio" ? "posix" : "windows", where);
  requireAtMost(where, words.length, MOST_OPTIONS, "words");
  if (shell !== "") notes.add("shell", shell);
  if (typographic !== "") notes.add("typography", typographic);
  if (!rest.split("\n").every((line) => COMMENT.test(line))) notes.add("more-commands", rest.split("\n")[0] ?? "");
  return { kind: `${tool}-words`, words: plainDashes(words, tool === "fio" ? "--" : "-", notes) };
}

/** What it means for the load that other programs start this one. */
function noteStarters({ before, starters }: CommandStart, notes: Notes): void {
  const has = (names: ReadonlySet<string>): boolean => starters.some((name) => names.has(name));
  if (has(STARTERS.placing)) notes.add("placement", before);
  if (has(STARTERS.elsewhere)) notes.add("elsewhere", before);
  else if (has(STARTERS.other)) notes.add("started", before);
}

/** Throws PROFILE_INVALID when `text` is none of them, or too much; `where` names it. */
export function recognise(text: string, format: ImportFormat, where: string, notes: Notes): ImportSource {
  requireAtMost(where, text.length, LONGEST_TEXT, "characters");
  if (text.includes("\u0000")) refuse(where, "this is no text", NEXT);
  const first = text.split("\n").find((line) => !COMMENT.test(line)) ?? "";
  if (SECTION.test(first)) {
    if (format !== "diskspd") return { kind: "fio-file", text };
    refuse(where, "this is a fio job file, not a command line of DiskSpd");
  }
  const lines = joinLines(text).split("\n");
  for (const [index, line] of lines.entries()) {
    const start = COMMENT.test(line) ? null : commandStart(line);
    if (start === null) continue;
    const { program, rest } = start;
    if (format !== "auto" && format !== program)
      refuse(where, `this is a command line of ${program}, not of ${format}`);
    noteStarters(start, notes);
    return commandLine(program, [rest, ...lines.slice(index + 1)].join("\n"), where, notes);
  }
  // Options alone, without the program, when it is said whose they are.
  const bare = lines.findIndex((line) => !COMMENT.test(line));
  if (format !== "auto" && /^\s*[-\u2010-\u2015\u2212]/.test(first)) {
    return commandLine(format, lines.slice(bare).join("\n"), where, notes);
  }
  const other = recogniseOther(text, lines[bare] ?? "");
  if (other !== null) refuse(where, other.what, other.next);
  const mentioned = mentions(lines[bare] ?? "");
  if (mentioned !== null) {
    refuse(
      where,
      `${mentioned} stands in this line, behind what is not known to start it`,
      `Give it from ${mentioned} on`,
    );
  }
  return refuse(where, "this is neither a fio job file nor a command line of fio or DiskSpd", NEXT);
}
