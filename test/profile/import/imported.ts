// The text of another tool's job -> what the importer makes of it, in the shape that tests ask about.

import { importProfile } from "../../../src/profile/import/import-profile.ts";
import { type ImportNote, isLoss, noteText } from "../../../src/profile/import/import-notes.ts";
import type { ImportFormat } from "../../../src/profile/import/source.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { loadDocument } from "../../../src/profile/load.ts";

export interface Imported {
  readonly document: Readonly<Record<string, unknown>>;
  /** What a run would see. */
  readonly profile: Profile;
  readonly first: Profile["jobs"][0];
  readonly notes: readonly ImportNote[];
  /** Codes of the notes about losses. */
  readonly losses: readonly string[];
  readonly codes: readonly string[];
  readonly texts: readonly string[];
}

export interface ImportedOptions {
  readonly format?: ImportFormat;
  readonly words?: readonly string[];
}

export function imported(text: string, { format = "auto", words = [] }: ImportedOptions = {}): Imported {
  const { document, notes } = importProfile({ text, format, where: "job.fio", name: "job", words });
  const profile = loadDocument(document, "job.json");
  const codes = notes.map(({ code }) => code);
  const texts = notes.map(noteText);
  const losses = notes.filter(isLoss).map(({ code }) => code);
  return { document, profile, first: profile.jobs[0], notes, losses, codes, texts };
}

/** A job file with one job of these lines. */
export const job = (...lines: readonly string[]): string => ["[job]", ...lines, ""].join("\n");
