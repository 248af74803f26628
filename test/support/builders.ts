// A few words -> a whole job, the whole settings of a case, a whole specification of a round: what goes unsaid is the default.

import { memberSpecs, roundOf, type LoneMember, type MemberSpec } from "../../src/engine/round-spec.ts";
import { DEFAULT_JOB, DEFAULT_VALUES, type Job } from "../../src/job/job.ts";
import type { CaseSettings } from "../../src/plan/plan.ts";
import type { Operation } from "../../src/shared/operations.ts";

export const jobOf = (changes: Partial<Job> = {}): Job => ({ ...DEFAULT_JOB, name: "job", ...changes });

/** Of blocks of 4 KiB. */
export const settingsOf = (changes: Partial<CaseSettings> = {}): CaseSettings => ({
  ...DEFAULT_VALUES,
  readPercent: null,
  blockSizeBytes: 4096,
  caching: "unbuffered",
  flush: "never",
  nativeCall: "pwrite",
  backend: "pwrite",
  target: "/srv/disk/diskbench.dat",
  preallocate: "fill",
  fill: "random",
  ...changes,
});

/** What a share of reads makes of a job, in percent. */
export const operationOf = (readPercent: number): Operation =>
  readPercent === 0 ? "write" : readPercent === 100 ? "read" : "mixed";

/** The one member of a round of writes that ends with its ranges, or when it is told to. */
export function memberSpecOf(changes: Partial<LoneMember> = {}): MemberSpec {
  return memberSpecs(roundOf([loneMemberOf(changes)]))[0];
}

const loneMemberOf = (changes: Partial<LoneMember>): LoneMember => ({
  ...settingsOf(),
  caseId: "case",
  roundIndex: 0,
  seed: 1,
  backend: "simulated",
  path: "/nowhere",
  fileSizeBytes: 4096,
  operation: operationOf(changes.readPercent ?? 0),
  readPercent: null,
  ranges: [],
  blockContent: "stamped",
  warmupSeconds: 0,
  durationSeconds: null,
  intervalSeconds: 1,
  jitWarmup: false,
  ...changes,
});
