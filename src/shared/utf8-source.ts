// Bytes of a text in UTF-8 or UTF-16, as its byte-order mark says -> the same text in UTF-8, without the mark.

import { StringDecoder } from "node:string_decoder";

/** Puts bytes into a buffer and says how many; 0: there are no more. */
export type ReadBytes = (into: Buffer) => number;

/** The marks (Unicode Standard, 2.6). Windows PowerShell 5 writes the second for `>`. */
const MARKS = [
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
] as const;
const LONGEST_MARK = 3;
const CHUNK_BYTES = 64 * 1024;
/** What a character becomes that was cut in two. */
const REPLACEMENT = "\ufffd";

/** Fills `into`, which a pipe does not do at once, and says with how many bytes; fewer than it takes: that was the end. */
export function fillFrom(read: ReadBytes, into: Buffer): number {
  let filled = 0;
  for (let bytes = -1; bytes !== 0 && filled < into.length;) {
    bytes = read(into.subarray(filled));
    filled += bytes;
  }
  return filled;
}

/** First what was read already, then the rest. */
function after(start: Buffer, read: ReadBytes): ReadBytes {
  let held = start;
  return (into) => {
    if (held.length === 0) return read(into);
    const bytes = held.copy(into);
    held = held.subarray(bytes);
    return bytes;
  };
}

function fromUtf16(read: ReadBytes, bigEndian: boolean): ReadBytes {
  const raw = Buffer.alloc(CHUNK_BYTES);
  const decoder = new StringDecoder("utf16le");
  let odd = 0;
  /** Null: there is no more. */
  const nextText = (): string | null => {
    const bytes = read(raw.subarray(odd));
    if (bytes === 0) {
      const left = decoder.end() + (odd === 0 ? "" : REPLACEMENT);
      odd = 0;
      return left === "" ? null : left;
    }
    const filled = odd + bytes;
    odd = filled % 2;
    const pairs = raw.subarray(0, filled - odd);
    if (bigEndian) pairs.swap16();
    const text = decoder.write(pairs);
    raw.copyWithin(0, filled - odd, filled);
    return text;
  };
  let ready: Buffer = Buffer.alloc(0);
  return (into) => {
    // One byte alone is no text yet.
    for (let text: string | null = ""; ready.length === 0 && text !== null;) {
      text = nextText();
      ready = Buffer.from(text ?? "");
    }
    const bytes = ready.copy(into);
    ready = ready.subarray(bytes);
    return bytes;
  };
}

/** Reads through `read`. Without a mark a text is UTF-8. */
export function utf8Source(read: ReadBytes): ReadBytes {
  const buffer = Buffer.alloc(LONGEST_MARK);
  const start = buffer.subarray(0, fillFrom(read, buffer));
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, place) => start[place] === byte));
  const rest = after(start.subarray(mark?.bytes.length ?? 0), read);
  return mark === undefined || mark.encoding === "utf-8" ? rest : fromUtf16(rest, mark.encoding === "utf-16be");
}
