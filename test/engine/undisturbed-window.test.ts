// V8's own traces of the engine -> from the warm-up to the end of a window no code is thrown away and nothing is collected.

import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/places.ts";
import { rangesOf, roundSpec } from "./rig.ts";

const FILE_BYTES = 64 * 1024 * 1024;

/** What V8 says of the engine from the warm-up of a round on until its window closes. */
function disturbances(backend: "io-uring" | "pwrite", queueDepth: number): { ios: number; lines: readonly string[] } {
  const path = join(temporaryDirectory(onTestFinished), "target");
  writeFileSync(path, randomFillSync(new Uint8Array(FILE_BYTES)));
  const spec = roundSpec({
    backend,
    path,
    fileSizeBytes: FILE_BYTES,
    ranges: rangesOf(1, FILE_BYTES / 4096),
    queueDepth,
    warmupSeconds: 0.6,
    durationSeconds: 2.2,
    rehearse: true,
  });
  const runner = new URL("announced-round.mjs", import.meta.url).pathname;
  // The engine's traces go to stderr, those of the command's own process to stdout.
  const { stderr } = spawnSync(process.execPath, ["--trace-gc", "--trace-deopt", runner, JSON.stringify(spec)], {
    encoding: "utf8",
  });
  const [, ios, failures] = /^ios (\d+) failures (.*)$/m.exec(stderr) ?? [];
  expect(failures).toBe("[]");
  const measured = stderr.slice(stderr.indexOf("phase warmup"), stderr.indexOf("phase done"));
  expect(measured).toContain("phase measure");
  // While the window closes samples are added up, and code for that may be compiled.
  const window = measured.slice(0, measured.includes("phase drain") ? measured.indexOf("phase drain") : undefined);
  return { ios: Number(ios), lines: window.split("\n").filter((line) => /bailout|Scavenge|Mark-Compact/.test(line)) };
}

describe("from the warm-up to the end of the window", () => {
  test.each([
    ["io-uring", 1],
    ["io-uring", 32],
    ["pwrite", 1],
  ] as const)("the engine's code stands and nothing is collected: %s at depth %i", (backend, queueDepth) => {
    const { ios, lines } = disturbances(backend, queueDepth);
    expect(ios).toBeGreaterThan(100);
    expect(lines).toEqual([]);
  });
});
