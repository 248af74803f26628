// The settings that hold for one fio job -> values to translate, each mishap noted where it is met.

import type { Limits } from "../../job/limits.ts";
import type { JobView } from "./fio-neutral.ts";
import { FIO_OPTIONS } from "./fio-options.ts";
import type { FioSetting } from "./fio-section.ts";
import { holdsVariable, type Kilo, parseFioSize, parseFioTime } from "./fio-values.ts";
import { limited } from "./imported.ts";
import type { NoteCode, Notes } from "./import-notes.ts";

const isYes = (value: string): boolean => !/^(?:0|false|none|no)$/i.test(value);

export class FioJobOptions implements JobView {
  /** What notes call it. */
  readonly job: string;
  readonly others: number;
  /** In the order in which they were last stated. */
  readonly #settings: ReadonlyMap<string, FioSetting>;
  readonly #notes: Notes;

  /** Of several settings of one name the last counts. */
  constructor(job: string, settings: readonly FioSetting[], others: number, notes: Notes) {
    this.job = job;
    this.others = others;
    const last = new Map<string, FioSetting>();
    for (const setting of settings) {
      last.delete(setting.name);
      last.set(setting.name, setting);
    }
    this.#settings = last;
    this.#notes = notes;
  }

  /** What a `k` means in the section that states `name`. */
  #kiloOf(name: string): Kilo {
    return this.#settings.get(name)?.kilo ?? 1024;
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
      if (option?.kind === "lost" && !option.neutral(value, this)) this.note(option.note, name);
    }
  }

  has(name: string): boolean {
    return this.#settings.has(name);
  }

  /** Which of `names`, all of which speak of one thing, is stated last and therefore holds; null: none is. */
  lastOf(names: readonly string[]): string | null {
    return Array.from(this.#settings.keys()).findLast((name) => names.includes(name)) ?? null;
  }

  /** Null when it is not stated. */
  text(name: string): string | null {
    return this.#settings.get(name)?.value ?? null;
  }

  noteVariable(name: string): void {
    if (holdsVariable(this.text(name) ?? "")) this.note("variable-value", name);
  }

  /** Like `text`; a value that needs the environment is noted and counts as not stated. */
  #plain(name: string): string | null {
    const value = this.text(name);
    if (value === null || !holdsVariable(value)) return value;
    this.note("variable-value", name);
    return null;
  }

  amount(name: string): number | null {
    return parseFioSize(this.text(name) ?? "", this.#kiloOf(name));
  }

  /** `direct` and `buffered` are one setting with two names. */
  isUnbuffered(): boolean {
    const name = this.lastOf(["direct", "buffered"]);
    const value = name === null ? null : this.text(name);
    return value !== null && !holdsVariable(value) && isYes(value) === (name === "direct");
  }

  /** A share of something as `20%`, in hundredths; null when it is none. */
  percent(name: string): number | null {
    const [, digits] = /^(\d{1,3})%+$/.exec(this.text(name) ?? "") ?? [];
    return digits === undefined ? null : Number(digits);
  }

  /** What `parse` makes of the value; null when it is not stated, or cannot be read. */
  parsed<Value>(name: string, parse: (text: string, kilo: Kilo) => Value | null): Value | null {
    const text = this.#plain(name);
    if (text === null) return null;
    const value = parse(text, this.#kiloOf(name));
    if (value === null) this.note("unreadable", name);
    return value;
  }

  size(name: string, pick: (text: string) => string = (text) => text): number | null {
    return this.parsed(name, (text, kilo) => parseFioSize(pick(text), kilo));
  }

  seconds(name: string): number | null {
    return this.parsed(name, parseFioTime);
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
    return value !== null && isYes(value);
  }
}
