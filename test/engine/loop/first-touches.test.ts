// Blocks of a mapped file visited again and again -> each is a first touch once, in every round anew.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { MemberSpec } from "../../../src/engine/round-spec.ts";
import { listening, platform, rangesOf, runRound, type Asked } from "../rig.ts";

const BLOCKS = 100;
const pageBytes = platform.pageSizeBytes;
const directory = mkdtempSync(join(tmpdir(), "diskbench-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = join(directory, "test.dat");
writeFileSync(path, Buffer.alloc(BLOCKS * pageBytes, 1));

const mapped = (blockPages: number, ios: number, more: Partial<MemberSpec> = {}): Partial<MemberSpec> => ({
  backend: "mmap",
  path,
  fileSizeBytes: BLOCKS * pageBytes,
  blockSizeBytes: blockPages * pageBytes,
  caching: "buffered",
  durationSeconds: null,
  readPercent: 50,
  ranges: rangesOf(1, BLOCKS / blockPages, { ios }),
  ...more,
});

test.for([
  [1, 30],
  [1, 2000],
  [4, 500],
] as const)("blocks of %i pages, %i I/Os", ([blockPages, ios]) => {
  const asked: Asked[] = [];
  const { samples } = runRound(mapped(blockPages, ios), listening(platform, asked));
  const visited = new Set(asked.map(({ offsetBytes }) => offsetBytes)).size;
  expect(asked).toHaveLength(ios);
  expect(samples.firstTouch?.count).toBe(visited);
  // They are I/Os like all others, too.
  expect((samples.read?.ios ?? 0) + (samples.write?.ios ?? 0)).toBe(ios);
});

test("what the warm-up touched is no first touch of the window", () => {
  const { samples } = runRound(mapped(1, 200, { pattern: "sequential", warmupSeconds: 0.05 }));
  expect(samples.outsideWindow.ios).toBeGreaterThan(BLOCKS);
  expect(samples.firstTouch).toBeNull();
});

test("other methods know no first touch", () => {
  const { samples } = runRound(mapped(1, 200, { backend: "pwrite" }));
  expect(samples.firstTouch).toBeNull();
});
