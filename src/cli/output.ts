// A result -> the report on stdout and the files that --output names.

import { DiskbenchError, failuresOf, refusedBySystem, throwFailures, type Failure } from "../shared/errors.ts";
import { dirname } from "node:path";
import { endingsOf, formatOfFile, REPORT_FORMAT_NAMES, type ReportFormatName } from "../report/formats.ts";
import type { RenderReport } from "../report/options.ts";
import { kindAt, requireWritable } from "../platform/named-files.ts";
import type { Files } from "../platform/platform.ts";
import type { Result } from "../result/result.ts";
import { writeFileAtomically } from "../result/store.ts";
import type { OutputFlags, ReportFlags } from "./flags.ts";
import { requireSeparateFiles } from "./separate-files.ts";
import { isSeenTogether, print, stdoutLooks } from "./standard-streams.ts";

const DEFAULT_WIDTH = 80;

/** What to print, and what to write into files too. */
export interface OutputChoice<Name> {
  readonly format: Name;
  readonly files: readonly { readonly path: string; readonly format: Name }[];
}

/** What the flags ask for of `formats`, the first of which is the usual one. Throws BAD_USAGE where an ending says none. */
export function chooseOutput<Name extends ReportFormatName>(
  flags: OutputFlags,
  formats: readonly [Name, ...Name[]],
): OutputChoice<Name> {
  const asked = flags.json === true ? "json" : flags.format;
  const files = (flags.output ?? []).map((path) => {
    const format = formatOfFile(formats, path);
    if (format !== null) return { path, format };
    throw new DiskbenchError({
      code: "BAD_USAGE",
      where: `--output ${path}`,
      what: `The ending does not say a format; allowed: ${endingsOf(formats).join(", ")}`,
    });
  });
  return { format: formats.find((format) => format === asked) ?? formats[0], files };
}

/** What is at `path`; null: nothing. Throws OUTPUT_FAILED when nothing can be there: the name is too long, say. */
function lookAt(path: string): "directory" | "other" | null {
  try {
    return kindAt(path);
  } catch (thrown) {
    const next = "Name another place with --output";
    throw refusedBySystem(thrown, { code: "OUTPUT_FAILED", where: path, what: "No file can be written here", next });
  }
}

/** Throws OUTPUT_FAILED when no file can be made in `directory`. */
export function requireDirectory(directory: string): void {
  if (lookAt(directory) === "other") {
    throw new DiskbenchError({
      code: "OUTPUT_FAILED",
      where: directory,
      what: "This is not a directory, so no file can be written in it",
      next: "Rename or remove it, or work in another directory",
    });
  }
  try {
    requireWritable(directory);
  } catch (thrown) {
    throw refusedBySystem(thrown, {
      code: "OUTPUT_FAILED",
      where: directory,
      what: "No file can be written in this directory",
      next: "Work in another directory, name another place with --output, or change the permissions of this one",
    });
  }
}

/** Throws OUTPUT_FAILED when no file can be made or replaced at `path`. */
function requirePlace(path: string): void {
  requireDirectory(dirname(path));
  if (lookAt(path) !== "directory") return;
  const next = "Name a file in it";
  throw new DiskbenchError({ code: "OUTPUT_FAILED", where: path, what: "This is a directory, not a file", next });
}

/** Throws OUTPUT_FAILED when a file cannot be written, BAD_USAGE when it is one of `inputs`, which are `what`. */
export function requirePlaces(paths: readonly string[], inputs: readonly string[], what: string): void {
  for (const path of paths) requirePlace(path);
  requireSeparateFiles(paths, inputs, what);
}

/** What the flags ask for, checked before anything is measured. Throws BAD_USAGE. */
export class Output {
  readonly #choice: OutputChoice<ReportFormatName>;
  readonly #mebibytes: boolean;
  #formats: Readonly<Record<ReportFormatName, RenderReport>> | null = null;

  constructor(flags: ReportFlags) {
    this.#choice = chooseOutput(flags, REPORT_FORMAT_NAMES);
    this.#mebibytes = flags.mebibytes === true;
  }

  /** As `requirePlaces` for all that --output names. */
  requirePlaces(inputs: readonly string[], what: string): void {
    requirePlaces(this.paths, inputs, what);
  }

  /** To be called before files are written. No first measurement waits for what only renders it. */
  async load(): Promise<void> {
    this.#formats ??= (await import("../report/index.ts")).REPORT_FORMATS;
  }

  #render(result: Result, format: ReportFormatName, color: boolean, width: number): string {
    if (this.#formats === null) throw new Error("a report is to be rendered before what renders it is loaded");
    return this.#formats[format](result, { color, width, mebibytes: this.#mebibytes });
  }

  /** What --output names. */
  get paths(): readonly string[] {
    return this.#choice.files.map(({ path }) => path);
  }

  /** Called after each round too. A file that fails keeps no other from being written. `make`: also a lost directory. */
  writeFiles(files: Files, result: Result, make: boolean): void {
    const failures = this.#choice.files.flatMap(({ path, format }): readonly Failure[] => {
      try {
        writeFileAtomically(files, path, this.#render(result, format, false, DEFAULT_WIDTH), make);
        return [];
      } catch (thrown) {
        return failuresOf(thrown);
      }
    });
    throwFailures(failures);
  }

  /** Whether who reads standard error has the failures of the result before them already. */
  get tellsFailures(): boolean {
    const { format } = this.#choice;
    return (format === "table" || format === "markdown") && isSeenTogether();
  }

  async print(result: Result): Promise<void> {
    await this.load();
    const { color, width } = stdoutLooks(DEFAULT_WIDTH);
    await print(this.#render(result, this.#choice.format, color, width));
  }
}
