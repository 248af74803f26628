// A few words -> the planned target and the plan around it that target/ works from, and ways to fill.

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { describeTarget } from "../../src/machine/describe-target.ts";
import type { Case, Plan, PlannedTarget } from "../../src/plan/plan.ts";
import type { Profile } from "../../src/profile/profile.ts";
import type { FillRequest, FillTarget, ReadyTarget, TargetOptions } from "../../src/target/ready-target.ts";
import { prepareTarget } from "../../src/target/prepare.ts";
import type { TargetPlatform } from "../../src/machine/resolve-target.ts";
import { jobOf, settingsOf } from "../support/builders.ts";
import { linuxPlatform } from "../support/linux-platform.ts";

export const MEBIBYTE = 2 ** 20;
export const NO_OPTIONS: TargetOptions = { keep: false, force: false, confirm: [] };

/** What a test says about a target beside its path. */
export interface Wish extends Partial<Omit<PlannedTarget, "facts" | "index">> {
  readonly path: string;
  readonly caching?: Case["settings"]["caching"];
  readonly backend?: Case["settings"]["backend"];
}

function plannedTarget(platform: TargetPlatform, wish: Wish, index: number): PlannedTarget {
  const facts = describeTarget(platform, wish.path, "/");
  const foreign = facts.existing === null || facts.ours ? "file" : "existing-file";
  const { kind = facts.existing?.kind === "block-device" ? "device" : foreign, sizeBytes = MEBIBYTE } = wish;
  const { fill = "random", preallocate = "fill", written = true } = wish;
  const { fillBytes = preallocate === "fill" && fill !== "none" ? sizeBytes : 0 } = wish;
  return { index, facts, kind, sizeBytes, fill, preallocate, written, fillBytes };
}

function plannedCase({ index, facts, fill, preallocate }: PlannedTarget, wish: Wish): Case {
  const { backend = "pwrite", caching = "buffered" } = wish;
  return {
    index,
    id: `case-${index}`,
    job: "job",
    targetIndex: index,
    settings: settingsOf({ operation: "write", backend, caching, target: facts.resolvedPath, preallocate, fill }),
    ios: null,
    ranges: [],
  };
}

const PROFILE: Profile = {
  name: "test",
  description: null,
  seed: 1,
  rounds: 1,
  targets: [{ path: "x", sizeBytes: null, fill: "random", preallocate: "fill" }],
  jobs: [jobOf({ operation: ["write"], blockSizeBytes: [4096], durationSeconds: 1, warmupSeconds: 0 })],
  gates: [],
  tolerances: [],
  points: [],
};

/** A plan with one case on each of the wished-for targets, from the facts as they are now. */
export function planFor(wishes: readonly Wish[], platform: TargetPlatform = linuxPlatform): Plan {
  const targets = wishes.map((wish, index) => plannedTarget(platform, wish, index));
  return {
    profile: PROFILE,
    machine: {
      system: "linux",
      operatingSystem: "Linux",
      hostname: "test",
      architecture: "x64",
      cpuModel: "test",
      cpuCount: 1,
      memoryBytes: 0,
      pageSizeBytes: 4096,
      nodeVersion: "v0",
      clock: { name: "test", resolutionNs: 1 },
      headroom: null,
      unavailable: {},
    },
    seed: 1,
    rounds: 1,
    targets,
    cases: wishes.flatMap((wish, index) => {
      const planned = targets[index];
      return planned === undefined ? [] : [plannedCase(planned, wish)];
    }),
    order: [],
    wear: { fillBytes: 0, writtenBytes: null },
    estimatedSeconds: 0,
    notes: [],
  };
}

/** Writes what is asked for, to its end, as the engine does. */
export const fillCompletely: FillTarget = async ({ path, sizeBytes, kind }) => {
  const descriptor = openSync(path, "r+");
  for (let offset = 0; offset < sizeBytes; offset += MEBIBYTE) {
    const length = Math.min(MEBIBYTE, sizeBytes - offset);
    writeSync(descriptor, kind === "random" ? randomBytes(length) : Buffer.alloc(length), 0, length, offset);
  }
  fsyncSync(descriptor);
  closeSync(descriptor);
};

/** Fills as above and remembers what it was asked. */
export function rememberingFill(): { fill: FillTarget; requests: FillRequest[] } {
  const requests: FillRequest[] = [];
  const fill: FillTarget = async (request) => {
    requests.push(request);
    await fillCompletely(request);
  };
  return { fill, requests };
}

/** Plans and prepares a single target. */
export async function prepare(
  wish: Wish,
  options: Partial<TargetOptions> = {},
  fill: FillTarget = fillCompletely,
  platform: TargetPlatform = linuxPlatform,
): Promise<ReadyTarget> {
  const plan = planFor([wish], platform);
  const planned = plan.targets[0];
  if (planned === undefined) throw new Error("no target was planned");
  return prepareTarget(platform, planned, plan, { ...NO_OPTIONS, ...options }, fill);
}
