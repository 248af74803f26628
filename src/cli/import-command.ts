// `diskbench import`: a fio job file, or a command line of fio or DiskSpd -> a profile, and on stderr what it lacks.

import { basename, extname } from "node:path";
import { loadFiles } from "../platform/index.ts";
import { isThere, STANDARD_INPUT } from "../platform/named-files.ts";
import { LONGEST_TEXT } from "../profile/import/bounds.ts";
import { importProfile } from "../profile/import/import-profile.ts";
import { type ImportNote, isLoss, noteText } from "../profile/import/import-notes.ts";
import { type ImportFormat, isCommandLine } from "../profile/import/source.ts";
import { jsonText } from "../shared/visible-json.ts";
import { printable } from "../shared/printable.ts";
import { writeFileAtomically } from "../result/store.ts";
import { DiskbenchError, type Failure } from "../shared/errors.ts";
import { sayWritten, writeNewProfile } from "./new-file.ts";
import { type InputText, readInput } from "./read-text.ts";
import { requireSeparateFiles } from "./separate-files.ts";
import { print, say } from "./standard-streams.ts";

export interface ImportFlags {
  readonly format: ImportFormat;
  readonly output?: string;
  readonly force?: true;
  readonly strict?: true;
}

/** More notes than these nobody reads. */
const MOST_NOTES = 100;

interface Source extends InputText {
  /** Null: the text came with the command line. */
  readonly path: string | null;
  readonly name: string;
}

/** UTF-8 takes at most three bytes for what counts as one character. */
const MOST_BYTES = 3 * LONGEST_TEXT;

/** A path, "-" for standard input, or a whole command line as one word. */
function readSource(source: string): Source {
  if (/\s/.test(source) && isCommandLine(source) && !isThere(source)) {
    return { path: null, where: "command line", name: "imported", text: source };
  }
  const name = source === STANDARD_INPUT ? "imported" : basename(source, extname(source));
  const next = isCommandLine(source) ? { next: "Put the whole command line in quotes, as one word" } : {};
  const unreadable = { what: "This cannot be read", ...next };
  return { path: source, name, ...readInput(source, MOST_BYTES, unreadable, "This is too large to be imported") };
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  if (force) writeFileAtomically(await loadFiles(), file, text);
  else await writeNewProfile(file, text, "Name another file, or give --force");
}

function sayNotes(notes: readonly ImportNote[]): void {
  for (const note of notes.slice(0, MOST_NOTES)) {
    say(`diskbench: ${isLoss(note) ? "not imported" : "note"}: ${printable(noteText(note))}.\n`);
  }
  const left = notes.length - MOST_NOTES;
  if (left > 0) say(`diskbench: ${left} more notes are left out.\n`);
}

/** Under --strict a loss is a failure, and nothing comes out. */
function refuseLosses(notes: readonly ImportNote[], where: string): void {
  const [first, ...others] = notes
    .filter(isLoss)
    .slice(0, MOST_NOTES)
    .map((note): Failure => ({ code: "PROFILE_INVALID", where, what: `not imported: ${noteText(note)}` }));
  if (first !== undefined) throw new DiskbenchError(first, ...others);
}

export async function importFile(file: string, words: readonly string[], flags: ImportFlags): Promise<void> {
  const { path, where, name, text } = readSource(file);
  if (flags.output !== undefined && path !== null) requireSeparateFiles([flags.output], [path], "what is imported");
  const { document, notes } = importProfile({ text, format: flags.format, where, name, words });
  if (flags.strict === true) refuseLosses(notes, where);
  sayNotes(notes);
  const json = jsonText(document);
  if (flags.output === undefined) {
    await print(json);
    return;
  }
  await write(flags.output, json, flags.force === true);
  await sayWritten(flags.output);
}
