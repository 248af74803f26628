// The words between a run and its targets: what is asked for, and what a target that is ready can tell and do.

import { touchesTarget } from "../shared/methods.ts";
import type { Allocation, FileIdentity } from "../platform/platform.ts";
import type { TargetPlatform } from "../machine/resolve-target.ts";
import { membersOf, type Plan, type PlannedTarget } from "../plan/plan.ts";
import type { Failure } from "../shared/errors.ts";

export interface TargetOptions {
  /** Leave diskbench's own files behind for the next run. */
  readonly keep: boolean;
  /** Write to files that are not diskbench's own. */
  readonly force: boolean;
  /** Identities of the raw devices that may be used, as `diskbench devices` prints them. */
  readonly confirm: readonly string[];
}

/** Asks the caller to write a whole target full. It exists, its space is reserved, and it is locked for this process. */
export interface FillRequest {
  readonly targetIndex: number;
  readonly path: string;
  /** What must stand at `path`; null: nothing else can come there. */
  readonly identity: FileIdentity | null;
  readonly sizeBytes: number;
  readonly kind: "random" | "zero";
  /** Whether unbuffered I/O is to be had; where it is not, the fill goes through the page cache. */
  readonly unbuffered: boolean;
  /** To be called now and then: looks at the size, as `ReadyTarget.look` does. */
  readonly look: () => void;
}

export type FillTarget = (request: FillRequest) => Promise<void>;

/** A target from which I/O may start now. It stays locked until `release`. */
export interface ReadyTarget {
  readonly path: string;
  /** What I/O must find at `path`; null: nothing else can come there, or no I/O happens. */
  readonly identity: FileIdentity | null;
  readonly sizeBytes: number;
  /** How the file is allocated; null for devices and for targets on which no I/O happens. */
  readonly allocation: Allocation | null;
  readonly created: boolean;
  /** diskbench made the file in an earlier run, and it fits. */
  readonly reused: boolean;
  /** What the claim rests on that I/O bypasses the cache; null: nothing unbuffered is planned here. */
  readonly unbufferedBasis: string | null;
  /** Where the mark is by which the file is known to be diskbench's own; null: it carries none. */
  readonly mark: string | null;
  /** True when nothing of it was left in the page cache; null for targets on which no I/O happens. */
  readonly cold: boolean | null;
  /** What a person should know about how the target came to be ready. */
  readonly notices: readonly string[];
  /** Whether size, holes or identity have changed since the target was made ready, or since the last call. */
  verifyUnchanged(): Failure | null;
  /** Throws where something has come to use the file by now (a loop device, swap, a virtual machine) and I/O would write to it. */
  refuseUse(): void;
  /** Looks at the size while a round runs, so that a file that was cut and has grown again is found out. */
  look(): void;
  /** Gives the target up; with `remove` a file of diskbench's own is removed first. Nothing happens the second time. */
  release(options: { readonly remove: boolean }): void;
}

/** All that making one target ready works with. */
export interface Preparation {
  readonly platform: TargetPlatform;
  readonly planned: PlannedTarget;
  /** Whether some case's I/O is to bypass the cache. */
  readonly unbuffered: boolean;
  readonly options: TargetOptions;
}

/** Collects what `planned` needs. Null: no case does I/O on it, because their methods have no medium. */
export function preparationOf(
  platform: TargetPlatform,
  planned: PlannedTarget,
  plan: Plan,
  options: TargetOptions,
): Preparation | null {
  const cases = plan.cases
    .flatMap(membersOf)
    .filter(({ targetIndex, settings }) => targetIndex === planned.index && touchesTarget(settings.backend));
  if (cases.length === 0) return null;
  const unbuffered = cases.some(({ settings }) => settings.caching === "unbuffered");
  return { platform, planned, unbuffered, options };
}
