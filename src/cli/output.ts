// A result -> the report on stdout and the files that --output names.

import { dirname, resolve } from "node:path";
import { formatOfFile, REPORT_FORMATS, REPORT_FORMAT_NAMES, type ReportFormatName } from "../report/index.ts";
import { leadToOne, requireWritable } from "../platform/named-files.ts";
import type { Files } from "../platform/platform.ts";
import { throwFailures } from "../profile/lists.ts";
import type { Result } from "../result/result.ts";
import { writeFileAtomically } from "../result/store.ts";
import { systemErrorOf } from "../result/system-error.ts";
import { DiskbenchError, failuresOf, type Failure } from "../shared/errors.ts";
import type { ReportFlags } from "./flags.ts";

const DEFAULT_WIDTH = 80;

interface OutputFile {
  readonly path: string;
  readonly format: ReportFormatName;
}

/** Throws OUTPUT_FAILED when no file can be made in `directory`. */
export function requireDirectory(directory: string): void {
  try {
    requireWritable(directory);
  } catch (thrown) {
    throw new DiskbenchError({
      code: "OUTPUT_FAILED",
      where: directory,
      what: "No file can be written in this directory",
      system: systemErrorOf(thrown) ?? { call: "access", code: 0, name: "", text: String(thrown) },
      next: "Work in another directory, name another place with --output, or change the permissions of this one",
    });
  }
}

function isSameFile(first: string, second: string): boolean {
  return resolve(first) === resolve(second) || leadToOne(first, second);
}

/** What the flags ask for, checked before anything is measured. Throws BAD_USAGE. */
export class Output {
  readonly #format: ReportFormatName;
  readonly #files: readonly OutputFile[];
  readonly #mebibytes: boolean;

  constructor(flags: ReportFlags) {
    const name = flags.json === true ? "json" : flags.format;
    this.#format = REPORT_FORMAT_NAMES.find((format) => format === name) ?? "table";
    this.#mebibytes = flags.mebibytes === true;
    this.#files = (flags.output ?? []).map((path) => {
      const format = formatOfFile(path);
      if (format !== null) return { path, format };
      const endings = REPORT_FORMAT_NAMES.flatMap((each): readonly string[] => REPORT_FORMATS[each].fileEndings);
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--output ${path}`,
        what: `The ending does not say a format; allowed: ${endings.join(", ")}`,
      });
    });
  }

  /** Throws OUTPUT_FAILED when a file that --output names could not be written, BAD_USAGE when it is one of `inputs`. */
  requirePlaces(inputs: readonly string[]): void {
    for (const { path } of this.#files) {
      requireDirectory(dirname(path));
      if (!inputs.some((input) => isSameFile(input, path))) continue;
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--output ${path}`,
        what: "The report would replace what the run works with: it is the profile or a target",
      });
    }
  }

  #render(result: Result, format: ReportFormatName, color: boolean, width: number): string {
    return REPORT_FORMATS[format].render(result, { color, width, mebibytes: this.#mebibytes });
  }

  get namesFiles(): boolean {
    return this.#files.length > 0;
  }

  /**
   * Writes the files; called after each round too, so that what there is survives. One that fails keeps no other from
   * being written. With `make` a directory that has vanished is made anew.
   */
  writeFiles(files: Files, result: Result, make: boolean): void {
    const failures = this.#files.flatMap(({ path, format }): readonly Failure[] => {
      try {
        writeFileAtomically(files, path, this.#render(result, format, false, DEFAULT_WIDTH), make);
        return [];
      } catch (thrown) {
        return failuresOf(thrown);
      }
    });
    throwFailures(failures);
  }

  print(result: Result): void {
    const terminal = process.stdout.isTTY ? process.stdout : null;
    const color = terminal !== null && process.env["NO_COLOR"] === undefined && terminal.getColorDepth() > 1;
    // Some pseudo-terminals say that they have no columns at all.
    const width = terminal?.columns || DEFAULT_WIDTH;
    process.stdout.write(this.#render(result, this.#format, color, width));
  }
}
