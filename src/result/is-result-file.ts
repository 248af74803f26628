// A path -> whether what is there says of itself that it is a result, whole and valid or not.

import { closeSync } from "node:fs";
import { isFileAt, openForReading } from "../platform/named-files.ts";
import { DiskbenchError, refusedBySystem } from "../shared/errors.ts";
import { fillFrom, utf8Source } from "../shared/utf8-source.ts";
import { bytesOf } from "./read-bytes.ts";

/** Any version of the document, also with its keys in another order or formatted by a person. */
const SAYS_RESULT = /"schema"\s*:\s*"diskbench-result\//;
/** No less than what matches, give or take blanks that nobody writes. */
const OVERLAP_BYTES = 256;
const CHUNK_BYTES = 1024 * 1024;

/** Of a regular file only. Throws OUTPUT_FAILED when it cannot be read. */
export function isResultFile(path: string): boolean {
  try {
    return isFileAt(path) && saysResult(path);
  } catch (thrown) {
    throw refusedBySystem(thrown, { code: "OUTPUT_FAILED", where: path, what: "What is there cannot be read" });
  }
}

function saysResult(path: string): boolean {
  const refuse = (what: string): DiskbenchError => new DiskbenchError({ code: "OUTPUT_FAILED", where: path, what });
  const handle = openForReading(path, { pipes: false, refuse });
  try {
    const read = utf8Source(bytesOf(handle));
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let held = 0; ;) {
      const filled = held + fillFrom(read, buffer.subarray(held));
      if (SAYS_RESULT.test(buffer.toString("latin1", 0, filled))) return true;
      if (filled < buffer.length) return false;
      held = OVERLAP_BYTES;
      buffer.copyWithin(0, filled - held, filled);
    }
  } finally {
    closeSync(handle);
  }
}
