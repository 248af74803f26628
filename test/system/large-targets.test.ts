// A sparse file of 15 TiB -> the first I/O without a walk over all of it, whatever the method and the caching.

import { closeSync, openSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";

const SIZE_BYTES = 15 * 2 ** 40;
/** A walk over all of it took three minutes and more, once for the run and once for each round through the cache. */
const PATIENCE_SECONDS = 60;

const JOBS = [
  { name: "unbuffered", method: "pwrite", operation: ["read", "write"] },
  { name: "buffered", method: "pwrite", operation: "read", caching: "buffered" },
  { name: "mapped", method: "mapped", operation: ["read", "write"], flush: "never" },
];

function placeWithFile(): string {
  const directory = workplace(onTestFinished, {
    "profile.json": {
      name: "large",
      rounds: 1,
      target: { path: "large.dat", preallocate: "none", fill: "none" },
      defaults: { duration: "20ms", warmup: 0, pattern: "random", blockSize: "4KiB" },
      jobs: JOBS,
    },
  });
  const path = join(directory, "large.dat");
  closeSync(openSync(path, "wx"));
  // The most that ext4 takes is 16 TiB.
  truncateSync(path, SIZE_BYTES);
  return directory;
}

const callsIn = (trace: string, name: string): number => trace.split(` ${name}(`).length - 1;

describeWith(["strace"], "a target of 15 TiB", () => {
  test(
    "is measured at once: what is asked of the system does not grow with it",
    async () => {
      const directory = placeWithFile();
      const trace = join(directory, "trace");
      const prefix = ["strace", "-f", "--seccomp-bpf", "-o", trace, "-e", "trace=mincore,mmap"];
      const ended = await diskbench(onTestFinished, ["run", "profile.json", "--force", "--quiet"], {
        directory,
        prefix,
      });
      const { state, cases } = resultIn(directory);
      expect(state, ended.stderr).toBe("completed");
      // Holes are what it reads, and the check of that says so.
      expect(ended.code).toBe(1);
      const bases = cases.map(({ rounds }) => rounds[0]?.startedColdBasis).filter((basis) => basis !== null);
      expect(bases).toHaveLength(2);
      for (const basis of bases) expect(basis).toMatch(/^(cachestat$|mincore of 64 places)/);
      const calls = readFileSync(trace, "utf8");
      // 64 for each of three looks, where the kernel does not count what is cached.
      expect(callsIn(calls, "mincore")).toBeLessThanOrEqual(3 * 64);
      // Windows of 256 MiB would be 61,440 of them, for each thread.
      expect(callsIn(calls, "mmap")).toBeLessThan(20_000);
      expect(ended.seconds).toBeLessThan(PATIENCE_SECONDS);
    },
    2 * PATIENCE_SECONDS * 1000,
  );
});
