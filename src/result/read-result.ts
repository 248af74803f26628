// Text or file of a result -> a Result that holds what it promises, or errors that name each place that does not.

import { closeSync, openSync, readSync } from "node:fs";
import { DiskbenchError, type Failure } from "../shared/errors.ts";
import type { Result } from "./result.ts";
import { resultSchema } from "./schema.ts";
import { systemErrorOf } from "./system-error.ts";
import { RESULT_SCHEMA } from "./version.ts";

/** A round takes some 50 kB, so that this holds a thousand cases of several rounds. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;
/** A result nests 10 deep; what `facts` and the profile hold adds little. More would overflow stacks further on. */
const MAXIMUM_DEPTH = 64;
const MAXIMUM_FAILURES = 10;

const NEXT = "Give the JSON file that `diskbench run` wrote";

const invalid = (where: string, what: string, next: string = NEXT): Failure => ({
  code: "RESULT_INVALID",
  what,
  where,
  next,
});

/** Whether objects and lists nest more than `levels` deep; looks no deeper than that. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isDeeperThan(member, levels - 1));
}

/** `["cases", 0, "rounds"]` -> `cases[0].rounds` */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function parseJson(text: string, where: string): unknown {
  if (text.length > MAXIMUM_BYTES) throw new DiskbenchError(invalid(where, "the file is too large to be a result"));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new DiskbenchError(invalid(where, `this is not JSON: ${detail}`));
  }
  if (isDeeperThan(document, MAXIMUM_DEPTH))
    throw new DiskbenchError(invalid(where, "the document is nested too deeply"));
  return document;
}

function checkVersion(document: unknown, where: string): void {
  const found = valueAt(document, ["schema"]);
  if (found === RESULT_SCHEMA) return;
  if (typeof found === "string" && /^diskbench-result\/\d+$/.test(found)) {
    const next = "Read it with the version of diskbench that wrote it, or a newer one";
    throw new DiskbenchError(invalid(`${where}: schema`, `found ${shown(found)}, can read "${RESULT_SCHEMA}"`, next));
  }
  const what = `this is no result of diskbench: expected "${RESULT_SCHEMA}", found ${shown(found)}`;
  throw new DiskbenchError(invalid(`${where}: schema`, what));
}

/**
 * Reads a result from its text; `where` names the file in errors. Throws RESULT_INVALID with one failure for each
 * place that is wrong, the first ten of them.
 */
export function parseResult(text: string, where: string): Result {
  const document = parseJson(text, where);
  checkVersion(document, where);
  const parsed = resultSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const failures = parsed.error.issues.slice(0, MAXIMUM_FAILURES).map((issue) => {
    const found = issue.code === "unrecognized_keys" ? "" : ` (found ${shown(valueAt(document, issue.path))})`;
    const place = placeOf(issue.path);
    return invalid(place === "" ? where : `${where}: ${place}`, `${issue.message}${found}`);
  });
  const left = parsed.error.issues.length - failures.length;
  if (left > 0) failures.push(invalid(where, `${left} more places are wrong`));
  const [first = invalid(where, "this is no result"), ...others] = failures;
  throw new DiskbenchError(first, ...others);
}

/** Reads a file or a pipe to its end, but never more than a result can be. */
function readBounded(path: string): string {
  const handle = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    let totalBytes = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(1024 * 1024);
      const bytes = readSync(handle, chunk);
      if (bytes === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, bytes));
      totalBytes += bytes;
      if (totalBytes > MAXIMUM_BYTES) {
        throw new DiskbenchError(invalid(path, "the file is too large to be a result"));
      }
    }
  } finally {
    closeSync(handle);
  }
}

/** A list of buckets as JSON: nothing but numbers and brackets, so that it ends before the next name. */
const BUCKETS = /"buckets":\s*\[[\d\s,.eE+[\]-]*\]/g;

/** Histograms are nine tenths of a result; who does not look at them saves most of the time and memory of reading. */
export interface ReadOptions {
  /** True: all histograms come out empty, unchecked. */
  readonly withoutHistograms?: boolean;
}

/** Reads a result file. Throws RESULT_INVALID, also when the file cannot be read. */
export function readResultFile(path: string, { withoutHistograms = false }: ReadOptions = {}): Result {
  let text: string;
  try {
    text = readBounded(path);
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    throw new DiskbenchError({ ...invalid(path, "the result file cannot be read"), system });
  }
  return parseResult(withoutHistograms ? text.replace(BUCKETS, '"buckets":[]') : text, path);
}
