// The settings that hold for one fio job -> values to translate, each mishap noted where it is met.

import type { Limits } from "../limits.ts";
import { FIO_OPTIONS } from "./fio-options.ts";
import type { FioSetting } from "./fio-section.ts";
import { holdsVariable, parseFioSize, parseFioTime } from "./fio-values.ts";
import { limited } from "./imported.ts";
import type { NoteCode, Notes } from "./notes.ts";

export class FioJobOptions {
  /** What notes call it. */
  readonly job: string;
  readonly #settings: ReadonlyMap<string, FioSetting>;
  readonly #notes: Notes;
  readonly #kilo: 1000 | 1024;

  /** Of several settings of one name the last counts. */
  constructor(job: string, settings: readonly FioSetting[], notes: Notes) {
    this.job = job;
    this.#settings = new Map(settings.map((setting) => [setting.name, setting]));
    this.#notes = notes;
    this.#kilo = this.#settings.get("kb_base")?.value === "1000" ? 1000 : 1024;
  }

  get kilo(): 1000 | 1024 {
    return this.#kilo;
  }

  /** Notes something about `name` as it was written, or about the job as a whole. */
  note(code: NoteCode, name: string, instead: string | null = null): void {
    this.#notes.add(code, this.#settings.get(name)?.written ?? name, this.job, instead);
  }

  /** Notes what `FIO_OPTIONS` says about the options that have no field. */
  noteLosses(): void {
    for (const { name, value } of this.#settings.values()) {
      const option = FIO_OPTIONS.get(name);
      if (option?.kind === "idle") this.#notes.addIdle(name);
      if (option?.kind === "lost" && !option.neutral.test(value)) this.note(option.note, name);
    }
  }

  has(name: string): boolean {
    return this.#settings.has(name);
  }

  /** Null when it is not stated. */
  text(name: string): string | null {
    return this.#settings.get(name)?.value ?? null;
  }

  /** Like `text`; a value that needs the environment is noted and counts as not stated. */
  #plain(name: string): string | null {
    const value = this.text(name);
    if (value === null || !holdsVariable(value)) return value;
    this.note("variable-value", name);
    return null;
  }

  #read(name: string, text: string | null, parse: (text: string) => number | null): number | null {
    if (text === null) return null;
    const value = parse(text);
    if (value === null) this.note("unreadable", name);
    return value;
  }

  size(name: string, pick: (text: string) => string = (text) => text): number | null {
    const text = this.#plain(name);
    return this.#read(name, text === null ? null : pick(text), (value) => parseFioSize(value, this.#kilo));
  }

  /** A share of something as `20%`; null when it is none. */
  isPercent(name: string): boolean {
    return /^\d{1,3}%$/.test(this.text(name) ?? "");
  }

  seconds(name: string): number | null {
    return this.#read(name, this.#plain(name), parseFioTime);
  }

  /** A whole number within `limits`, which it is moved to with a note. */
  count(name: string, limits: Limits): number | null {
    const value = this.size(name);
    return value === null ? null : this.limited(name, value, limits);
  }

  limited(name: string, value: number, limits: Limits): number {
    return limited(value, limits, this.#notes, this.#settings.get(name)?.written ?? name, this.job);
  }

  /** An option that stands alone means yes. */
  flag(name: string): boolean {
    const value = this.#plain(name);
    return value !== null && !/^(?:0|false|none|no)$/i.test(value);
  }
}
