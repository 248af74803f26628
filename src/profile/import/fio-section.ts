// What fio job files and command lines have in common -> sections of settings, their names made uniform.

import { probableName } from "../nearest-name.ts";
import { FIO_NAMES, fioOptionName } from "./fio-options.ts";
import type { Kilo } from "./fio-values.ts";
import type { Notes } from "./import-notes.ts";

export interface FioSetting {
  /** The name that `FIO_OPTIONS` has. */
  readonly name: string;
  /** Empty for an option that stands alone. */
  readonly value: string;
  /** Both as they were written. */
  readonly written: string;
  /** What a `k` means in it. */
  readonly kilo: Kilo;
}

export interface FioSection {
  readonly name: string;
  readonly settings: readonly FioSetting[];
  /** From the words of a command line, which a file beats. */
  readonly isCommandLine: boolean;
}

/** What stands in a section of this name holds for all jobs behind it. */
export const isGlobal = ({ name }: FioSection): boolean => name.startsWith("global");

/** A suggestion costs a comparison with every name; more of them nobody reads. */
const MOST_SUGGESTIONS = 20;

/** Makes settings, and notes each name that fio does not know. */
export class SettingReader {
  readonly #notes: Notes;
  readonly #unknown = new Set<string>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Null when there is no such option. */
  read(name: string, value: string): FioSetting | null {
    const written = value === "" ? name : `${name}=${value}`;
    const known = fioOptionName(name);
    if (known !== null) return { name: known, value, written, kilo: 1024 };
    if (!this.#unknown.has(name)) {
      this.#unknown.add(name);
      const near = this.#unknown.size > MOST_SUGGESTIONS ? null : probableName(name, FIO_NAMES);
      this.#notes.add("unknown", written, null, near === null ? null : `it is left out (did you mean ${near}?)`);
    }
    return null;
  }
}
