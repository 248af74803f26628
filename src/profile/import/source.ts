// A text -> what it is: a fio job file, or a command line of fio or DiskSpd.

import { LONGEST_TEXT, MOST_OPTIONS, refuse, requireAtMost } from "./bounds.ts";
import type { Notes } from "./notes.ts";
import { splitWords } from "./words.ts";

export const IMPORT_FORMATS = ["auto", "fio", "diskspd"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export type ImportSource =
  | { readonly kind: "fio-file"; readonly text: string }
  | { readonly kind: "fio-words" | "diskspd-words"; readonly words: readonly string[] };

/** A command line begins with the program, with or without its folder, a prompt, variables of its own and sudo. */
const PROGRAM =
  /^\s*(?:[$>]\s+|PS [^>]{0,200}>\s*)?(?:sudo\s+)?(?:[A-Za-z_]\w*=\S*\s+)*(?:"[^"]*[\\/](fio|diskspd)(?:\.exe)?"|(?:[^\s"=]*[\\/])?(fio|diskspd)(?:\.exe)?)(?=\s|$)/i;
const COMMENT = /^\s*(?:$|[#;]|::|rem\b|@?echo off\b)/i;
const SECTION = /^\s*\[/;

const NEXT = "Give a fio job file, or a command line that begins with fio or diskspd; --format says which it is";

function program(line: string): "fio" | "diskspd" | null {
  const match = PROGRAM.exec(line);
  const name = (match?.[1] ?? match?.[2])?.toLowerCase();
  return name === "fio" || name === "diskspd" ? name : null;
}

function commandLine(tool: "fio" | "diskspd", text: string, where: string, notes: Notes): ImportSource {
  const { words, shell, rest } = splitWords(text, tool === "fio" ? "posix" : "windows", where);
  requireAtMost(where, words.length, MOST_OPTIONS, "words");
  if (shell !== "") notes.add("shell", shell);
  if (!rest.split("\n").every((line) => COMMENT.test(line))) notes.add("more-commands", rest.split("\n")[0] ?? "");
  return { kind: `${tool}-words`, words };
}

/** Throws PROFILE_INVALID when `text` is none of them, or too much; `where` names it. */
export function recognise(text: string, format: ImportFormat, where: string, notes: Notes): ImportSource {
  requireAtMost(where, text.length, LONGEST_TEXT, "characters");
  if (text.includes("\u0000")) refuse(where, "this is no text", NEXT);
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  const first = lines.find((line) => !COMMENT.test(line)) ?? "";
  if (SECTION.test(first)) {
    if (format !== "diskspd") return { kind: "fio-file", text: lines.join("\n") };
    refuse(where, "this is a fio job file, not a command line of DiskSpd");
  }
  const start = lines.findIndex((line) => !COMMENT.test(line) && program(line) !== null);
  const tool = program(lines[start] ?? "");
  if (tool !== null) {
    if (format !== "auto" && format !== tool) refuse(where, `this is a command line of ${tool}, not of ${format}`);
    const command = lines.slice(start).join("\n").replace(PROGRAM, "");
    return commandLine(tool, command, where, notes);
  }
  // Options alone, without the program, when it is said whose they are.
  if (format !== "auto" && /^\s*-/.test(first)) {
    return commandLine(format, lines.slice(lines.indexOf(first)).join("\n"), where, notes);
  }
  return refuse(where, "this is neither a fio job file nor a command line of fio or DiskSpd", NEXT);
}
