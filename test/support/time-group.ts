// A wish to freeze a process, or to let it have a part of the CPU only -> a cgroup of the test's own, of either version.

import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Requirement } from "./requirements.ts";
import type { Undo } from "./undo.ts";

const ROOT = "/sys/fs/cgroup";
const isUnified = existsSync(join(ROOT, "cgroup.controllers"));
const homeOf = (controller: string): string => (isUnified ? ROOT : join(ROOT, controller));

/** What a machine must have for `frozenGroup` and `quotaGroup`. */
export const FREEZER: Requirement = isUnified ? `${ROOT}/cgroup.procs` : `${ROOT}/freezer/cgroup.procs`;
export const QUOTA: Requirement = isUnified ? `${ROOT}/cgroup.procs` : `${ROOT}/cpu/cgroup.procs`;

let groups = 0;

function group(undo: Undo, controller: string): string {
  groups += 1;
  const directory = join(homeOf(controller), `diskbench-time-${process.pid}-${groups}`);
  mkdirSync(directory);
  undo(() => {
    // Ended processes leave a cgroup a moment after their parent has heard of it.
    for (let attempt = 0; ; attempt += 1) {
      try {
        return rmdirSync(directory);
      } catch (error) {
        if (attempt === 50) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  });
  return directory;
}

/** Puts a process into a group that `freeze` stops and `thaw` lets go on. Needs root. */
export function frozenGroup(undo: Undo, processId: number): { readonly freeze: () => void; readonly thaw: () => void } {
  const directory = group(undo, "freezer");
  writeFileSync(join(directory, "cgroup.procs"), String(processId));
  const [file, frozen, thawed] = isUnified ? ["cgroup.freeze", "1", "0"] : ["freezer.state", "FROZEN", "THAWED"];
  const say = (state: string): void => writeFileSync(join(directory, file), state);
  return { freeze: () => say(frozen), thaw: () => say(thawed) };
}

/** The words that start a program with `percent` of one CPU. Needs root. */
export function quotaGroup(undo: Undo, percent: number): readonly string[] {
  if (isUnified) writeFileSync(join(ROOT, "cgroup.subtree_control"), "+cpu");
  const directory = group(undo, "cpu");
  if (isUnified) writeFileSync(join(directory, "cpu.max"), `${percent * 1000} 100000`);
  else writeFileSync(join(directory, "cpu.cfs_quota_us"), String(percent * 1000));
  return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', join(directory, "cgroup.procs")];
}
