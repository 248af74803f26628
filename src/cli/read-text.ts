// A path, or standard input -> its text, read no further than a limit.

import { closeSync } from "node:fs";
import { openForReading } from "../platform/named-files.ts";
import { bytesOf } from "../result/read-bytes.ts";
import { utf8Source } from "../shared/utf8-source.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The text of `file`, a path or an open handle; null when it has more than `mostBytes` in UTF-8, of which hardly more
 * are read: pipes may have no end. Throws what the system says, and what `refuse` makes of a device.
 */
export function readTextWithin(
  file: string | number,
  mostBytes: number,
  refuse: (what: string) => Error,
): string | null {
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
