// The options of DiskSpd -> what becomes of each: a field of the profile, nothing that matters, or a loss with its note.

import type { NoteCode } from "./import-notes.ts";

export interface DiskspdOption {
  /** What follows the dash; upper and lower case differ. */
  readonly prefix: string;
  /** What may follow, for the documentation. */
  readonly form: string;
  /** Field of the profile, carried over by the translator; null: none. */
  readonly field: string | null;
  /** What is said where there is no field; null: nothing that matters. */
  readonly note: NoteCode | null;
  /** Values that ask for nothing. */
  readonly neutral: RegExp;
}

const NEVER = /^(?!)/;

const field = (prefix: string, form: string, name: string): DiskspdOption => ({
  prefix,
  form,
  field: name,
  note: null,
  neutral: NEVER,
});
const idle = (prefix: string, form: string): DiskspdOption => ({
  prefix,
  form,
  field: null,
  note: null,
  neutral: NEVER,
});
const lost = (prefix: string, form: string, note: NoteCode, neutral: RegExp = NEVER): DiskspdOption => ({
  prefix,
  form,
  field: null,
  note,
  neutral,
});

/** "Command line and parameters" of DiskSpd's wiki; of several prefixes that fit the longest counts. */
export const DISKSPD_OPTIONS: readonly DiskspdOption[] = [
  field("b", "<size>", "blockSize"),
  field("o", "<count>", "queueDepth"),
  field("O", "<count>", "queueDepth"),
  field("t", "<count>", "threads"),
  field("F", "<count>", "threads"),
  field("r", "[align]", "pattern"),
  field("rs", "<percentage>", "pattern"),
  lost("rd", "<distribution>", "distribution"),
  field("s", "[align]", "pattern"),
  field("si", "[align]", "pattern"),
  field("w", "<percentage>", "operation, readPercent"),
  field("d", "<seconds>", "duration"),
  field("W", "<seconds>", "warmup"),
  field("c", "<size>", "target.size"),
  field("f", "<size>", "target.size"),
  field("B", "<base>[:length]", "target.size"),
  field("S", "[bhmruw]", "caching, writeThrough, method"),
  field("h", "", "caching, writeThrough"),
  field("x", "", "method"),
  field("N", "<vni>", "flush"),
  field("z", "[seed]", "seed"),
  field("Z", "[r|size[,file]]", "content"),
  field("T", "<offset>", "pattern"),
  lost("fr", "", "hint"),
  lost("fs", "", "hint"),
  lost("ft", "", "hint"),
  lost("g", "<rate>[i]", "rate", /^0i?$/),
  lost("i", "<count>", "think-time", /^0$/),
  lost("j", "<milliseconds>", "think-time", /^0$/),
  lost("I", "<priority>", "placement", /^3$/),
  lost("a", "<affinity>", "placement"),
  lost("p", "", "same-offset"),
  lost("y", "<event>", "events"),
  lost(":", "<flags>", "engine-option", /^0$/),
  lost("l", "", "memory"),
  idle("ag", ""),
  idle("n", ""),
  idle("L", ""),
  idle("D", "[milliseconds]"),
  idle("R", "[p]<text|xml>"),
  idle("v", "[s]"),
  idle("P", "[count]"),
  idle("e", "<events>"),
  idle("C", "<seconds>"),
];

/** The option of that word and what follows its letters; null: DiskSpd has no such option. */
export function diskspdOption(word: string): { readonly option: DiskspdOption; readonly value: string } | null {
  const text = word.slice(1);
  const option = DISKSPD_OPTIONS.filter(({ prefix }) => text.startsWith(prefix)).reduce<DiskspdOption | null>(
    (longest, each) => (longest === null || each.prefix.length > longest.prefix.length ? each : longest),
    null,
  );
  return option === null ? null : { option, value: text.slice(option.prefix.length) };
}
