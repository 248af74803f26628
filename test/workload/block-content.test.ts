// What rounds and fills write -> read back from the file: complete, never the same twice, and of no use to a compressor.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deflateSync } from "node:zlib";
import { fillMembers } from "../../src/run/round-specs.ts";
import { readStamp, SECTOR_BYTES } from "../../src/workload/sector-stamp.ts";
import { contentIdentity } from "../../src/workload/source.ts";
import { BLOCK_BYTES, platform, memberSpec, rangesOf, runRound } from "../engine/rig.ts";

const MEBIBYTE = 2 ** 20;
// In the checkout, not in the system's temporary directory: that may be in memory.
const cache = join(import.meta.dirname, "..", "..", ".cache");
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, "content-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(sizeBytes: number): string {
  const path = join(directory, "test.dat");
  rmSync(path, { force: true });
  const descriptor = openSync(path, "wx");
  ftruncateSync(descriptor, sizeBytes);
  closeSync(descriptor);
  return path;
}

/** Contents of the file in pieces of 4 KiB that were written; holes are left out. */
function writtenPieces(path: string, pieceBytes = BLOCK_BYTES): readonly Buffer[] {
  const contents = readFileSync(path);
  const pieces = Array.from({ length: Math.floor(contents.length / pieceBytes) }, (_, index) =>
    contents.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return pieces.filter((piece) => piece.some((byte) => byte !== 0));
}

/** Deflated size over size; random bytes come to a little more than one. */
const compressed = (bytes: Buffer): number => deflateSync(bytes).length / bytes.length;

/** No two are the same, and none can be made smaller. */
function expectFresh(pieces: readonly Buffer[]): void {
  expect(new Set(pieces.map((piece) => piece.toString("latin1"))).size).toBe(pieces.length);
  // Some of them stand for all: this is slow.
  const sample = pieces.filter((_, index) => index % 64 === 0);
  expect(Math.min(...sample.map(compressed))).toBeGreaterThan(0.99);
}

/**
 * Every sector that was written is where its stamp says, and those of a block come from one write of one thread. `last`:
 * rounds and threads whose writes nobody wrote over.
 */
function expectStamped(
  path: string,
  blockSizeBytes: number,
  mostWrites: number,
  last: readonly (readonly [roundIndex: number, thread: number])[],
): void {
  const contents = readFileSync(path);
  const seen = new Set<number>();
  const amiss: unknown[] = [];
  for (let at = 0; at < contents.length; at += SECTOR_BYTES) {
    const [stamp, ofBlock] = [readStamp(contents, at), readStamp(contents, at - (at % blockSizeBytes))];
    if (stamp === null && ofBlock === null) continue;
    const sequence = ofBlock?.sequence ?? 0;
    if (stamp?.sector !== at / SECTOR_BYTES || stamp.sequence !== sequence || sequence > mostWrites) amiss.push(stamp);
    if (stamp?.identity !== ofBlock?.identity) amiss.push(stamp);
    seen.add(stamp?.identity ?? 0);
  }
  expect(amiss).toEqual([]);
  const { seed, caseId } = memberSpec({});
  const identities = last.map(([roundIndex, thread]) => contentIdentity({ seed, caseId, roundIndex }, thread));
  expect([...seen]).toEqual(expect.arrayContaining(identities));
}

test.for([
  ["pwrite", 1, 4096],
  ["pwrite", 1, 65_536],
  ["pwritev", 1, 16_384],
  ["mmap", 1, 4096],
  ["libaio", 8, 4096],
  ["io-uring", 8, 4096],
  ["io-uring", 4, 131_072],
  ["io-uring-vectored", 8, 8192],
] as const)("timed writes by %s at depth %i in blocks of %i", ([backend, queueDepth, blockSizeBytes]) => {
  const fileSizeBytes = 2 * MEBIBYTE;
  const path = fileOf(fileSizeBytes);
  const blockCount = fileSizeBytes / blockSizeBytes;
  const wish = { backend, path, fileSizeBytes, queueDepth, blockSizeBytes, durationSeconds: null } as const;
  const caching = backend === "mmap" ? "buffered" : "unbuffered";
  // Two threads and two rounds over the same blocks: a later write is another one.
  for (const roundIndex of [0, 1]) {
    const ranges = rangesOf(2, blockCount, { ios: Math.ceil(blockCount * 1.5) });
    const { samples } = runRound({ ...wish, caching, ranges, roundIndex });
    expect(samples.errors).toMatchObject({ failed: 0, short: 0 });
  }
  const pieces = writtenPieces(path);
  expect(pieces.length).toBeGreaterThan((fileSizeBytes / BLOCK_BYTES) * 0.8);
  expectFresh(pieces);
  expectStamped(path, blockSizeBytes, Math.ceil(blockCount * 1.5), [
    [1, 0],
    [1, 1],
  ]);
});

test("timed writes of single sectors", () => {
  const path = fileOf(MEBIBYTE);
  const ranges = rangesOf(1, 2048, { ios: 4000 });
  const wish = { backend: "pwrite", path, fileSizeBytes: MEBIBYTE, blockSizeBytes: 512, caching: "buffered" } as const;
  runRound({ ...wish, ranges, durationSeconds: null });
  const pieces = writtenPieces(path, 512);
  expect(pieces.length).toBeGreaterThan(1500);
  expectFresh(pieces);
  expectStamped(path, 512, 4000, [[0, 0]]);
});

test.for([
  ["whole large blocks", 3 * MEBIBYTE],
  ["large blocks and a rest", 2 * MEBIBYTE + 7 * BLOCK_BYTES],
  ["a rest alone", 3 * BLOCK_BYTES],
] as const)("a fill of %s is complete and fresh", ([, sizeBytes]) => {
  const path = fileOf(sizeBytes);
  for (const backend of ["io-uring", "pwrite"] as const) {
    for (const spec of fillMembers({ path, sizeBytes, content: "random", caching: "unbuffered" }, backend, 1)) {
      expect(runRound(spec).samples.errors).toMatchObject({ failed: 0, short: 0 });
    }
    const pieces = writtenPieces(path);
    expect(pieces).toHaveLength(sizeBytes / BLOCK_BYTES);
    expectFresh(pieces);
    // Not even the pieces have anything in common.
    expect(compressed(Buffer.concat(pieces.slice(-512)))).toBeGreaterThan(0.99);
  }
  expect(readFileSync(path)).toHaveLength(sizeBytes);
});

test.for([MEBIBYTE + 512, MEBIBYTE + 12_345, 5 * BLOCK_BYTES + 1, 777])(
  "a fill of %i bytes reaches the last of them",
  (sizeBytes) => {
    const path = fileOf(sizeBytes);
    // A random byte can be what it was before, but hardly each time.
    const unchanged = [0xaa, 0x55, 0xcc].filter((byte) => {
      writeFileSync(path, Buffer.alloc(sizeBytes, byte));
      for (const spec of fillMembers({ path, sizeBytes, content: "random", caching: "unbuffered" }, "io-uring", 1)) {
        expect(runRound(spec).samples.errors).toMatchObject({ failed: 0, short: 0 });
      }
      const contents = readFileSync(path);
      expect(contents).toHaveLength(sizeBytes);
      expect(contents.includes(Buffer.alloc(8, byte))).toBe(false);
      return contents.at(-1) === byte;
    });
    expect(unchanged.length).toBeLessThan(3);
    expectFresh(writtenPieces(path));
  },
);

test("a fill with zeros has no holes", () => {
  const path = fileOf(2 * MEBIBYTE);
  const request = { path, sizeBytes: 2 * MEBIBYTE, content: "zero", caching: "unbuffered" } as const;
  for (const spec of fillMembers(request, "io-uring", 1)) runRound(spec);
  expect(readFileSync(path).every((byte) => byte === 0)).toBe(true);
  const file = platform.files.open(path, PLAIN_OPEN);
  const { writtenBytes, holeBytes } = platform.files.allocation(file, 2 * MEBIBYTE);
  platform.files.close(file);
  expect({ writtenBytes, holeBytes }).toEqual({ writtenBytes: 2 * MEBIBYTE, holeBytes: 0 });
});

test("writes of a mixed round carry fresh bytes, not what its reads have left in the buffers", () => {
  const fileSizeBytes = 4 * MEBIBYTE;
  const path = fileOf(fileSizeBytes);
  const ranges = rangesOf(1, fileSizeBytes / BLOCK_BYTES, { ios: 400 });
  // The file is a hole: what its reads bring is zeros, of which no written block may consist.
  runRound({ backend: "pwrite", path, fileSizeBytes, readPercent: 50, ranges, durationSeconds: null });
  const pieces = writtenPieces(path);
  expect(pieces.length).toBeGreaterThan(100);
  expectFresh(pieces);
});
