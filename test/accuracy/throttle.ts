// Limits for one device -> a cgroup of the test's own in which every process keeps to them (blk-throttle in the kernel).

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoopDevice } from "../support/places.ts";
import type { Requirement } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

const UNIFIED = "/sys/fs/cgroup";
const BLOCK_IO = "/sys/fs/cgroup/blkio";
const isUnified = existsSync(`${UNIFIED}/cgroup.controllers`);

/** What a machine must have for `throttle`. */
export const THROTTLE: Requirement = isUnified ? `${UNIFIED}/cgroup.controllers` : `${BLOCK_IO}/cgroup.procs`;

export interface Limits {
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
  readonly readBytesPerSecond?: number;
  readonly writeBytesPerSecond?: number;
}

/** Names of the limits: files of cgroup v1, keys in `io.max` of version 2. */
const NAMES: Readonly<Record<keyof Limits, readonly [version1: string, version2: string]>> = {
  readsPerSecond: ["read_iops", "riops"],
  writesPerSecond: ["write_iops", "wiops"],
  readBytesPerSecond: ["read_bps", "rbps"],
  writeBytesPerSecond: ["write_bps", "wbps"],
};

let groups = 0;

/** Ended processes leave a cgroup a moment after their parent has heard of it. */
function removeGroup(directory: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return rmdirSync(directory);
    } catch (error) {
      if (attempt === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function limit(directory: string, device: LoopDevice, limits: Limits): void {
  const number = readFileSync(`/sys/block/${device.name}/dev`, "utf8").trim();
  for (const [key, [version1, version2]] of Object.entries(NAMES)) {
    const value = limits[key as keyof Limits];
    if (value === undefined) continue;
    if (isUnified) writeFileSync(join(directory, "io.max"), `${number} ${version2}=${value}`);
    else writeFileSync(join(directory, `blkio.throttle.${version1}_device`), `${number} ${value}`);
  }
}

/** One device and what is allowed on it. */
export interface Limited {
  readonly device: LoopDevice;
  readonly limits: Limits;
}

/** Like `throttle`, for several devices that the same program uses: a process has one cgroup. */
export function throttleEach(undo: Undo, all: readonly Limited[]): readonly string[] {
  groups += 1;
  const directory = join(isUnified ? UNIFIED : BLOCK_IO, `diskbench-accuracy-${process.pid}-${groups}`);
  if (isUnified) writeFileSync(join(UNIFIED, "cgroup.subtree_control"), "+io");
  mkdirSync(directory);
  undo(() => removeGroup(directory));
  for (const { device, limits } of all) limit(directory, device, limits);
  return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', join(directory, "cgroup.procs")];
}

/**
 * Returns the words that start a program under `limits` on `device`; only processes so started are held back. Limits
 * hold what a process itself hands to the device. Needs root.
 */
export function throttle(undo: Undo, device: LoopDevice, limits: Limits): readonly string[] {
  return throttleEach(undo, [{ device, limits }]);
}
