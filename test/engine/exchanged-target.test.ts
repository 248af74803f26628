// A target whose name was given to another file before a round opened it -> an error, and nothing written.

import { linkSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { failureOf } from "../support/failures.ts";
import { temporaryDirectory } from "../support/places.ts";
import { platform, rangesOf, runRound } from "./rig.ts";

const SIZE_BYTES = 65_536;

interface Stage {
  readonly round: Partial<MemberSpec>;
  readonly path: string;
  readonly precious: string;
}

function stage(): Stage {
  const directory = temporaryDirectory(onTestFinished);
  const [path, precious] = [join(directory, "test.dat"), join(directory, "precious")];
  writeFileSync(path, Buffer.alloc(SIZE_BYTES));
  writeFileSync(precious, Buffer.alloc(SIZE_BYTES, "precious"));
  const identity = platform.files.status(path)?.identity;
  if (identity === undefined) throw new Error("no file");
  const round: Partial<MemberSpec> = {
    path,
    identity,
    fileSizeBytes: SIZE_BYTES,
    caching: "buffered",
    ranges: rangesOf(1, SIZE_BYTES / 4096, { ios: 16 }),
    durationSeconds: null,
  };
  return { round, path, precious };
}

const BACKENDS = ["pwrite", "pwritev", "io-uring", "libaio", "mmap"] as const;

test.for([
  ["a symbolic link", symlinkSync],
  ["a hard link", linkSync],
  ["the file itself", renameSync],
] as const)("%s in the target's place is not written to by any method", ([, exchange]) => {
  const { round, path, precious } = stage();
  renameSync(path, `${path}-moved`);
  exchange(precious, path);
  for (const backend of BACKENDS) {
    expect(failureOf(() => runRound({ ...round, backend }))).toMatchObject({ code: "TARGET_CHANGED", where: path });
  }
  expect(readFileSync(path).equals(Buffer.alloc(SIZE_BYTES, "precious"))).toBe(true);
});

test.for(BACKENDS)("the target itself is written to by %s, warmed up, whatever other names it has", (backend) => {
  const { round, path } = stage();
  linkSync(path, `${path}-other`);
  expect(runRound({ ...round, backend, jitWarmup: true }).samples.write?.ios).toBe(16);
  expect(readFileSync(path).equals(Buffer.alloc(SIZE_BYTES))).toBe(false);
});
