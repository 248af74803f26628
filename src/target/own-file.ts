// A planned file of diskbench's own -> the file, reused or made anew, full, proved, marked and locked.

import { PLAIN_OPEN } from "../machine/describe-target.ts";
import { findMark, type FoundMark, type Mark } from "../machine/mark.ts";
import { unusable } from "../machine/resolve-target.ts";
import type { Allocation, DirectIo, OpenFile } from "../platform/platform.ts";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
import type { System } from "../shared/vocabulary.ts";
import { fillAndProve } from "./fill-and-prove.ts";
import { exchangeableIdentity, neverWrittenBytes } from "./filled.ts";
import type { FillTarget, Preparation, ReadyTarget } from "./ready-target.ts";
import { leftBehind, saysStalled } from "./left-behind.ts";
import { takeOwnFile, type OwnFile } from "./take.ts";
import { proveUnbuffered } from "./unbuffered.ts";
import { watch } from "./watch.ts";
import { removeSidecar, writeMark } from "./write-mark.ts";

const ATTRIBUTE_NAMES: Readonly<Record<System, string>> = {
  linux: "extended attribute user.diskbench",
  windows: "alternate data stream",
};

function markFor({ planned, options }: Preparation, state: Mark["state"]): Mark {
  const { sizeBytes, fill, preallocate } = planned;
  const createdAt = new Date().toISOString();
  return { tool: "diskbench", version: 1, state, sizeBytes, fill, preallocate, kept: options.keep, createdAt };
}

/** Removes an open file that diskbench made, and its sidecar, then closes it. False: its name led elsewhere by then. */
function removeAndClose({ platform }: Preparation, file: OpenFile): boolean {
  try {
    const removed = platform.files.remove(file);
    if (removed) removeSidecar(file.path);
    return removed;
  } finally {
    platform.files.close(file);
  }
}

/** Whether a file of ours that is there can stand in for the planned one, contents and all. */
function fits({ platform, planned }: Preparation, { file, found: { mark } }: OwnFile): boolean {
  if (mark.state !== "ready") return false;
  if (planned.preallocate === "none") return platform.files.statusOf(file).sizeBytes >= planned.sizeBytes;
  // Timed writes leave random bytes: a file that was all zeros, or all hole, is not so any more.
  if (planned.preallocate !== "fill" || planned.fill !== "random") return false;
  if (mark.sizeBytes !== planned.sizeBytes || mark.fill !== planned.fill || mark.preallocate !== "fill") return false;
  return neverWrittenBytes(platform.files.allocation(file, planned.sizeBytes)) === 0;
}

function leftoverNotices(path: string, { mark }: FoundMark, reused: boolean): string[] {
  if (mark.kept && mark.state === "ready") {
    return reused ? [] : [`${path} was kept for other settings and is made anew`];
  }
  const origin = `${path} was left behind by a run that was ended from outside`;
  return [`${origin}; it ${reused ? "fits and is used again" : "is made anew"}`];
}

/** How an own file came to be ready. */
interface Made {
  readonly file: OpenFile;
  readonly place: FoundMark["place"];
  readonly directIo: DirectIo | null;
  readonly allocation: Allocation | null;
}

function reuse(preparation: Preparation, { file, found }: OwnFile): Made {
  const { platform, planned, options } = preparation;
  const directIo = proveUnbuffered(preparation, file);
  const place = writeMark(platform, file, { ...found.mark, kept: options.keep });
  return { file, place, directIo, allocation: platform.files.allocation(file, planned.sizeBytes) };
}

/** Gives a new, empty file its size in the way that the plan asks for. */
function giveSize({ platform, planned }: Preparation, file: OpenFile): void {
  const { sizeBytes, preallocate } = planned;
  if (preallocate === "fill") platform.files.reserve(file, sizeBytes);
  platform.files.resize(file, sizeBytes);
}

