// A path -> the directory that it leads to, reached name by name, and no further than through trusted links.

import { constants } from "node:fs";
import { join } from "node:path";
import { DiskbenchError } from "../../shared/errors.ts";
import type { FollowedLinks } from "../platform.ts";
import {
  fileCallFailed,
  libcClose,
  libcMkdirat,
  libcOpenat,
  libcReadlinkat,
  O_CLOEXEC,
  resultOrErrno,
} from "./file-calls.ts";
import { isLink, statxOfDescriptor } from "./statx.ts";

/** Not among node's constants; the same on x86-64 and arm64. A handle that only tells a place, and opens no device. */
export const O_PATH = 0o10000000;
/** Asked for as a directory, so that an automatic mount on the way happens (open(2), O_PATH). */
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const ENTRY = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;
const AT_FDCWD = -100;
/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;
const LONGEST_LINK_BYTES = 4096;
const ENOENT = 2;
const EEXIST = 17;
const ENOTDIR = 20;
const ELOOP = 40;

/** Where a walk has come to: a directory by its handle, how it is called, and the names that are still to follow. */
interface Place {
  handle: number;
  path: string;
  ahead: string[];
  links: number;
}

const namesOf = (path: string): string[] => path.split("/").filter((name) => name !== "" && name !== ".");

function begin(path: string): Place {
  const start = path.startsWith("/") ? "/" : ".";
  const handle = resultOrErrno(() => libcOpenat(AT_FDCWD, start, DIRECTORY, 0));
  if (handle < 0) throw fileCallFailed("openat", -handle, path, "The directory cannot be reached");
  return { handle, path: start, ahead: namesOf(path), links: 0 };
}

const refused = (
  where: string,
  what: string,
  code: "TARGET_UNUSABLE" | "TARGET_CHANGED" = "TARGET_UNUSABLE",
): DiskbenchError => new DiskbenchError({ code, what, where, next: "Remove the link, or name another place" });

function refuseForeign(ownerId: number, where: string, links: FollowedLinks): void {
  // All links on the way had been followed: this one is new.
  if (links === "none") throw refused(where, "A symbolic link was put here and is not followed", "TARGET_CHANGED");
  if (ownerId === process.geteuid?.() || ownerId === 0) return;
  throw refused(where, `this symbolic link belongs to another user (user id ${ownerId}) and is not followed`);
}

/**
 * What the link `name` says, if it is one that may be followed; null: it is none, or nothing is there. Owner and text
 * are of one and the same link, whoever exchanges it meanwhile. Throws where it must not be followed.
 */
function linkAt(place: Place, name: string, links: FollowedLinks): string | null {
  const where = join(place.path, name);
  const handle = resultOrErrno(() => libcOpenat(place.handle, name, ENTRY, 0));
  if (handle === -ENOENT) return null;
  if (handle < 0) throw fileCallFailed("openat", -handle, where, "It cannot be looked at");
  try {
    const found = statxOfDescriptor(handle, where);
    if (!isLink(found)) return null;
    refuseForeign(found.ownerId, where, links);
    const text = Buffer.alloc(LONGEST_LINK_BYTES);
    const length = resultOrErrno(() => libcReadlinkat(handle, "", text, text.length));
    if (length < 0) throw fileCallFailed("readlinkat", -length, where, "The symbolic link cannot be read");
    return text.toString("utf8", 0, length);
  } finally {
    libcClose(handle);
  }
}

function moveTo(place: Place, handle: number, path: string): void {
  libcClose(place.handle);
  place.handle = handle;
  place.path = path;
}

function follow(place: Place, name: string, text: string): void {
  place.links += 1;
  if (place.links > MOST_LINKS) throw refused(join(place.path, name), "There are too many symbolic links on the way");
  place.ahead.unshift(...namesOf(text));
  if (!text.startsWith("/")) return;
  const root = begin("/");
  moveTo(place, root.handle, root.path);
}

function openDirectory(place: Place, name: string, make: boolean): number {
  const open = (): number => resultOrErrno(() => libcOpenat(place.handle, name, DIRECTORY, 0));
  const handle = open();
  if (handle !== -ENOENT || !make) return handle;
  const made = resultOrErrno(() => libcMkdirat(place.handle, name, 0o777));
  if (made < 0 && made !== -EEXIST) {
    throw fileCallFailed("mkdirat", -made, join(place.path, name), "The directory cannot be made");
  }
  return open();
}

function enter(place: Place, name: string, links: FollowedLinks, make: boolean): void {
  const where = join(place.path, name);
  const handle = openDirectory(place, name, make);
  if (handle >= 0) {
    moveTo(place, handle, where);
    return;
  }
  const text = handle === -ENOTDIR || handle === -ELOOP ? linkAt(place, name, links) : null;
  if (text === null) throw fileCallFailed("openat", -handle, where, "The directory cannot be reached");
  follow(place, name, text);
}

/** Runs `walk` to its end, or gives up what it has come to. */
function walking<End>(path: string, walk: (place: Place) => End): End {
  const place = begin(path);
  try {
    return walk(place);
  } catch (thrown) {
    libcClose(place.handle);
    throw thrown;
  }
}

export interface ReachedDirectory {
  readonly handle: number;
  readonly path: string;
}

/** The directory at `path`, by a handle that only tells its place. With `make` what is missing on the way is made. */
export function reachDirectory(path: string, links: FollowedLinks, make: boolean): ReachedDirectory {
  return walking(path, (place) => {
    for (let name = place.ahead.shift(); name !== undefined; name = place.ahead.shift()) {
      enter(place, name, links, make);
    }
    return place;
  });
}

/** The directory in which `path` ends, and the name there, which is no link and may be missing; `.` for a root. */
export function reachEntry(
  path: string,
  links: FollowedLinks,
  make: boolean,
): { readonly directory: ReachedDirectory; readonly name: string } {
  return walking(path, (place) => {
    for (let name = place.ahead.shift() ?? "."; ; name = place.ahead.shift() ?? ".") {
      const text = place.ahead.length > 0 ? null : linkAt(place, name, links);
      if (text !== null) follow(place, name, text);
      else if (place.ahead.length === 0) return { directory: place, name };
      else enter(place, name, links, make);
    }
  });
}
