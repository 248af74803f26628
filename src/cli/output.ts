// A document and flags -> its report on stdout, and in the files that --output names.

import { dirname } from "node:path";
import { kindAt, requireWritable } from "../platform/named-files.ts";
import type { Files } from "../platform/platform.ts";
import {
  type Documents,
  fileEndings,
  formatNames,
  formatOfFile,
  loadReport,
  type Subject,
  type WriteReport,
} from "../report/formats.ts";
import { isResultFile } from "../result/is-result-file.ts";
import { writeFileAtomically } from "../result/store.ts";
import { DiskbenchError, failuresOf, refusedBySystem, throwFailures, type Failure } from "../shared/errors.ts";
import type { OutputFlags } from "./flags.ts";
import { requireSeparateFiles } from "./separate-files.ts";
import { isSeenTogether, print, stdoutLooks } from "./standard-streams.ts";

/** Columns of a report that goes to no terminal. */
const DEFAULT_WIDTHS: Readonly<Record<Subject, number>> = { result: 80, comparison: 100, trend: 100 };

interface OutputFile<Kind extends Subject> {
  readonly path: string;
  readonly write: WriteReport<Kind>;
}

/** Where reports about documents of one kind go, as the flags ask for it. */
export class Output<Kind extends Subject> {
  readonly #subject: Kind;
  readonly #files: readonly OutputFile<Kind>[];
  readonly #mebibytes: boolean;
  readonly format: string;

  /** Checks the flags before anything is read or measured. Throws BAD_USAGE where a file's ending says no format. */
  static async of<Of extends Subject>(subject: Of, flags: OutputFlags): Promise<Output<Of>> {
    const files = (flags.output ?? []).map(async (path) => {
      const format = formatOfFile(subject, path);
      if (format !== null) return { path, write: await loadReport(subject, format) };
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--output ${path}`,
        what: `The ending does not say a format; allowed: ${fileEndings(subject).join(", ")}`,
      });
    });
    return new Output(subject, flags, await Promise.all(files));
  }

  private constructor(subject: Kind, flags: OutputFlags, files: readonly OutputFile<Kind>[]) {
    const asked = flags.json === true ? "json" : flags.format;
    this.#subject = subject;
    this.#files = files;
    this.#mebibytes = flags.mebibytes === true;
    this.format = formatNames(subject).find((name) => name === asked) ?? "table";
  }

  /** What --output names. */
  get paths(): readonly string[] {
    return this.#files.map(({ path }) => path);
  }

  /**
   * Throws OUTPUT_FAILED when a file that --output names could not be written, BAD_USAGE when it is one of `inputs`,
   * which are `what`, or when something that can be made again would replace a result.
   */
  requirePlaces(inputs: readonly string[], what: string): void {
    requirePlaces(this.paths, inputs, what);
    for (const path of this.#subject === "result" ? [] : this.paths) {
      if (!isResultFile(path)) continue;
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--output ${path}`,
        what: `A result is there, which a ${this.#subject} does not replace`,
        next: "Name another file, or remove that one if it is not needed",
      });
    }
  }

  /** Called after each round too. A file that fails keeps no other from being written. `make`: also a lost directory. */
  writeFiles(files: Files, document: Documents[Kind], make = false): void {
    const looks = { color: false, width: DEFAULT_WIDTHS[this.#subject], mebibytes: this.#mebibytes };
    const failures = this.#files.flatMap(({ path, write }): readonly Failure[] => {
      try {
        writeFileAtomically(files, path, write(document, looks), make);
        return [];
      } catch (thrown) {
        return failuresOf(thrown);
      }
    });
    throwFailures(failures);
  }

  /** Whether who reads standard error has the failures of the document before them already. */
  get tellsFailures(): boolean {
    return (this.format === "table" || this.format === "markdown") && isSeenTogether();
  }

  /** What writes it is loaded here: no first measurement waits for it. */
  async print(document: Documents[Kind]): Promise<void> {
    const write = await loadReport(this.#subject, this.format);
    const looks = stdoutLooks(DEFAULT_WIDTHS[this.#subject]);
    await print(write(document, { ...looks, mebibytes: this.#mebibytes }));
  }
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
function requirePlaces(paths: readonly string[], inputs: readonly string[], what: string): void {
  for (const path of paths) requirePlace(path);
  requireSeparateFiles(paths, inputs, what);
}
