// An open target -> the proof that I/O on it bypasses the page cache, or the error that it does not.

import { PLAIN_OPEN } from "../platform/plain-open.ts";
import type { TargetFacts } from "../machine/machine.ts";
import { unusable } from "../machine/resolve-target.ts";
import type { DirectIo, OpenFile } from "../platform/platform.ts";
import { DiskbenchError } from "../shared/errors.ts";
import type { Preparation } from "./ready-target.ts";

// Their page cache is the medium: O_DIRECT is accepted, and there is nothing that it could bypass.
const MEMORY_FILE_SYSTEMS: readonly string[] = ["tmpfs"];

/** Whether ext4 writes this file's data through its journal, and therefore through the page cache. */
const journalsData = ({ fileSystem, mountOptions }: TargetFacts): boolean =>
  fileSystem === "ext4" && (mountOptions ?? "").split(",").includes("data=journal");

function refusal({ planned }: Preparation, basis: string): DiskbenchError {
  const { facts } = planned;
  const system = facts.fileSystem ?? "This file system";
  const cause = journalsData(facts)
    ? "ext4 mounted with data=journal writes all data through its journal"
    : `${system} does not do unbuffered I/O for this file`;
  return unusable(facts.resolvedPath, `Unbuffered I/O is not to be had here: ${basis}`, {
    cause: facts.fileSystem === "btrfs" ? `${cause}: btrfs keeps checksums of it (chattr +C turns them off)` : cause,
    next: "Choose a target on another file system, or set `caching: buffered`",
  });
}

/** Opens the target unbuffered and writes nothing: all that may be tried on what is not diskbench's own. */
function tryOpening({ platform, planned }: Preparation): DirectIo {
  const path = planned.facts.resolvedPath;
  platform.files.close(platform.files.open(path, { ...PLAIN_OPEN, caching: "unbuffered" }));
  const what = planned.kind === "device" ? "a block device" : (planned.facts.fileSystem ?? "the file system");
  const basis = `${what} accepts O_DIRECT; not probed, because the target is not diskbench's own`;
  return { offsetAlignmentBytes: null, memoryAlignmentBytes: null, basis };
}

function findOut(preparation: Preparation, file: OpenFile): DirectIo {
  const { platform, planned } = preparation;
  const told = platform.files.directIo(file);
  if (told.offsetAlignmentBytes !== null) return told;
  const { fileSystem } = planned.facts;
  if (fileSystem !== null && MEMORY_FILE_SYSTEMS.includes(fileSystem)) {
    return { ...told, basis: `${fileSystem}: memory` };
  }
  return planned.kind === "file" ? platform.files.probeDirectIo(file) : tryOpening(preparation);
}

/** Null: the plan needs no unbuffered I/O. Throws TARGET_UNUSABLE where it needs it and cannot have it. */
export function proveUnbuffered(preparation: Preparation, file: OpenFile): DirectIo | null {
  if (!preparation.unbuffered) return null;
  const found = findOut(preparation, file);
  if (found.offsetAlignmentBytes === 0) throw refusal(preparation, found.basis);
  return found;
}

/** The same as far as asking the system goes; tries nothing, changes nothing. */
export function refuseIfBuffered(preparation: Preparation, file: OpenFile): void {
  if (!preparation.unbuffered) return;
  const told = preparation.platform.files.directIo(file);
  if (told.offsetAlignmentBytes === 0) throw refusal(preparation, told.basis);
}
