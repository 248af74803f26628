// Paths of result files, of directories of them, or "-" -> the results, and a warning for what is none among them.

import { basename, join } from "node:path";
import type { SideInput } from "../compare/compare.ts";
import { namesIn, STANDARD_INPUT } from "../platform/named-files.ts";
import { printable } from "../shared/printable.ts";
import { readResultFile } from "../result/read-result.ts";
import type { Result } from "../result/result.ts";
import { DiskbenchError, type Failure, formatFailure, refusedBySystem } from "../shared/errors.ts";
import { say } from "./standard-streams.ts";
import { readingFrom } from "./waiting.ts";

export interface ReadResult {
  readonly path: string;
  readonly result: Result;
}

export interface ReadOptions {
  /** A directory may hold nothing but results. */
  readonly strict?: boolean;
}

/** More files or names than these nobody reads. */
const MOST_NAMED = 10;

/** Of a result that is piped in nothing is said: what makes it takes its time, and says so itself. */
export function readNamedResult(path: string, withoutBulk: boolean): Result {
  const read = (): Result => readResultFile(path, { withoutBulk });
  return path === STANDARD_INPUT ? read() : readingFrom(path, path, read);
}

/** The names in a directory; null: `path` is none. Throws RESULT_INVALID. */
function namesAt(path: string): readonly string[] | null {
  if (path === STANDARD_INPUT) return null;
  try {
    return namesIn(path);
  } catch (thrown) {
    throw refusedBySystem(thrown, { code: "RESULT_INVALID", where: path, what: "This cannot be read" });
  }
}

const readOne = (path: string): ReadResult => ({ path, result: readNamedResult(path, true) });

/** What is there, or why it is no result. Nobody means a pipe that lies in a directory of results. */
function tryOne(path: string): ReadResult | Failure {
  try {
    return { path, result: readResultFile(path, { withoutBulk: true, pipes: false }) };
  } catch (thrown) {
    if (thrown instanceof DiskbenchError) return thrown.failures[0];
    throw thrown;
  }
}

/** What was found where results were looked for: at most ten names. */
function listOf(names: readonly string[]): string {
  if (names.length === 0) return "it is empty";
  const left = names.length - MOST_NAMED;
  return `it holds ${names.slice(0, MOST_NAMED).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

const NEXT = "Name a file that `diskbench run` wrote, or a directory of them";

function noResults(directory: string, names: readonly string[], failures: readonly Failure[]): DiskbenchError {
  const what =
    failures.length === 0
      ? `There is no .json file in this directory: ${listOf(names)}`
      : `None of the ${failures.length} .json files in this directory is a result`;
  return new DiskbenchError(
    { code: "RESULT_INVALID", where: directory, what, next: NEXT },
    ...failures.slice(0, MOST_NAMED),
  );
}

/** Why a file is passed over; what to do next is for those who meant this file. */
function reasonText({ code, what, where, system }: Failure): string {
  return formatFailure({
    code,
    what,
    ...(where === undefined ? {} : { where }),
    ...(system === undefined ? {} : { system }),
  });
}

function warn(failures: readonly Failure[]): void {
  for (const failure of failures.slice(0, MOST_NAMED)) {
    say(`diskbench: warning: left out: ${printable(reasonText(failure))}\n`);
  }
  const left = failures.length - MOST_NAMED;
  if (left > 0) say(`diskbench: warning: ${left} more files are left out\n`);
}

/** The results among the `.json` files of a directory. Nobody named the others: they are warned about. */
function readDirectory(directory: string, names: readonly string[], strict: boolean): readonly ReadResult[] {
  const tried = names.filter((name) => name.endsWith(".json")).map((name) => tryOne(join(directory, name)));
  const read = tried.flatMap((each) => ("result" in each ? [each] : []));
  const failures = tried.flatMap((each) => ("result" in each ? [] : [each]));
  if (read.length === 0) throw noResults(directory, names, failures);
  const [first, ...others] = failures;
  if (strict && first !== undefined) throw new DiskbenchError(first, ...others.slice(0, MOST_NAMED - 1));
  warn(failures);
  return read;
}

/** All results of all paths. Throws RESULT_INVALID when a file that is named, or all of a directory, is none. */
export function readResults(paths: readonly string[], { strict = false }: ReadOptions = {}): readonly ReadResult[] {
  return paths.flatMap((path) => {
    const names = namesAt(path);
    return names === null ? [readOne(path)] : readDirectory(path, names, strict);
  });
}

export function readSide(path: string, options: ReadOptions): SideInput {
  const read = readResults([path], options);
  return {
    label: path === STANDARD_INPUT ? "standard input" : basename(path),
    files: read.map((each) => each.path),
    results: read.map(({ result }) => result),
  };
}

/** Standard input can be read once. Throws BAD_USAGE. */
export function requireOneInput(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === STANDARD_INPUT).length < 2) return;
  throw new DiskbenchError({
    code: "BAD_USAGE",
    where: STANDARD_INPUT,
    what: "Standard input holds one result, and is named more than once",
    next: "Save one of the results to a file",
  });
}
