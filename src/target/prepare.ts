// A plan's targets -> checked all together while nothing is touched yet, then made ready one by one.

import { basename, dirname } from "node:path";
import { unusable, type TargetPlatform } from "../machine/resolve-target.ts";
import type { Plan, PlannedTarget } from "../plan/plan.ts";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
import { prepareForeign } from "./foreign.ts";
import { checkOwnFile, prepareOwnFile } from "./own-file.ts";
import {
  preparationOf,
  type FillTarget,
  type Preparation,
  type ReadyTarget,
  type TargetOptions,
} from "./ready-target.ts";
import { takeDevice, takeExistingFile } from "./take.ts";
import { refuseIfBuffered } from "./unbuffered.ts";

/** A target whose cases do no I/O: nothing is opened, nothing made. */
function untouched({ facts, sizeBytes }: PlannedTarget): ReadyTarget {
  return {
    path: facts.resolvedPath,
    identity: null,
    sizeBytes,
    allocation: null,
    created: false,
    reused: false,
    unbufferedBasis: null,
    mark: null,
    cold: null,
    notices: [],
    verifyUnchanged: () => null,
    refuseUse: () => undefined,
    look: () => undefined,
    release: () => undefined,
  };
}

const TAKE = {
  file: checkOwnFile,
  "existing-file": takeExistingFile,
  device: takeDevice,
} as const;

/** What names a file that is not there yet in whatever way its directory is spelt (a bind mount is another spelling). */
function placeToBe({ files }: TargetPlatform, { facts }: PlannedTarget): string | null {
  if (facts.existing !== null) return null;
  const directory = files.status(dirname(facts.resolvedPath));
  if (directory === null) return null;
  const { device, inode } = directory.identity;
  return `${device}:${inode} ${basename(facts.resolvedPath)}`;
}

/** Two targets that would be one file once the first is made. The plan knows those that are there already. */
function refuseSharedPlaces(platform: TargetPlatform, { targets }: Plan): void {
  const known = new Map<string, PlannedTarget>();
  for (const planned of targets) {
    const place = placeToBe(platform, planned);
    const earlier = place === null ? undefined : known.get(place);
    if (earlier !== undefined) {
      const what = `The targets ${earlier.facts.path} and ${planned.facts.path} are the same file`;
      throw unusable(planned.facts.resolvedPath, what, { next: "Name each target once" });
    }
    if (place !== null) known.set(place, planned);
  }
}

/**
 * Takes every target that exists and gives it up again; creates and changes nothing. Throws one error with all that
 * speaks against any of them, so that a bad target among good ones is known before the first is touched.
 */
export function checkTargets(platform: TargetPlatform, plan: Plan, options: TargetOptions): void {
  refuseSharedPlaces(platform, plan);
  const failures = plan.targets.flatMap((planned) => {
    const preparation = preparationOf(platform, planned, plan, options);
    if (preparation === null) return [];
    try {
      const file = TAKE[planned.kind](preparation);
      if (file === null) return [];
      try {
        refuseIfBuffered(preparation, file);
      } finally {
        platform.files.close(file);
      }
      return [];
    } catch (thrown) {
      return failuresOf(thrown);
    }
  });
  const [first, ...others] = failures;
  if (first !== undefined) throw new DiskbenchError(first, ...others);
}

const PREPARE: Readonly<
  Record<PlannedTarget["kind"], (preparation: Preparation, fill: FillTarget) => Promise<ReadyTarget>>
> = {
  file: prepareOwnFile,
  "existing-file": (preparation, fill) => prepareForeign(preparation, fill, takeExistingFile),
  device: (preparation, fill) => prepareForeign(preparation, fill, takeDevice),
};

/**
 * Makes one target of the plan ready for I/O and holds it until it is released. `fill` writes it full where the plan
 * asks for that. Throws when it cannot be made ready; nothing that was created for it stays behind then.
 */
export async function prepareTarget(
  platform: TargetPlatform,
  planned: PlannedTarget,
  plan: Plan,
  options: TargetOptions,
  fill: FillTarget,
): Promise<ReadyTarget> {
  const preparation = preparationOf(platform, planned, plan, options);
  return preparation === null ? untouched(planned) : PREPARE[planned.kind](preparation, fill);
}