async function make(preparation: Preparation, file: OpenFile, fill: FillTarget): Promise<Made> {
  const { platform, planned } = preparation;
  if (!platform.files.lock(file)) {
    throw unusable(file.path, "Another program has locked it the moment it was created", { next: "Try again" });
  }
  writeMark(platform, file, markFor(preparation, "filling"));
  giveSize(preparation, file);
  // Once more, for a sidecar whose file system keeps no birth times: there the size belongs to the proof of ownership.
  writeMark(platform, file, markFor(preparation, "filling"));
  const told = platform.files.directIo(file);
  const directIo = proveUnbuffered(preparation, file);
  if (planned.preallocate !== "fill") {
    // A probe has written the first page; it becomes a hole again.
    platform.files.resize(file, 0);
    platform.files.resize(file, planned.sizeBytes);
  }
  if (planned.preallocate === "valid-data") platform.files.declareValid(file, planned.sizeBytes);
  const unbuffered = directIo !== null || (told.offsetAlignmentBytes ?? 0) > 0;
  const allocation = await fillAndProve(preparation, file, unbuffered, fill);
  const place = writeMark(platform, file, markFor(preparation, "ready"));
  return { file, place, directIo, allocation };
}

function create(preparation: Preparation): OpenFile {
  const { platform, planned } = preparation;
  const path = planned.facts.resolvedPath;
  const mark = JSON.stringify(markFor(preparation, "filling"));
  const marked = platform.files.createMarked(path, mark);
  return marked ?? platform.files.open(path, { ...PLAIN_OPEN, access: "read-write", create: "new" });
}

function release(preparation: Preparation, file: OpenFile, remove: boolean): void {
  const { files } = preparation.platform;
  if (!remove) {
    files.close(file);
    return;
  }
  const marked = findMark(files, file) !== null;
  if (!marked) files.close(file);
  else if (removeAndClose(preparation, file) || files.status(file.path) === null) return;
  throw unusable(file.path, "The test file was not removed", {
    cause: marked
      ? "It was replaced during the run; what is there now is left alone"
      : "It lost its mark during the run",
    next: "Remove it by hand if it is not needed",
  });
}

function toReady(preparation: Preparation, made: Made, how: Pick<ReadyTarget, "reused" | "notices">): ReadyTarget {
  const { platform, planned } = preparation;
  const { file, place, directIo, allocation } = made;
  let released = false;
  return {
    path: file.path,
    identity: exchangeableIdentity(preparation, file),
    sizeBytes: planned.sizeBytes,
    allocation,
    created: !how.reused,
    ...how,
    unbufferedBasis: directIo?.basis ?? null,
    mark: place === "attribute" ? ATTRIBUTE_NAMES[platform.system] : "sidecar",
    cold: platform.files.evict(file, planned.sizeBytes).complete,
    ...watch(preparation, file, allocation),
    release({ remove }) {
      if (released) return;
      released = true;
      release(preparation, file, remove);
    },
  };
}

async function makeAnew(preparation: Preparation, notices: readonly string[], fill: FillTarget): Promise<ReadyTarget> {
  const file = create(preparation);
  try {
    return toReady(preparation, await make(preparation, file, fill), { reused: false, notices });
  } catch (thrown) {
    if (saysStalled(thrown)) throw new DiskbenchError(...thrown.failures, leftBehind(file.path));
    try {
      removeAndClose(preparation, file);
    } catch (alsoThrown) {
      // The file stays behind, and that must be said beside the reason.
      throw new DiskbenchError(...failuresOf(thrown), ...failuresOf(alsoThrown));
    }
    throw thrown;
  }
}

/** Makes the planned file ready. When that fails, whatever was created is gone again. */
export async function prepareOwnFile(preparation: Preparation, fill: FillTarget): Promise<ReadyTarget> {
  const taken = takeOwnFile(preparation);
  if (taken === null) return makeAnew(preparation, [], fill);
  const { file, found } = taken;
  try {
    if (fits(preparation, taken)) {
      const notices = leftoverNotices(file.path, found, true);
      return toReady(preparation, reuse(preparation, taken), { reused: true, notices });
    }
  } catch (thrown) {
    preparation.platform.files.close(file);
    throw thrown;
  }
  removeAndClose(preparation, file);
  return makeAnew(preparation, leftoverNotices(file.path, found, false), fill);
}
