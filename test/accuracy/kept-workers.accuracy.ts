// The same rounds by workers that are kept and by new ones, in turns -> the one series as good as the other.

import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { memberSpecOf } from "../support/builders.ts";
import { temporaryDirectory } from "../support/places.ts";
import { KEPT_ROUNDS, KEPT_WINDOW_SECONDS } from "./length.ts";
import { differencesOf, sideOf, type Differences } from "./round-series.ts";

const SIZE_BYTES = 64 * 2 ** 20;
const BLOCK_BYTES = 4096;
/** An interval of 90 % misses one time in twenty on either side: what is missed for a reason is so each time. */
const SERIES = 3;
const FIGURES = ["lag1", "spread", "median"] as const;

const METHODS = [
  { backend: "pwrite", queueDepth: 1, caching: "unbuffered" },
  { backend: "io-uring", queueDepth: 16, caching: "unbuffered" },
  { backend: "libaio", queueDepth: 16, caching: "unbuffered" },
  { backend: "mmap", queueDepth: 1, caching: "buffered" },
] as const satisfies readonly Partial<MemberSpec>[];

/** One series of either kind. */
function compare(spec: MemberSpec): Differences {
  const runner = new URL("kept-and-new.mjs", import.meta.url).pathname;
  const words = [runner, JSON.stringify(spec), String(KEPT_ROUNDS)];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const series = JSON.parse(stdout) as { readonly kept: readonly number[]; readonly new: readonly number[] };
  return differencesOf(series.kept, series.new);
}

const text = (differences: Differences): string =>
  FIGURES.map((figure) => {
    const { estimate, low, high } = differences[figure];
    return `${figure} ${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  }).join(", ");

/** What lies on the same side in all of the series. */
const alwaysMissed = (all: readonly Differences[]): readonly string[] =>
  FIGURES.filter((figure) => {
    const sides = new Set(all.map((each) => sideOf(each[figure])));
    return sides.size === 1 && !sides.has(0);
  });

describe.each(["disk", "tmpfs"])(
  "on %s rounds by kept workers are as independent, even and fast as by new ones",
  (place) => {
    test.each(METHODS)("$backend", (method) => {
      const path = join(temporaryDirectory(onTestFinished, { onTmpfs: place === "tmpfs" }), "target");
      writeFileSync(path, randomFillSync(new Uint8Array(SIZE_BYTES)));
      const spec = memberSpecOf({
        ...method,
        path,
        fileSizeBytes: SIZE_BYTES,
        blockSizeBytes: BLOCK_BYTES,
        operation: "mixed",
        readPercent: 50,
        ranges: [{ thread: 0, firstBlock: 0, blockCount: SIZE_BYTES / BLOCK_BYTES, ios: null }],
        durationSeconds: KEPT_WINDOW_SECONDS,
        jitWarmup: true,
      });
      const all: Differences[] = [];
      do {
        const differences = compare(spec);
        all.push(differences);
        // oxlint-disable-next-line no-console -- the figures are for people
        console.log(`${method.backend} on ${place}, ${KEPT_ROUNDS} rounds, kept - new: ${text(differences)}`);
      } while (alwaysMissed(all).length > 0 && all.length < SERIES);
      expect(alwaysMissed(all)).toEqual([]);
    });
  },
);

test("which is not said of rounds that hang on the one before, scatter more or are slower", () => {
  const random = mulberry32(3);
  const noise = (percent: number): number => 1 + (percent / 100) * (random() - 0.5);
  const series = (at: (round: number) => number): readonly number[] =>
    Array.from({ length: 50 }, (_, round) => at(round));
  const even = series(() => noise(2));
  const drifting = series((round) => noise(2) + 0.05 * Math.sin(round / 6));
  const scattered = series(() => noise(8));
  const slower = series(() => 0.97 * noise(2));
  expect(sideOf(differencesOf(drifting, even).lag1)).toBe(1);
  expect(sideOf(differencesOf(scattered, even).spread)).toBe(1);
  expect(sideOf(differencesOf(slower, even).median)).toBe(-1);
  const other = differencesOf(
    series(() => noise(2)),
    even,
  );
  expect(FIGURES.map((figure) => sideOf(other[figure]))).toEqual([0, 0, 0]);
});
