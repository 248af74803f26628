// Text or file of a result -> a Result that holds what it promises, or errors that name each place that does not.

import { closeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { openForReading, STANDARD_INPUT } from "../platform/named-files.ts";
import { DiskbenchError, type Failure, systemErrorOf } from "../shared/errors.ts";
import { fillFrom, utf8Source } from "../shared/utf8-source.ts";
import { migrate } from "./migrate.ts";
import { bytesOf } from "./read-bytes.ts";
import type { Result } from "./result.ts";
import { resultSchema } from "./schema.ts";
import { sift } from "./sift.ts";
import { RESULT_SCHEMA } from "./version.ts";
import { describeValue, valueAt } from "../shared/document-places.ts";
import { wrongPlaces } from "./wrong-places.ts";

/** A round takes some 50 kB, 2 kB without its bulk, so that this holds a thousand cases of several rounds. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;
/** A result nests 10 deep; what `facts` and the profile hold adds little. More would overflow stacks further on. */
const MAXIMUM_DEPTH = 64;
/** The largest object of a result has some thirty; what `facts` hold is far below this, too. */
const MAXIMUM_KEYS = 1000;

const NEXT = "Give the JSON file that `diskbench run` wrote";

const invalid = (where: string, what: string, next: string = NEXT): Failure => ({
  code: "RESULT_INVALID",
  what,
  where,
  next,
});

/**
 * What makes a document too much for the schema, before that looks at it: objects and lists that nest more than `levels`
 * deep, or objects of so many keys that naming those which are unknown takes seconds. Null: nothing does.
 */
function excessOf(value: unknown, levels: number): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (levels === 0) return "the document is nested too deeply";
  // As a list the keys of each object would cost more than the look at them. A list has indexes for keys.
  const most = Array.isArray(value) ? Infinity : MAXIMUM_KEYS;
  let keys = 0;
  for (const key in value) {
    keys += 1;
    if (keys > most) return `an object in it has more than ${MAXIMUM_KEYS} keys`;
    const excess = excessOf(Reflect.get(value, key), levels - 1);
    if (excess !== null) return excess;
  }
  return null;
}

function parseJson(text: string, where: string): unknown {
  if (text.trim() === "") throw new DiskbenchError(invalid(where, "there is nothing in it"));
  if (text.length > MAXIMUM_BYTES) throw new DiskbenchError(invalid(where, "the file is too large to be a result"));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new DiskbenchError(invalid(where, `this is not JSON: ${detail}`));
  }
  const excess = excessOf(document, MAXIMUM_DEPTH);
  if (excess !== null) throw new DiskbenchError(invalid(where, excess));
  return document;
}

/** A document as this diskbench writes it; one of a later version, or of another kind, is refused. */
function upToDate(document: unknown, where: string): unknown {
  const migrated = migrate(document);
  if (migrated !== null) return migrated;
  const found = valueAt(document, ["schema"]);
  if (typeof found === "string" && /^diskbench-result\/\d+$/.test(found)) {
    const next = "Read it with the version of diskbench that wrote it, or a newer one";
    throw new DiskbenchError(
      invalid(`${where}: schema`, `found ${describeValue(found)}, can read "${RESULT_SCHEMA}"`, next),
    );
  }
  const what = `this is no result of diskbench: expected "${RESULT_SCHEMA}", found ${describeValue(found)}`;
  throw new DiskbenchError(invalid(`${where}: schema`, what));
}

/** `where` names the file in errors. Throws RESULT_INVALID with a failure for each wrong place, ten at most. */
export function parseResult(text: string, where: string): Result {
  const document = upToDate(parseJson(text, where), where);
  const parsed = resultSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const failures = wrongPlaces(parsed.error.issues, document, where).map((each) => invalid(each.where, each.what));
  const [first = invalid(where, "this is no result"), ...others] = failures;
  throw new DiskbenchError(first, ...others);
}

const CHUNK_BYTES = 4 * 1024 * 1024;

interface ReadOptions {
  /** True: all histograms and intervals come out empty, unchecked; nine tenths of the time and memory are saved. */
  readonly withoutBulk?: boolean;
  /** Whether a pipe is read as well as a file, and waited for. */
  readonly pipes?: boolean;
}

/** Reads a file or a pipe to its end, but never more than a result can be. */
function readBounded(handle: number, where: string, withoutBulk: boolean): string {
  const read = utf8Source(bytesOf(handle));
  const decoder = new StringDecoder("utf8");
  const texts: string[] = [];
  let totalBytes = 0;
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let held = 0;
  for (;;) {
    const filled = buffer.subarray(0, held + fillFrom(read, buffer.subarray(held)));
    const isLast = filled.length < buffer.length;
    const { kept, used } = withoutBulk ? sift(filled, isLast) : { kept: filled.length, used: filled.length };
    totalBytes += kept;
    if (totalBytes > MAXIMUM_BYTES || buffer.length > MAXIMUM_BYTES) {
      throw new DiskbenchError(invalid(where, "the file is too large to be a result"));
    }
    texts.push(decoder.write(buffer.subarray(0, kept)));
    if (isLast) return texts.join("") + decoder.end();
    held = filled.length - used;
    buffer.copyWithin(0, used, filled.length);
    // One list that fills it all.
    if (held === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
  }
}

/** Reads a result file, or standard input for "-". Throws RESULT_INVALID, also when the file cannot be read. */
export function readResultFile(path: string, { withoutBulk = false, pipes = true }: ReadOptions = {}): Result {
  const isInput = path === STANDARD_INPUT;
  const where = isInput ? "standard input" : path;
  const refuse = (what: string): DiskbenchError => new DiskbenchError(invalid(path, what));
  let text: string;
  try {
    const handle = isInput ? 0 : openForReading(path, { pipes, refuse });
    try {
      text = readBounded(handle, where, withoutBulk);
    } finally {
      if (!isInput) closeSync(handle);
    }
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    const next = system.name === "EISDIR" ? "This is a directory: name the result files in it" : NEXT;
    throw new DiskbenchError({ ...invalid(where, "the result file cannot be read", next), system });
  }
  return parseResult(text, where);
}
