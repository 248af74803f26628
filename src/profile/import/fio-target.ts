// The file options of a fio job -> the path and size of a profile's target.

import { LIMITS } from "../limits.ts";
import { DEFAULT_TARGET } from "../defaults.ts";
import type { FioJobOptions } from "./fio-job-options.ts";
import { holdsVariable } from "./fio-values.ts";

export interface ImportedTarget {
  readonly path: string;
  /** Null: as large as it is. */
  readonly sizeBytes: number | null;
}

/** The parts between colons; `\:` is a colon within a part (HOWTO, "filename"). */
function partsOf(text: string): readonly string[] {
  return text
    .split(/(?<!\\):/)
    .map((part) => part.replaceAll("\\:", ":"))
    .filter((part) => part !== "");
}

/** The one file or directory that an option names; null: none. */
function firstOf(options: FioJobOptions, name: string): string | null {
  const text = options.text(name);
  if (text === null || text === "") return null;
  const [first, ...others] = partsOf(text);
  if (others.length > 0) options.note("files", name, `${first} is used`);
  if (holdsVariable(text)) options.note("variable", name);
  return first ?? null;
}

const DEVICE = /^(?:\/dev\/(?!shm\/)|\\\\\.\\)/;

function pathOf(options: FioJobOptions, threads: number): string {
  const file = firstOf(options, "filename");
  const directory = firstOf(options, "directory")?.replace(/[/\\]+$/, "");
  if (file !== null && DEVICE.test(file)) options.note("device", "filename");
  if (file !== null) return directory === undefined ? file : `${directory}/${file}`;
  if (threads > 1) options.note("own-files", "numjobs");
  // With a separator at its end it is a directory in which diskbench makes its file.
  return directory === undefined ? DEFAULT_TARGET.path : `${directory}/`;
}

function sizeOf(options: FioJobOptions): number | null {
  const name = options.has("size") ? "size" : "filesize";
  if (options.isPercent(name)) {
    if (options.text(name) !== "100%") options.note("percent", name);
    return null;
  }
  const bytes = options.size(name);
  return bytes === null || bytes === 0 ? null : options.limited(name, bytes, LIMITS.targetSizeBytes);
}

/** `threads`: as many files as fio would make where none is named. */
export function fioTarget(options: FioJobOptions, threads: number): ImportedTarget {
  return { path: pathOf(options, threads), sizeBytes: sizeOf(options) };
}
