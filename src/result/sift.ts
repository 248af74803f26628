// Bytes of a result -> the same without its bulk: the lists that comparisons never look at, nine tenths of a file.

const BULK = ['"buckets":', '"intervals":'].map((name) => Buffer.from(name));
const LONGEST_NAME = Math.max(...BULK.map(({ length }) => length));

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Position behind the string that begins at `start`; -1: it goes on beyond the bytes. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** Position behind the list that begins at `start`, whatever it holds; -1: it goes on beyond the bytes. */
function endOfList(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** The same, ten times as fast where pairs of numbers end an object and are written without blanks, as they are. */
function endOfBulk(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(CLOSE_OBJECT, start);
  const isPairs = end !== -1 && bytes[end - 1] === CLOSE_LIST && bytes[end - 2] === CLOSE_LIST;
  return isPairs && !bytes.subarray(start, end).includes(QUOTE) ? end : endOfList(bytes, start);
}

interface Place {
  /** Of the name. */
  readonly name: number;
  /** Of the bracket that opens the list; null: no list follows, or nobody knows yet. */
  readonly list: number | null;
}

/** Where a name stands next, from `from`. */
function nextPlace(bytes: Buffer, from: number): Place | null {
  let ahead = bytes.subarray(from);
  let found: Place | null = null;
  for (const word of BULK) {
    const at = ahead.indexOf(word);
    if (at === -1) continue;
    // The other name matters only where it stands before this one.
    ahead = ahead.subarray(0, at);
    const name = from + at;
    let list = name + word.length;
    while (isBlank(bytes[list])) list++;
    // A quote behind a backslash is within a string.
    const isName = bytes[name - 1] !== BACKSLASH;
    found = { name, list: isName && bytes[list] === OPEN_LIST ? list : null };
  }
  return found;
}

export interface Sifted {
  /** So many bytes at the front are what is left of the bytes that were looked at. */
  readonly kept: number;
  /** So many bytes were looked at; what follows has to come again with what comes after it. */
  readonly used: number;
}

/** Empties bulky lists, in place. `isLast`: nothing comes after these bytes. */
export function sift(bytes: Buffer, isLast: boolean): Sifted {
  let kept = 0;
  let used = 0;
  const keepUntil = (end: number): void => {
    bytes.copyWithin(kept, used, end);
    kept += end - used;
    used = end;
  };
  for (let from = 0; ;) {
    const place = nextPlace(bytes, from);
    if (place === null) break;
    from = place.name + 1;
    if (place.list === null) continue;
    const end = endOfBulk(bytes, place.list);
    if (end === -1) {
      if (isLast) break;
      keepUntil(place.name);
      return { kept, used };
    }
    keepUntil(place.list + 1);
    used = end - 1;
    from = end;
  }
  // A name may stand astride the end, or its list begin behind it.
  keepUntil(isLast ? bytes.length : Math.max(used, bytes.length - LONGEST_NAME - 64));
  return { kept, used };
}
