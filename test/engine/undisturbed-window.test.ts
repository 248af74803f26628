// V8's own traces -> from the warm-up to the end of a window no code is thrown away, nothing compiled and nothing collected.

import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/places.ts";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { rangesOf, memberSpec } from "./rig.ts";

const MIB = 1024 * 1024;
const FILLED_BYTES = 64 * MIB;
const SPARSE_BYTES = 16 * 1024 * MIB;
/** So near below 2 GiB that a round that goes on from here comes past it within its window. */
const BELOW_2_GIB = 2048 * MIB - 256 * MIB;
/** What a window's I/Os on a mapped file go to: little enough to stay in memory. */
const MAPPED_RANGE_BYTES = 64 * MIB;

/** What happened from `phase` on until the window closed; while it closes samples are added up, and code for that may be compiled. */
const between = (trace: string, phase: string): string => {
  const measured = trace.slice(trace.indexOf(`phase ${phase}`), trace.indexOf("phase done"));
  expect(measured).toContain("phase measure");
  return measured.slice(0, measured.includes("phase drain") ? measured.indexOf("phase drain") : undefined);
};

interface Disturbances {
  readonly ios: number;
  /** Of the engine, from the warm-up on. */
  readonly lines: readonly string[];
  /** Compilations and collections inside the window, by the engine and by its supervisor. */
  readonly compilations: readonly string[];
  readonly collections: readonly string[];
  /** Collections by the engine at any time, ... */
  readonly everCollected: readonly string[];
  /** ... and those because its threads look at too much memory of other kinds. */
  readonly pressed: readonly string[];
}

/** What V8 says of rounds: the engine's on stderr, the command's own process on stdout. */
function tracesOf(
  flags: readonly string[],
  specs: readonly MemberSpec[],
  rounds = 1,
): { stdout: string; stderr: string } {
  const runner = new URL("announced-round.mjs", import.meta.url).pathname;
  return spawnSync(process.execPath, [...flags, runner, JSON.stringify(specs), String(rounds)], {
    encoding: "utf8",
    maxBuffer: 64 * MIB,
  });
}

/** What V8 says of one round that is no good: code thrown away and collections from the warm-up on, compilations in the window. */
function disturbing(trace: string): Pick<Disturbances, "lines" | "compilations"> {
  return {
    // On-stack replacement leaves code for better code (from Node 22 on); there is nothing in between that is interpreted.
    lines: between(trace, "warmup")
      .split("\n")
      .filter((line) => /bailout|Scavenge|Mark-Compact/.test(line) && !line.includes("on stack replacement")),
    compilations: between(trace, "measure")
      .split("\n")
      .filter((line) => line.includes("completed compiling")),
  };
}

/** What V8 says of a round on `fileSizeBytes` until its window closes. */
function disturbances(asked: Partial<MemberSpec>, fileSizeBytes: number): Disturbances {
  const blockSizeBytes = asked.blockSizeBytes ?? 4096;
  const path = join(temporaryDirectory(onTestFinished), "target");
  writeFileSync(path, randomFillSync(new Uint8Array(FILLED_BYTES)));
  truncateSync(path, fileSizeBytes);
  const spec = memberSpec({
    path,
    fileSizeBytes,
    ranges: rangesOf(1, fileSizeBytes / blockSizeBytes),
    warmupSeconds: 0.6,
    durationSeconds: 2.2,
    jitWarmup: true,
    ...asked,
  });
  const { stdout, stderr } = tracesOf(["--trace-gc", "--trace-deopt", "--trace-opt"], [spec]);
  const [, ios, failures] = /^ios (\d+) failures (.*)$/m.exec(stderr) ?? [];
  expect(failures).toBe("[]");
  const { lines, compilations } = disturbing(stderr);
  const inWindow = [stderr, stdout].flatMap((trace) => between(trace, "measure").split("\n"));
  const everCollected = stderr.split("\n").filter((line) => /Scavenge|Mark-Compact/.test(line));
  return {
    ios: Number(ios),
    lines,
    compilations: [...compilations, ...disturbing(stdout).compilations],
    collections: inWindow.filter((line) => /Scavenge|Mark-Compact/.test(line)),
    everCollected,
    pressed: everCollected.filter((line) => line.includes("external memory pressure")),
  };
}

