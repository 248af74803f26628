// A directory's path -> the directory, held so that nobody can rename it, and what is made and removed in it.

import { linkSync, mkdirSync, readdirSync, renameSync } from "node:fs";
// Of Windows wherever this runs: tests script a Windows on other systems.
import { win32 as windows } from "node:path";
import type { FileDetails, FileStatus, FollowedLinks, HeldDirectory, OpenFile, OpenOptions } from "../platform.ts";
import {
  ACCESS,
  DISPOSITION,
  ERROR,
  FILE_ATTRIBUTE,
  FILE_FLAG,
  FILE_INFO,
  INVALID_HANDLE,
  SHARE,
} from "./constants.ts";
import { DiskbenchError, systemErrorOf, type FailureCode } from "../../shared/errors.ts";
import { sameIdentity } from "../file-identity.ts";
import { linkAt } from "../named-files.ts";
import { fileCallFailed } from "./file-calls.ts";
import { attributesOf, statusOf } from "./file-status.ts";
import { openExisting } from "./handles.ts";
import type { Win32 } from "./kernel32.ts";
import { systemPath } from "./path.ts";

export const ACCESS_RIGHTS = {
  read: ACCESS.GENERIC_READ,
  write: ACCESS.GENERIC_WRITE,
  "read-write": ACCESS.GENERIC_READ + ACCESS.GENERIC_WRITE,
} as const;

/** FILE_DISPOSITION_INFORMATION_EX (winbase.h). */
const DISPOSE = { DELETE: 1, POSIX_SEMANTICS: 2 } as const;

/** Windows has no user numbers, and marking a file changes the time at which it was last written. */
export const toDetails = (status: FileStatus): FileDetails => ({
  ...status,
  ownerId: null,
  groupId: null,
  permissions: null,
  changedAtNs: null,
});

const refused = (code: FailureCode, path: string, what: string): DiskbenchError =>
  new DiskbenchError({ code, what, where: path, next: "Remove the link, or name another place" });

/** All links on the way had been followed: this one is new. */
export const linkRefused = (path: string): DiskbenchError =>
  refused("TARGET_CHANGED", path, "A link was put here and is not followed");

/** Runs one of node's calls, which know Windows' older and newer ways to do it; says what it throws in diskbench's words. */
function inOwnWords<Made>(path: string, what: string, call: () => Made): Made {
  try {
    return call();
  } catch (thrown) {
    const system = systemErrorOf(thrown);
    if (system === undefined) throw thrown;
    const code = system.name === "ENOSPC" ? "NO_SPACE" : "TARGET_UNUSABLE";
    throw new DiskbenchError({ code, what, where: path, system });
  }
}

export class Win32Directory implements HeldDirectory {
  readonly path: string;
  readonly #win32: Win32;
  readonly #handle: number;

  constructor(win32: Win32, path: string, links: FollowedLinks, make: boolean) {
    this.#win32 = win32;
    this.path = windows.resolve(path);
    if (make) inOwnWords(this.path, "The directory cannot be made", () => mkdirSync(this.path, { recursive: true }));
    // Without the right to share deletion: neither it nor a directory above it can be renamed or removed meanwhile.
    const share = SHARE.READ | SHARE.WRITE;
    const flags = FILE_FLAG.BACKUP_SEMANTICS + (links === "none" ? FILE_FLAG.OPEN_REPARSE_POINT : 0);
    this.#handle = openExisting(win32.kernel32, systemPath(this.path), ACCESS.GENERIC_READ, flags, share);
    if (this.#handle === INVALID_HANDLE)
      throw this.#failed("CreateFileW", this.path, "The directory cannot be reached");
    if (links === "none") this.#refuseLink();
  }

  /** What is held at this name is nobody's to exchange now. The root of a mounted volume is a reparse point, too, but no link. */
  #refuseLink(): void {
    try {
      if (inOwnWords(this.path, "It cannot be looked at", () => linkAt(this.path)) !== null)
        throw linkRefused(this.path);
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  #failed(call: string, path: string, what: string): Error {
    const { kernel32 } = this.#win32;
    return fileCallFailed(kernel32, call, kernel32.GetLastError(), path, what);
  }

  /** Opens what stands there itself, also where it is a link or a mount point. */
  #open(path: string, access: number, disposition: number): number {
    const flags = FILE_FLAG.BACKUP_SEMANTICS | FILE_FLAG.OPEN_REPARSE_POINT;
    return this.#win32.kernel32.CreateFileW(systemPath(path), access, SHARE.ALL, 0, disposition, flags, 0);
  }

