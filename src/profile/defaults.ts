// What a profile means where it says nothing.

import type { TargetSpec } from "../job/points.ts";
import type { Profile } from "./profile.ts";

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
