// The flags of the commands as commander hands them over, and those that beat the profile as it knows them.

import { flaggedFields } from "../job/job.ts";
import type { ProfileFlags } from "../profile/flags.ts";

export interface OutputFlags {
  readonly format: string;
  readonly json?: true;
  readonly output?: readonly string[];
  readonly mebibytes?: true;
}

/** Beside those of fields of a job, which the table of fields names. */
export interface RunFlags extends OutputFlags {
  readonly target?: readonly string[];
  /** Bytes. */
  readonly size?: number;
  readonly rounds?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly dryRun?: true;
  readonly keep?: true;
  readonly force?: true;
  readonly allowFull?: true;
  readonly confirm?: readonly string[];
  /** Seconds. */
  readonly stallTimeout?: number;
  readonly strict?: true;
  readonly quiet?: true;
  readonly progress: boolean;
}

export function profileFlags(flags: RunFlags): ProfileFlags {
  return {
    targetPaths: flags.target,
    sizeBytes: flags.size,
    rounds: flags.rounds,
    seed: flags.seed,
    ...flaggedFields(flags),
  };
}
