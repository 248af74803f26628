// The words of a DiskSpd command line -> the values of its options and its targets, each mishap noted.

import { type Limits, LIMITS } from "../../job/limits.ts";
import { refuse } from "./bounds.ts";
import { diskspdOption } from "./diskspd-options.ts";
import { holdsVariable } from "./fio-values.ts";
import { limited } from "./imported.ts";
import type { NoteCode, Notes } from "./import-notes.ts";

const SIZE = /^(\d+)([kmgtb]?)$/i;
const SCALES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const DEFAULT_BLOCK_BYTES = 64 * 1024;

/** Bytes from `4096`, `4K`, `8b` (blocks); null when it is none. */
function parseSize(text: string, blockSizeBytes: number): number | null {
  const [, digits, unit = ""] = SIZE.exec(text) ?? [];
  if (digits === undefined) return null;
  const bytes = Number(digits) * (SCALES[unit.toLowerCase()] ?? blockSizeBytes);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

export class DiskspdWords {
  readonly targets: readonly string[];
  readonly blockSizeBytes: number;
  /** By the option's letters; of several the last counts, but the letters of -S add up. */
  readonly #values = new Map<string, string>();
  readonly #notes: Notes;

  /** Throws PROFILE_INVALID for options that stand for something outside the command line. */
  constructor(words: readonly string[], where: string, notes: Notes) {
    this.#notes = notes;
    const end = words.findIndex((word) => !/^[-/]./.test(word));
    this.targets = end === -1 ? [] : words.slice(end);
    for (const word of end === -1 ? words : words.slice(0, end)) this.#take(word, where);
    const stated = this.size("b") ?? DEFAULT_BLOCK_BYTES;
    const unit = LIMITS.blockSizeBytes.minimum;
    const whole = Math.max(unit, Math.ceil(stated / unit) * unit);
    if (whole !== stated) this.note("block-unit", "b", `${whole} bytes are used`);
    this.blockSizeBytes = limited(whole, LIMITS.blockSizeBytes, notes, `-b${this.text("b") ?? ""}`, null);
  }

  #take(word: string, where: string): void {
    if (/^.[X?]/.test(word)) refuse(where, `${word} does not describe a workload here`, "Give the options themselves");
    const found = diskspdOption(word);
    if (found === null) {
      this.#notes.add("unknown", word);
      return;
    }
    const { option, value } = found;
    if (option.prefix === "S" || option.prefix === "h") this.#addCacheLetters(option.prefix + value, word);
    else this.#values.set(option.prefix, value);
    if (option.field !== null) return;
    if (option.note === null) this.#notes.addIdle(`-${option.prefix}`);
    else if (!option.neutral.test(value)) this.#notes.add(option.note, word);
  }

  /** -S alone is -Su, and -h is -Sh is -Suw. DiskSpd refuses a line that sets the same thing twice. */
  #addCacheLetters(text: string, word: string): void {
    const letters = (text === "S" ? "u" : text.replace(/^S/, "")).replace("h", "uw");
    const all = (this.text("S") ?? "") + letters;
    if (/[bru].*[bru]/.test(all) || /w.*w/.test(all)) this.#notes.add("conflict", word);
    this.#values.set("S", all);
  }

  note(code: NoteCode, prefix: string, instead: string | null = null): void {
    const value = this.text(prefix);
    this.#notes.add(code, value === null ? prefix : `-${prefix}${value}`, null, instead);
  }

  has(prefix: string): boolean {
    return this.#values.has(prefix);
  }

  /** Null when it is not stated. */
  text(prefix: string): string | null {
    return this.#values.get(prefix) ?? null;
  }

  /** Bytes; null when it is not stated, is empty, or cannot be read. */
  size(prefix: string, pick: (text: string) => string = (text) => text): number | null {
    const text = pick(this.text(prefix) ?? "");
    if (text === "") return null;
    const bytes = parseSize(text, this.blockSizeBytes ?? DEFAULT_BLOCK_BYTES);
    if (bytes === null) this.note(holdsVariable(text) ? "variable-value" : "unreadable", prefix);
    return bytes;
  }

  /** A whole number within `limits`, which it is moved to with a note; null when it is not stated. */
  count(prefix: string, limits: Limits): number | null {
    const text = this.text(prefix);
    if (text === null) return null;
    if (/^\d{1,15}$/.test(text)) return limited(Number(text), limits, this.#notes, `-${prefix}${text}`, null);
    this.note(holdsVariable(text) ? "variable-value" : "unreadable", prefix);
    return null;
  }
}
