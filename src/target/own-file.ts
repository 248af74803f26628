// A planned file of diskbench's own -> the file, reused or made anew, full, proved, marked and locked.

import { basename, dirname } from "node:path";
import { findMark, whyUntrusted, type FoundMark, type Mark } from "../machine/mark.ts";
import { unusable } from "../machine/resolve-target.ts";
import type { Allocation, DirectIo, HeldDirectory, OpenFile } from "../platform/platform.ts";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
import type { System } from "../shared/vocabulary.ts";
import { fillAndProve } from "./fill-and-prove.ts";
import { neverWrittenBytes } from "./filled.ts";
import { heldTarget } from "./held-target.ts";
import type { FillTarget, Preparation, ReadyTarget } from "./ready-target.ts";
import { leftBehind, saysStalled } from "./left-behind.ts";
import { takeOwnFile, usesOf, type OwnFile } from "./take.ts";
import { proveUnbuffered } from "./unbuffered.ts";
import { removeSidecar, writeAttribute, writeMark } from "./write-mark.ts";

const ATTRIBUTE_NAMES: Readonly<Record<System, string>> = {
  linux: "extended attribute user.diskbench",
  windows: "alternate data stream",
};

/** New files of diskbench's own: what others may write to would not be its own any more. */
const PERMISSIONS = 0o644;

/** A file of diskbench's own, and the directory that it is in, both held. */
type Held = Pick<OwnFile, "directory" | "file">;

/** `settled`: what changes the file from now on is not diskbench. */
function markFor(
  { platform, planned, options }: Preparation,
  file: OpenFile,
  state: Mark["state"],
  settled: boolean,
): Mark {
  const { sizeBytes, fill, preallocate } = planned;
  const { identity, ownerId, changedAtNs } = platform.files.detailsOf(file);
  return {
    tool: "diskbench",
    version: 2,
    state,
    sizeBytes,
    fill,
    preallocate,
    kept: options.keep,
    createdAt: new Date().toISOString(),
    identity,
    ownerId,
    changedAtNs: settled ? changedAtNs : null,
  };
}

/** Removes an open file that diskbench made, and its sidecar. False: its name led elsewhere by then. */
function remove({ platform }: Preparation, { directory, file }: Held): boolean {
  const removed = directory.remove(file);
  if (removed) removeSidecar(platform, directory, basename(file.path));
  return removed;
}