  /** As `#open` of something that is there; null: nothing is. */
  #openExisting(path: string, access: number): number | null {
    const handle = this.#open(path, access, DISPOSITION.OPEN_EXISTING);
    if (handle !== INVALID_HANDLE) return handle;
    const code = this.#win32.kernel32.GetLastError();
    if (code === ERROR.FILE_NOT_FOUND || code === ERROR.PATH_NOT_FOUND) return null;
    throw fileCallFailed(this.#win32.kernel32, "CreateFileW", code, path, "It cannot be opened");
  }

  look(name: string): FileDetails | null {
    const path = windows.join(this.path, name);
    const handle = this.#openExisting(path, ACCESS.NONE);
    if (handle === null) return null;
    try {
      const file = { handle, path };
      const details = toDetails(statusOf(this.#win32, file));
      const isLink = (attributesOf(this.#win32, file) & FILE_ATTRIBUTE.REPARSE_POINT) !== 0;
      return isLink ? { ...details, kind: "other", kindText: "a link or mount point" } : details;
    } finally {
      this.#win32.kernel32.CloseHandle(handle);
    }
  }

  open(name: string, access: OpenOptions["access"]): OpenFile | null {
    const path = windows.join(this.path, name);
    const handle = this.#openExisting(path, ACCESS_RIGHTS[access]);
    return handle === null ? null : { handle, path };
  }

  create(name: string): OpenFile {
    const path = windows.join(this.path, name);
    const handle = this.#open(path, ACCESS_RIGHTS["read-write"], DISPOSITION.CREATE_NEW);
    if (handle === INVALID_HANDLE) throw this.#failed("CreateFileW", path, "It cannot be created");
    return { handle, path };
  }

  /** Every file has its name from the start. */
  createMarked(): null {
    return null;
  }

  /** A new file takes its owner and rights from its folder. */
  takeAfter(): void {
    return undefined;
  }

  rename(from: string, to: string): void {
    const place = windows.join(this.path, to);
    inOwnWords(place, "It cannot be put in its place", () => renameSync(windows.join(this.path, from), place));
  }

  link(from: string, to: string): boolean | null {
    try {
      linkSync(windows.join(this.path, from), windows.join(this.path, to));
      return true;
    } catch (thrown) {
      if (systemErrorOf(thrown)?.name === "EEXIST") return false;
      return null;
    }
  }

  /** By the handle of what the name leads to: what is compared is what goes. */
  remove(file: OpenFile): boolean {
    const handle = this.#openExisting(
      windows.join(this.path, windows.basename(file.path)),
      ACCESS.DELETE + ACCESS.READ_ATTRIBUTES,
    );
    if (handle === null) return false;
    try {
      const named = statusOf(this.#win32, { handle, path: file.path }).identity;
      const held = statusOf(this.#win32, file).identity;
      if (!sameIdentity(named, held)) return false;
      if (this.#dispose(handle)) return true;
      throw this.#failed("SetFileInformationByHandle", file.path, "It cannot be removed");
    } finally {
      // With the last handle on it the file goes.
      this.#win32.kernel32.CloseHandle(handle);
    }
  }

  /** At once where the system can (Windows 10), else when the last handle to it is closed. */
  #dispose(handle: number): boolean {
    const { kernel32 } = this.#win32;
    const atOnce = Buffer.alloc(4);
    atOnce.writeUInt32LE(DISPOSE.DELETE | DISPOSE.POSIX_SEMANTICS);
    if (kernel32.SetFileInformationByHandle(handle, FILE_INFO.DISPOSITION_EX, atOnce, atOnce.length) !== 0) return true;
    const yes = Buffer.from([1]);
    return kernel32.SetFileInformationByHandle(handle, FILE_INFO.DISPOSITION, yes, yes.length) !== 0;
  }

  names(): readonly string[] {
    try {
      return readdirSync(this.path);
    } catch {
      return [];
    }
  }

  flush(): void {
    // Windows makes names durable together with the files that they lead to.
    return undefined;
  }

  whereabouts(file: OpenFile): string | null {
    // The directory stays where it is as long as it is held.
    return this.look(windows.basename(file.path)) === null ? null : file.path;
  }

  close(): void {
    this.#win32.kernel32.CloseHandle(this.#handle);
  }
}

/** As many as Windows follows. */
const MOST_LINKS = 63;

/** `path`, or where the link leads that stands there; what it leads to need not exist. */
function followed(path: string): string {
  let place = windows.resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const text = linkAt(place);
    if (text === null) return place;
    place = windows.resolve(windows.dirname(place), text);
  }
  throw refused("TARGET_UNUSABLE", path, "Too many links lead on from here");
}

/** The directory in which `path` ends, links followed, and the name there. */
export function locate(win32: Win32, path: string, make: boolean): { directory: HeldDirectory; name: string } {
  const place = inOwnWords(path, "It cannot be looked at", () => followed(path));
  return { directory: new Win32Directory(win32, windows.dirname(place), "own", make), name: windows.basename(place) };
}