describe("from the warm-up to the end of the window the engine's code stands and nothing is collected", () => {
  test.each([
    ["io-uring", 1],
    ["io-uring", 32],
    ["libaio", 32],
    ["pwrite", 1],
  ] as const)("%s at depth %i", (backend, queueDepth) => {
    const { ios, lines, compilations, everCollected } = disturbances({ backend, queueDepth }, FILLED_BYTES);
    expect(ios).toBeGreaterThan(100);
    expect(lines).toEqual([]);
    expect(compilations).toEqual([]);
    // Not at all: what fills the main thread's memory before would be collected when its workers report, as a window closes.
    expect(everCollected).toEqual([]);
  });

  test.each([
    ["io-uring", 32, "random", 4096],
    ["pwrite", 1, "random", 4096],
    ["mmap", 1, "random", 4096],
    ["io-uring", 32, "sequential", 65_536],
    ["pwrite", 1, "sequential", 65_536],
  ] as const)("%s at depth %i beyond 2 GiB, %s in blocks of %i", (backend, queueDepth, pattern, blockSizeBytes) => {
    const caching = backend === "mmap" ? "buffered" : "unbuffered";
    const firstBlock = pattern === "sequential" ? BELOW_2_GIB / blockSizeBytes : 0;
    const ranges = [{ thread: 0, firstBlock, blockCount: SPARSE_BYTES / blockSizeBytes - firstBlock, ios: null }];
    const asked = { backend, queueDepth, pattern, blockSizeBytes, ranges, caching, readPercent: 100 } as const;
    const { ios, lines } = disturbances(asked, SPARSE_BYTES);
    if (pattern === "sequential") expect(ios * blockSizeBytes).toBeGreaterThan(256 * MIB);
    expect(lines).toEqual([]);
  });

  // A flush waits for the I/Os before it, and takes a way through the loop that no other round takes.
  test.each([
    ["pwrite", 1],
    ["io-uring", 8],
  ] as const)("%s at depth %i, with a flush after every eighth write", (backend, queueDepth) => {
    const writes = { backend, queueDepth, readPercent: 0, flush: "every 8" } as const;
    const { ios, lines } = disturbances(writes, FILLED_BYTES);
    expect(ios).toBeGreaterThan(100);
    expect(lines).toEqual([]);
  });

  // V8 takes the views through which is written for its own memory, and collects for want of it while they are made.
  test.each([
    ["of one piece", FILLED_BYTES, 0, 0],
    ["of many pieces", SPARSE_BYTES, 0, 0],
    ["of many pieces", SPARSE_BYTES, 0, 50],
    ["of many pieces", SPARSE_BYTES, 0, 100],
    ["of many pieces, around 2 GiB", SPARSE_BYTES, 2048 * MIB - MAPPED_RANGE_BYTES / 2, 0],
    ["of many pieces, around 2 GiB", SPARSE_BYTES, 2048 * MIB - MAPPED_RANGE_BYTES / 2, 50],
  ] as const)(
    "a mapped file %s (%i bytes, from %i on), %i per cent of it read",
    (_, sizeBytes, firstByte, readPercent) => {
      const ranges = [{ thread: 0, firstBlock: firstByte / 4096, blockCount: MAPPED_RANGE_BYTES / 4096, ios: null }];
      const asked = { backend: "mmap", caching: "buffered", ranges, readPercent } as const;
      const { ios, lines, compilations } = disturbances(asked, sizeBytes);
      expect(ios).toBeGreaterThan(10_000);
      expect(lines).toEqual([]);
      expect(compilations).toEqual([]);
    },
  );
});

