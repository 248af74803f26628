// The text of a fio job file, or of a command line of fio or DiskSpd -> a valid profile document and what it lacks.

import { loadDocument } from "../load.ts";
import { MOST_OPTIONS, refuse, requireAtMost } from "./bounds.ts";
import { importDiskspd } from "./diskspd.ts";
import { importFio } from "./fio.ts";
import type { ImportedProfile } from "./imported.ts";
import { Notes } from "./import-notes.ts";
import { type ImportFormat, recognise } from "./source.ts";
import { plainDashes } from "./typography.ts";

export interface ImportRequest {
  readonly text: string;
  readonly format: ImportFormat;
  /** What errors call the text. */
  readonly where: string;
  /** What the profile is called unless the text says so. */
  readonly name: string;
  /** Further options of a command line, as fio takes them beside a job file. */
  readonly words: readonly string[];
}

function documentOf(request: ImportRequest, notes: Notes): ImportedProfile["document"] {
  const { text, format, where, name } = request;
  const words = plainDashes(request.words, "--", notes);
  const source = recognise(text, format, where, notes);
  if (source.kind === "fio-file") {
    return importFio({ file: source.text, words: [], typed: words, where, name }, notes);
  }
  if (source.kind === "fio-words") {
    return importFio({ file: null, words: source.words, typed: words, where, name }, notes);
  }
  const [word] = words;
  if (word !== undefined) {
    refuse(where, `found ${word} beside the file`, "Options of DiskSpd stand in its command line");
  }
  return importDiskspd({ words: source.words, where, name }, notes);
}

/**
 * The profile that does what the text asks, as far as a profile can; the notes say what it cannot. Reads no other file
 * and no environment. Throws PROFILE_INVALID for a text that is nothing of the kind, or from which no profile comes.
 */
export function importProfile(request: ImportRequest): ImportedProfile {
  const { where, words } = request;
  const notes = new Notes();
  requireAtMost(where, words.length, MOST_OPTIONS, "words");
  const document = documentOf(request, notes);
  // A job that asks for what no machine can do (a block larger than its file) is told as for any profile.
  loadDocument(document, where);
  return { document, notes: notes.all() };
}
