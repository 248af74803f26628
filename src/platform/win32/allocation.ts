// An open file -> how much of it is really on the medium: allocated ranges, and within them what was ever written.

import type { Allocation, OpenFile } from "../platform.ts";
import { CONTROL, ERROR, FILE_ATTRIBUTE } from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import { fileCallFailed } from "./file-calls.ts";
import { attributesOf } from "./file-status.ts";
import type { Win32 } from "./kernel32.ts";

const ANSWER_BYTES = 65536;
/** FILE_ALLOCATED_RANGE_BUFFER: offset, length. */
const RANGE_BYTES = 16;
/** FILE_REGION_OUTPUT: flags, total entries, entries, reserved; then FILE_REGION_INFO: offset, length, usage. */
const REGION = { headerBytes: 16, entryBytes: 24, count: 8, usage: 16 } as const;
const FILE_REGION_USAGE_VALID_NONCACHED_DATA = 2;

interface Range {
  readonly start: number;
  readonly end: number;
}

const UNKNOWN_HERE: readonly number[] = [ERROR.INVALID_FUNCTION, ERROR.NOT_SUPPORTED, ERROR.INVALID_PARAMETER];

/** Answers that do not fit come in parts. Null where the file system or the system does not know the question. */
function askForRanges(
  win32: Win32,
  file: OpenFile,
  control: number,
  sizeBytes: number,
  input: (start: number) => Buffer,
  parse: (answer: Buffer) => Range[],
): Range[] | null {
  const found: Range[] = [];
  for (let start = 0; start < sizeBytes;) {
    const { code, data } = deviceControl(win32, file.handle, control, input(start), ANSWER_BYTES);
    if (UNKNOWN_HERE.includes(code)) return null;
    if (code !== ERROR.SUCCESS && code !== ERROR.MORE_DATA) {
      throw fileCallFailed(win32.kernel32, "DeviceIoControl", code, file.path, "Its allocation cannot be read");
    }
    const ranges = parse(data);
    found.push(...ranges);
    const last = ranges.at(-1);
    if (code === ERROR.SUCCESS || last === undefined) break;
    start = last.end;
  }
  return found;
}

function rangeAt(answer: Buffer, position: number): Range {
  const start = Number(answer.readBigInt64LE(position));
  return { start, end: start + Number(answer.readBigInt64LE(position + 8)) };
}

function offsetAndLength(start: number, sizeBytes: number, bytes: number): Buffer {
  const input = Buffer.alloc(bytes);
  input.writeBigInt64LE(BigInt(start));
  input.writeBigInt64LE(BigInt(sizeBytes - start), 8);
  return input;
}

/** What has clusters; the rest are holes. */
function allocatedRanges(win32: Win32, file: OpenFile, sizeBytes: number): Range[] | null {
  const input = (start: number): Buffer => offsetAndLength(start, sizeBytes, RANGE_BYTES);
  return askForRanges(win32, file, CONTROL.QUERY_ALLOCATED_RANGES, sizeBytes, input, (answer) =>
    Array.from({ length: Math.floor(answer.length / RANGE_BYTES) }, (_, index) => rangeAt(answer, index * RANGE_BYTES)),
  );
}

/** What reads really fetch from the medium: up to the valid data length (since Windows 10). */
function validRanges(win32: Win32, file: OpenFile, sizeBytes: number): Range[] | null {
  const input = (start: number): Buffer => {
    // FILE_REGION_INPUT: offset, length, desired usage.
    const asked = offsetAndLength(start, sizeBytes, 24);
    asked.writeUInt32LE(FILE_REGION_USAGE_VALID_NONCACHED_DATA, 16);
    return asked;
  };
  return askForRanges(win32, file, CONTROL.QUERY_FILE_REGIONS, sizeBytes, input, (answer) => {
    const count = answer.length < REGION.headerBytes ? 0 : answer.readUInt32LE(REGION.count);
    const entries = Array.from({ length: count }, (_, index) => REGION.headerBytes + index * REGION.entryBytes);
    return entries
      .filter((at) => (answer.readUInt32LE(at + REGION.usage) & FILE_REGION_USAGE_VALID_NONCACHED_DATA) !== 0)
      .map((at) => rangeAt(answer, at));
  });
}

function lengthWithin(ranges: readonly Range[], sizeBytes: number): number {
  return ranges.reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, sizeBytes) - start), 0);
}

/** How far two lists of ranges, each ascending and without overlaps, cover the same bytes. */
function commonLength(left: readonly Range[], right: readonly Range[], sizeBytes: number): number {
  let common = 0;
  let next = 0;
  for (const one of left) {
    // What ends before this one begins ends before all others, too.
    while (next < right.length && (right[next]?.end ?? 0) <= one.start) next += 1;
    for (let place = next; place < right.length; place += 1) {
      const other = right[place];
      if (other === undefined || other.start >= one.end) break;
      common += Math.max(0, Math.min(one.end, other.end, sizeBytes) - Math.max(one.start, other.start));
    }
  }
  return common;
}

/** Attributes that bear on where data is, named for people. */
const ATTRIBUTE_NAMES: readonly (readonly [number, string])[] = [
  [FILE_ATTRIBUTE.SPARSE, "sparse"],
  [FILE_ATTRIBUTE.COMPRESSED, "compressed"],
  [FILE_ATTRIBUTE.ENCRYPTED, "encrypted"],
];

/** See `Files.allocation`. What the file is, if anything special, stands behind the basis. Windows tells nothing of shared clusters (ReFS block clones). */
export function allocationOf(win32: Win32, file: OpenFile, sizeBytes: number): Allocation {
  const attributes = attributesOf(win32, file);
  const special = ATTRIBUTE_NAMES.filter(([bit]) => (attributes & bit) !== 0).map(([, name]) => name);
  const allocated = allocatedRanges(win32, file, sizeBytes);
  const valid = validRanges(win32, file, sizeBytes);
  const everything: Range[] = [{ start: 0, end: sizeBytes }];
  const allocatedBytes = lengthWithin(allocated ?? everything, sizeBytes);
  const writtenBytes = commonLength(allocated ?? everything, valid ?? everything, sizeBytes);
  const basis = [
    ...(allocated === null ? [] : ["FSCTL_QUERY_ALLOCATED_RANGES"]),
    ...(valid === null ? [] : ["FSCTL_QUERY_FILE_REGIONS"]),
  ];
  return {
    writtenBytes,
    unwrittenBytes: allocatedBytes - writtenBytes,
    holeBytes: sizeBytes - allocatedBytes,
    sharedBytes: 0,
    compressedBytes: (attributes & FILE_ATTRIBUTE.COMPRESSED) === 0 ? 0 : sizeBytes,
    encryptedBytes: (attributes & FILE_ATTRIBUTE.ENCRYPTED) === 0 ? 0 : writtenBytes,
    extents: allocated?.length ?? 0,
    basis: basis.length === 0 ? null : [basis.join(" and "), ...special].join(", "),
  };
}