function close({ platform }: Preparation, { directory, file }: Held): void {
  platform.files.close(file);
  directory.close();
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

interface Made extends Held {
  readonly mark: Mark;
  /** Where the mark is; null: no mark counts on this file system, and there is no room for one in the file. */
  readonly place: FoundMark["place"] | null;
  readonly directIo: DirectIo | null;
  readonly allocation: Allocation | null;
}

function reuse(preparation: Preparation, { directory, file, found }: OwnFile): Made {
  const { platform, planned, options } = preparation;
  const directIo = proveUnbuffered(preparation, file);
  const { changedAtNs } = markFor(preparation, file, "ready", !planned.written);
  const mark = { ...found.mark, kept: options.keep, changedAtNs };
  const place = writeMark(platform, directory, file, mark);
  return { directory, file, mark, place, directIo, allocation: platform.files.allocation(file, planned.sizeBytes) };
}

/** Gives a new, empty file its size in the way that the plan asks for. */
function giveSize({ platform, planned }: Preparation, file: OpenFile): void {
  const { sizeBytes, preallocate } = planned;
  if (preallocate === "fill") platform.files.reserve(file, sizeBytes);
  platform.files.resize(file, sizeBytes);
}

/** FAT, directories shared with a virtual machine, and NFS for root show files as another user's or as open to all. */
function cannotBeKept(file: OpenFile, untrusted: string): DiskbenchError {
  return unusable(file.path, "A test file cannot be kept here: no later run could tell that it is diskbench's own", {
    cause: `Of a file that was made a moment ago this file system says that ${untrusted}`,
    next: "Leave --keep out, or choose a target on another file system",
  });
}

async function make(preparation: Preparation, { directory, file }: Held, fill: FillTarget): Promise<Made> {
  const { platform, planned, options } = preparation;
  if (!platform.files.lock(file)) {
    throw unusable(file.path, "Another program has locked it the moment it was created", { next: "Try again" });
  }
  const untrusted = whyUntrusted(platform.files.detailsOf(file));
  if (untrusted !== null && options.keep) throw cannotBeKept(file, untrusted);
  const write = (mark: Mark): Made["place"] =>
    // A sidecar would look the same, and nobody could tell whose it is, this run included.
    untrusted === null ? writeMark(platform, directory, file, mark) : writeAttribute(platform, file, mark);
  const markFilling = (): unknown => write(markFor(preparation, file, "filling", false));
  markFilling();
  giveSize(preparation, file);
  // Once more, for a sidecar whose file system keeps no birth times: there the size belongs to the proof of ownership.
  markFilling();
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
  const mark = markFor(preparation, file, "ready", !planned.written);
  return { directory, file, mark, place: write(mark), directIo, allocation };
}

function create(preparation: Preparation, directory: HeldDirectory): OpenFile {
  const name = basename(preparation.planned.facts.resolvedPath);
  const marked = directory.createMarked(name, (file) => JSON.stringify(markFor(preparation, file, "filling", false)));
  return marked ?? directory.create(name, PERMISSIONS);
}

/** Leaves the file behind so that the next run knows it, and whether somebody has worked on it since. */
function keep(preparation: Preparation, { directory, file, mark }: Made): void {
  const { platform } = preparation;
  // A run that only read has said so from the start, and does not vouch for what somebody wrote meanwhile.
  if (mark.changedAtNs !== null) return;
  platform.files.flush(file);
  const { changedAtNs } = platform.files.detailsOf(file);
  writeMark(platform, directory, file, { ...mark, changedAtNs });
}

/** Why the file must stay although it was to go; null: nothing speaks against removing it. */
function whyStays({ platform }: Preparation, { directory, file, mark, place }: Made): string | null {
  if (place !== null && findMark(platform.files, directory, file) === null) return "It lost its mark during the run";
  const { changedAtNs, ownerId } = platform.files.detailsOf(file);
  if (ownerId !== mark.ownerId) return "It was given to another user during the run";
  // Where the run writes there is nothing to compare with.
  if (mark.changedAtNs !== null && changedAtNs !== mark.changedAtNs) {
    return "Another program has written to it during the run";
  }
  const uses = usesOf(platform, file);
  return uses.length === 0 ? null : `It is in use: ${uses.join("; ")}`;
}

/** Removes the file unless it `stays` for a reason, and then says where it is. One that has gone is none to speak of. */
function removeOrSay(preparation: Preparation, held: Held, stays: string | null): void {
  const { directory, file } = held;
  if (stays === null && remove(preparation, held)) return;
  const where = directory.whereabouts(file);
  if (where === null) return;
  throw unusable(file.path, `The test file was not removed${where === file.path ? "" : `; it is ${where} now`}`, {
    cause: stays ?? "It was renamed or replaced during the run; what is there now is left alone",
    next: "Remove it by hand if it is not needed",
  });
}

function release(preparation: Preparation, made: Made, removes: boolean): void {
  try {
    if (removes) removeOrSay(preparation, made, whyStays(preparation, made));
    else keep(preparation, made);
  } finally {
    close(preparation, made);
  }
}

function toReady(preparation: Preparation, made: Made, how: Pick<ReadyTarget, "reused" | "notices">): ReadyTarget {
  const { place } = made;
  const mark = place === "attribute" ? ATTRIBUTE_NAMES[preparation.platform.system] : place;
  const origin = { created: !how.reused, mark, ...how };
  return heldTarget(preparation, made, origin, (removes) => release(preparation, made, removes));
}

async function makeAnew(
  preparation: Preparation,
  directory: HeldDirectory,
  notices: readonly string[],
  fill: FillTarget,
): Promise<ReadyTarget> {
  const held = { directory, file: create(preparation, directory) };
  try {
    return toReady(preparation, await make(preparation, held, fill), { reused: false, notices });
  } catch (thrown) {
    if (saysStalled(thrown)) throw new DiskbenchError(...thrown.failures, leftBehind(held.file.path));
    try {
      removeOrSay(preparation, held, null);
    } catch (alsoThrown) {
      // The file stays behind, and that must be said beside the reason.
      throw new DiskbenchError(...failuresOf(thrown), ...failuresOf(alsoThrown));
    } finally {
      preparation.platform.files.close(held.file);
    }
    throw thrown;
  }
}

async function prepareIn(preparation: Preparation, directory: HeldDirectory, fill: FillTarget): Promise<ReadyTarget> {
  const taken = takeOwnFile(preparation, directory);
  if (taken === null) return makeAnew(preparation, directory, [], fill);
  const { file, found } = taken;
  try {
    if (fits(preparation, taken)) {
      const notices = leftoverNotices(file.path, found, true);
      return toReady(preparation, reuse(preparation, taken), { reused: true, notices });
    }
    remove(preparation, taken);
  } catch (thrown) {
    preparation.platform.files.close(file);
    throw thrown;
  }
  preparation.platform.files.close(file);
  return makeAnew(preparation, directory, leftoverNotices(file.path, found, false), fill);
}

const directoryOf = ({ platform, planned }: Preparation): HeldDirectory =>
  platform.files.hold(dirname(planned.facts.resolvedPath), "none");

/** Makes the planned file ready. When that fails, whatever was created is gone again. */
export async function prepareOwnFile(preparation: Preparation, fill: FillTarget): Promise<ReadyTarget> {
  const directory = directoryOf(preparation);
  try {
    return await prepareIn(preparation, directory, fill);
  } catch (thrown) {
    if (!saysStalled(thrown)) directory.close();
    throw thrown;
  }
}

/** The file as it would be taken, or null: one can be created. Nothing is made or changed. */
export function checkOwnFile(preparation: Preparation): OpenFile | null {
  const directory = directoryOf(preparation);
  try {
    return takeOwnFile(preparation, directory)?.file ?? null;
  } finally {
    directory.close();
  }
}