// V8 collects after seconds of quiet, too, when it thinks that memory could be given back.
test("nothing is collected in a window of ten seconds, by the supervisor either", () => {
  const { ios, collections } = disturbances({ backend: "io-uring", queueDepth: 32, durationSeconds: 10 }, FILLED_BYTES);
  expect(ios).toBeGreaterThan(100);
  expect(collections).toEqual([]);
});

// Each of them once saw the counters of all, 2 MiB a thread: 64 MiB, and every one collected before its window.
test("many threads press no memory on each other", () => {
  const { pressed } = disturbances(
    { backend: "null", ranges: rangesOf(32, 1024), warmupSeconds: 1, durationSeconds: 2, jitWarmup: false },
    FILLED_BYTES,
  );
  expect(pressed).toEqual([]);
});

// The JIT warm-up, too, maps a file in pieces, of a device or a memory that is not one.
test.each([0, 50, 100])("a mapped file of many pieces is visited, %i per cent of it read", (readPercent) => {
  const { ios } = disturbances(
    { backend: "mmap", caching: "buffered", readPercent, durationSeconds: 0.5 },
    SPARSE_BYTES,
  );
  expect(ios).toBeGreaterThan(10);
});

// What one round leaves behind would be collected in the window of the next, at some time or other.
test("the command's own process collects what a round has left before the next one's window, and not in it", () => {
  const path = join(temporaryDirectory(onTestFinished), "target");
  writeFileSync(path, randomFillSync(new Uint8Array(FILLED_BYTES)));
  const spec = memberSpec({ path, fileSizeBytes: FILLED_BYTES, warmupSeconds: 0.2, durationSeconds: 1 });
  const { stdout } = tracesOf(["--trace-gc"], [spec], 3);
  const rounds = stdout.split("phase done").slice(0, 3);
  expect(rounds).toHaveLength(3);
  for (const trace of rounds) {
    const [before = "", inWindow = ""] = trace.split("phase drain")[0]?.split("phase measure") ?? [];
    expect(before).toContain("Mark-Compact");
    expect(inWindow).not.toMatch(/Scavenge|Mark-Compact/);
  }
});

// Workers are kept for rounds of their kind, whose blocks and depths are others; what came before must not show.
test("nor do earlier rounds disturb the windows of later ones, whichever cases they were", () => {
  const path = join(temporaryDirectory(onTestFinished), "target");
  writeFileSync(path, randomFillSync(new Uint8Array(FILLED_BYTES)));
  const specOf = (asked: Partial<MemberSpec>): MemberSpec => {
    const blockSizeBytes = asked.blockSizeBytes ?? 4096;
    const ranges = rangesOf(1, FILLED_BYTES / blockSizeBytes);
    const times = { warmupSeconds: 0.4, durationSeconds: 1, jitWarmup: true };
    return memberSpec({ path, fileSizeBytes: FILLED_BYTES, ranges, ...times, ...asked });
  };
  const specs = [
    specOf({ backend: "io-uring", queueDepth: 32 }),
    specOf({ backend: "io-uring", queueDepth: 8, blockSizeBytes: 65_536 }),
    specOf({ backend: "pwrite", readPercent: 30 }),
    specOf({ backend: "pwrite", readPercent: 70, blockSizeBytes: 512 * 1024 }),
    specOf({ backend: "mmap", caching: "buffered" }),
    specOf({ backend: "mmap", caching: "buffered", blockSizeBytes: 16_384 }),
  ];
  const { stderr } = tracesOf(["--trace-gc", "--trace-deopt", "--trace-opt"], specs, 2);
  expect(stderr).toContain("failures []");
  const traces = stderr.split("phase done").slice(0, -1);
  expect(traces).toHaveLength(2 * specs.length);
  for (const [round, trace] of traces.entries()) {
    const { lines, compilations } = disturbing(`${trace}phase done`);
    expect([round, lines, compilations]).toEqual([round, [], []]);
  }
});
