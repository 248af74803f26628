// What a profile means where it says nothing.

import type { Job, Profile, TargetSpec } from "./profile.ts";

export const DEFAULT_JOB: Omit<Job, "name"> = {
  method: ["writefile"],
  operation: ["read"],
  readPercent: [50],
  pattern: ["random"],
  blockSizeBytes: [64 * 1024],
  queueDepth: [1],
  threads: [1],
  caching: [null],
  writeThrough: false,
  flush: [null],
  completion: [null],
  batch: null,
  polling: false,
  submitThread: false,
  durationSeconds: 10,
  warmupSeconds: 2,
  ios: null,
  bytes: null,
  content: "fresh",
  onError: "stop",
  maxErrors: 1_000_000,
};

/** A file of diskbench's own in the current directory; without a size it is `DEFAULT_FILE_SIZE_BYTES` long. */
export const DEFAULT_TARGET: TargetSpec = {
  path: "diskbench.dat",
  sizeBytes: null,
  fill: "random",
  preallocate: "fill",
};

/** Size of a file that diskbench makes when nothing names one. */
export const DEFAULT_FILE_SIZE_BYTES = 1024 ** 3;

export const DEFAULT_PROFILE: Pick<Profile, "seed" | "rounds"> = { seed: 1, rounds: 3 };
