// The words of a fio command line -> sections, as if they stood in a job file.

import { probableName } from "../nearest-name.ts";
import { refuse } from "./bounds.ts";
import { FIO_COMMAND_OPTIONS, FIO_FLAGS, FIO_NAMES, fioOptionName } from "./fio-options.ts";
import type { FioSection, FioSetting, SettingReader } from "./fio-section.ts";
import type { Notes } from "./import-notes.ts";

export interface FioCommand {
  /** What stands before the first --name is a section `global`. */
  readonly sections: readonly FioSection[];
  /** Names of --section: only these jobs are meant; empty: all. */
  readonly only: readonly string[];
  readonly isReadOnly: boolean;
}

interface Option {
  readonly name: string;
  /** Null: none was given. */
  readonly value: string | null;
  readonly written: string;
}

const EQUALS = /^--?([^=]+)=(.*)$/s;

interface Options {
  readonly options: readonly Option[];
  /** Words that belong to no option: names of job files. */
  readonly strays: readonly string[];
}

/** fio takes `--name=value`, `--name value` and the same with one dash (getopt_long_only(3)). */
function optionsOf(words: readonly string[]): Options {
  const options: Option[] = [];
  const strays: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [, named, valued] = EQUALS.exec(word) ?? [];
    const name = named ?? word.replace(/^--?/, "");
    if (!word.startsWith("-") || name === "") {
      strays.push(word);
      continue;
    }
    const takesValue = FIO_COMMAND_OPTIONS.get(name)?.takesValue ?? !FIO_FLAGS.has(fioOptionName(name) ?? name);
    const next = words[at + 1];
    const follows = valued === undefined && takesValue && next !== undefined && !/^--?[A-Za-z]/.test(next);
    if (follows) at += 1;
    options.push({ name, value: valued ?? (follows ? next : null), written: follows ? `${word} ${next}` : word });
  }
  return { options, strays };
}

/** Where words are typed for diskbench itself, an unknown one is a slip and no loss. Throws PROFILE_INVALID. */
function refuseSlips(typed: readonly string[]): void {
  const { options, strays } = optionsOf(typed);
  const [stray] = strays;
  if (stray !== undefined) refuse("command line", `found ${stray} beside the file; one file is imported at a time`);
  for (const { name } of options) {
    if (fioOptionName(name) !== null || FIO_COMMAND_OPTIONS.has(name)) continue;
    const near = probableName(name, FIO_NAMES);
    refuse("command line", `fio has no option ${name}`, near === null ? undefined : `Did you mean ${near}?`);
  }
}

/** `typed` words follow those of the source. */
export function fioCommand(
  words: readonly string[],
  typed: readonly string[],
  reader: SettingReader,
  notes: Notes,
): FioCommand {
  refuseSlips(typed);
  const { options, strays } = optionsOf([...words, ...typed]);
  for (const stray of strays) notes.add("job-file", stray);
  const sections: { readonly name: string; readonly settings: FioSetting[]; readonly isCommandLine: true }[] = [
    { name: "global", settings: [], isCommandLine: true },
  ];
  const only: string[] = [];
  let isReadOnly = false;
  for (const { name, value, written } of options) {
    const general = FIO_COMMAND_OPTIONS.get(name);
    if (name === "name") sections.push({ name: value ?? "", settings: [], isCommandLine: true });
    else if (name === "section") only.push(value ?? "");
    else if (name === "readonly") isReadOnly = true;
    else if (general?.note === "idle") notes.addIdle(name);
    else if (general !== undefined) notes.add(general.note, written);
    else {
      const setting = reader.read(name, value ?? "");
      if (setting !== null) sections.at(-1)?.settings.push({ ...setting, written });
    }
  }
  return { sections, only, isReadOnly };
}
