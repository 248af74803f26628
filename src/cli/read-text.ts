// A path, or standard input -> its text, read no further than a limit.

import { closeSync } from "node:fs";
import { openForReading, STANDARD_INPUT } from "../platform/named-files.ts";
import { bytesOf } from "../result/read-bytes.ts";
import { DiskbenchError, type Failure, refusedBySystem } from "../shared/errors.ts";
import { utf8Source } from "../shared/utf8-source.ts";
import { readingFrom } from "./waiting.ts";

const CHUNK_BYTES = 64 * 1024;

export interface InputText {
  /** What errors call it. */
  readonly where: string;
  readonly text: string;
}

/**
 * The text at `path`, or of standard input for "-". Throws PROFILE_INVALID when it is `unreadable`, or has more than
 * `mostBytes` in UTF-8.
 */
export function readInput(
  path: string,
  mostBytes: number,
  unreadable: Pick<Failure, "what" | "next">,
  tooLarge: string,
): InputText {
  const file = path === STANDARD_INPUT ? 0 : path;
  const where = path === STANDARD_INPUT ? "standard input" : path;
  const refuse = (what: string): DiskbenchError => new DiskbenchError({ code: "PROFILE_INVALID", where, what });
  try {
    const text = readingFrom(file, where, () => readTextWithin(file, mostBytes, refuse));
    if (text !== null) return { where, text };
  } catch (thrown) {
    throw refusedBySystem(thrown, { code: "PROFILE_INVALID", where, ...unreadable });
  }
  throw refuse(tooLarge);
}

/**
 * The text of `file`, a path or an open handle; null when it has more than `mostBytes` in UTF-8, of which hardly more
 * are read: pipes may have no end. Throws what the system says, and what `refuse` makes of a device.
 */
function readTextWithin(file: string | number, mostBytes: number, refuse: (what: string) => Error): string | null {
  const handle = typeof file === "number" ? file : openForReading(file, { pipes: true, refuse });
  try {
    const read = utf8Source(bytesOf(handle));
    const chunks: Buffer[] = [];
    for (let totalBytes = 0; totalBytes <= mostBytes;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const bytes = read(chunk);
      if (bytes === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, bytes));
      totalBytes += bytes;
    }
    return null;
  } finally {
    if (handle !== file) closeSync(handle);
  }
}
