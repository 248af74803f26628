// Rounds that went well and rounds that failed -> workers that go on, rest between rounds, and end with their engine.

import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { temporaryDirectory } from "../support/places.ts";
import { rangesOf, memberSpec } from "./rig.ts";

const SIZE_BYTES = 4 * 2 ** 20;

interface Outcome {
  readonly ios: readonly number[];
  readonly failures: readonly (readonly string[])[];
  readonly idleTicks: number;
  readonly closeMs: number;
  readonly left: unknown;
}

test("a round that fails takes no other one along, and workers that wait cost nothing and end at once", () => {
  const path = join(temporaryDirectory(onTestFinished), "target");
  writeFileSync(path, randomFillSync(new Uint8Array(SIZE_BYTES)));
  const specOf = (asked: Partial<MemberSpec>): MemberSpec =>
    memberSpec({
      path,
      fileSizeBytes: SIZE_BYTES,
      ranges: rangesOf(2, SIZE_BYTES / 4096, { ios: 100 }),
      durationSeconds: null,
      jitWarmup: true,
      ...asked,
    });
  const specs = [
    specOf({ backend: "pwrite" }),
    specOf({ backend: "pwrite", path: `${path}-missing` }),
    specOf({ backend: "pwrite" }),
    specOf({ backend: "io-uring", queueDepth: 4 }),
    specOf({ backend: "pwrite" }),
  ];
  const runner = new URL("idle-workers.mjs", import.meta.url).pathname;
  const { stdout } = spawnSync(process.execPath, [runner, JSON.stringify(specs)], { encoding: "utf8" });
  const { ios, failures, idleTicks, closeMs, left } = JSON.parse(stdout) as Outcome;
  expect(failures).toEqual([[], ["TARGET_UNUSABLE"], [], [], []]);
  expect(ios).toEqual([100, 0, 100, 100, 100]);
  // 10 ms each, of half a second.
  expect(idleTicks).toBeLessThanOrEqual(1);
  expect(closeMs).toBeLessThan(1000);
  expect(left).toBeNull();
});
