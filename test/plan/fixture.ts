// A document -> the plan for it on a made-up machine with made-up targets.

import type { PlanOptions } from "../../src/rules/target-rules.ts";
import type { Machine, TargetFacts } from "../../src/machine/machine.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { FileStatus } from "../../src/platform/platform.ts";
import { loadDocument } from "../../src/profile/load.ts";
import type { Failure } from "../../src/shared/errors.ts";
import { failuresThrownBy } from "../profile/thrown.ts";

export const KIBIBYTE = 1024;
export const MEBIBYTE = 1024 ** 2;
export const GIBIBYTE = 1024 ** 3;

export const LINUX: Machine = {
  system: "linux",
  operatingSystem: "Linux 6.18.1",
  hostname: "bench",
  architecture: "x64",
  cpuModel: "Example CPU",
  cpuCount: 8,
  memoryBytes: 16 * GIBIBYTE,
  pageSizeBytes: 4096,
  nodeVersion: "20.20.0",
  clock: { name: "CLOCK_MONOTONIC", resolutionNs: 1 },
  headroom: null,
  unavailable: {},
};

export const WINDOWS: Machine = { ...LINUX, system: "windows", operatingSystem: "Windows 10.0.22631" };

/** A place on a file system with 100 GiB, half of them free, where nothing stands yet. */
export function placeFor(path: string, changes: Partial<TargetFacts> = {}): TargetFacts {
  return {
    path,
    resolvedPath: `/mnt/disk/${path}`,
    existing: null,
    ours: false,
    fileSystem: "ext4",
    mountPoint: "/mnt/disk",
    mountOptions: "rw,relatime",
    freeBytes: 50 * GIBIBYTE,
    totalBytes: 100 * GIBIBYTE,
    directIo: { offsetAlignmentBytes: 512, memoryAlignmentBytes: 4, basis: "STATX_DIOALIGN" },
    device: {
      name: "nvme0n1",
      model: "Example SSD",
      serial: "S1",
      firmware: "F1",
      sizeBytes: 200 * GIBIBYTE,
      logicalSectorBytes: 512,
      physicalSectorBytes: 4096,
      rotational: false,
      writeCache: "write back",
      polls: false,
    },
    memoryBasis: null,
    ...changes,
  };
}

/** What stands in a place already: a fully allocated file unless `changes` say otherwise. */
export function existing(sizeBytes: number, changes: Partial<FileStatus> = {}): FileStatus {
  return {
    kind: "file",
    kindText: "a regular file",
    sizeBytes,
    allocatedBytes: sizeBytes,
    identity: { device: "8:1", inode: "42", birthTimeNs: null },
    ...changes,
  };
}

export interface Surroundings {
  readonly machine?: Machine;
  /** One entry per target; left-out ones are empty places. */
  readonly facts?: readonly Partial<TargetFacts>[];
  readonly options?: Partial<PlanOptions>;
}

/** The plan for `document`, or whatever `buildPlan` throws. */
export function planFor(document: object, { machine = LINUX, facts = [], options = {} }: Surroundings = {}): Plan {
  const profile = loadDocument({ jobs: [{ name: "j" }], ...document }, "p.json");
  const places = profile.targets.map(({ path }, index) => placeFor(path, facts[index]));
  return buildPlan(profile, machine, places, { force: false, allowFull: false, ...options });
}

/** The plan for a single job named `j`. */
export function planForJob(job: object, surroundings: Surroundings = {}): Plan {
  return planFor({ jobs: [{ name: "j", ...job }] }, surroundings);
}

export function failuresFor(document: object, surroundings: Surroundings = {}): readonly Failure[] {
  return failuresThrownBy(() => planFor(document, surroundings));
}
