// A directory's handle -> what is made, looked at, renamed and removed in it, whatever its name leads to by then.

import { constants, readdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { FileDetails, Files, HeldDirectory, OpenFile, OpenOptions } from "../platform.ts";
import {
  fileCallFailed,
  libcClose,
  libcFchmod,
  libcFchown,
  libcFcntl,
  libcFsync,
  libcLinkat,
  libcOpenat,
  libcRenameat,
  libcUnlinkat,
  O_CLOEXEC,
  resultOrErrno,
} from "./file-calls.ts";
import { O_PATH, type ReachedDirectory } from "./follow-path.ts";
import { statxOfDescriptor, statxOfEntry, toFileDetails } from "./statx.ts";

export const ACCESS_FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_WRONLY,
  "read-write": constants.O_RDWR,
} as const;
/** Not among node's constants: a bit of its own, and that of directories (open(2)). */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const F_GETFL = 3;
const F_SETFL = 4;
const EPERM = 1;
const ENOENT = 2;
const EEXIST = 17;
const NO_LINKS: readonly number[] = [EPERM, 38, 95];

/**
 * Opens the entry `name` of the directory `handle`. A link is not followed, and the open does not wait for the other
 * end of a pipe. Reads and writes wait as usual. Returns a descriptor, or minus errno.
 */
export function openEntry(handle: number, name: string, flags: number): number {
  const cautious = flags | constants.O_NOFOLLOW | constants.O_NONBLOCK | O_CLOEXEC;
  const descriptor = resultOrErrno(() => libcOpenat(handle, name, cautious, 0));
  if (descriptor < 0) return descriptor;
  // O_NONBLOCK was for the open alone. If it stayed, io_uring would answer EAGAIN where other calls wait.
  const now = libcFcntl(descriptor, F_GETFL, 0);
  libcFcntl(descriptor, F_SETFL, now & ~constants.O_NONBLOCK);
  return descriptor;
}

export class LinuxDirectory implements HeldDirectory {
  readonly path: string;
  readonly #handle: number;
  readonly #files: Pick<Files, "writeMark" | "lock">;
  /** Of files that had no name when they were opened, which the kernel goes on to call deleted: by their own handle. */
  readonly #named = new Map<number, number>();

  constructor({ handle, path }: ReachedDirectory, files: Pick<Files, "writeMark" | "lock">) {
    this.#handle = handle;
    this.path = path;
    this.#files = files;
  }

  /** Runs a call on the entry `name`; a failure names it. */
  #run(call: string, name: string, what: string, run: () => number): number {
    const result = resultOrErrno(run);
    if (result < 0) throw fileCallFailed(call, -result, join(this.path, name), what);
    return result;
  }

  look(name: string): FileDetails | null {
    const path = join(this.path, name);
    const found = statxOfEntry(this.#handle, name, path);
    return found === null ? null : toFileDetails(found, path);
  }

  open(name: string, access: OpenOptions["access"]): OpenFile | null {
    const path = join(this.path, name);
    const handle = openEntry(this.#handle, name, ACCESS_FLAGS[access]);
    if (handle === -ENOENT) return null;
    if (handle < 0) throw fileCallFailed("openat", -handle, path, "It cannot be opened");
    return { handle, path };
  }

  create(name: string, permissions: number): OpenFile {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | O_CLOEXEC;
    const create = (): number => libcOpenat(this.#handle, name, flags, permissions);
    return { handle: this.#run("openat", name, "It cannot be created", create), path: join(this.path, name) };
  }

  /**
   * Creates a file without a name, marks and locks it, and only then gives it its name (the example of open(2)): whoever
   * ends this process at whatever moment leaves a file that is known to be diskbench's, or none. Null where the file
   * system has no such files, or no room for marks.
   */
  createMarked(name: string, markOf: (file: OpenFile) => string): OpenFile | null {
    const flags = O_TMPFILE | constants.O_RDWR | O_CLOEXEC;
    const handle = resultOrErrno(() => libcOpenat(this.#handle, ".", flags, 0o644));
    // What else may be wrong with the directory is told by the way that every file system knows.
    if (handle < 0) return null;
    const file: OpenFile = { handle, path: join(this.path, name) };
    const itself = `/proc/self/fd/${handle}`;
    const link = (): number => libcLinkat(AT_FDCWD, itself, this.#handle, name, AT_SYMLINK_FOLLOW);
    const linked = this.#files.writeMark(file, markOf(file)) && this.#files.lock(file) ? resultOrErrno(link) : null;
    if (linked === 0) {
      const named = resultOrErrno(() => libcOpenat(this.#handle, name, O_PATH | constants.O_NOFOLLOW | O_CLOEXEC, 0));
      if (named >= 0) this.#named.set(handle, named);
      return file;
    }
    libcClose(handle);
    if (linked === -EEXIST) throw fileCallFailed("linkat", EEXIST, file.path, "It cannot be created");
    return null;
  }

  takeAfter(file: OpenFile, { ownerId, groupId, permissions }: FileDetails): void {
    if (permissions === null || ownerId === null || groupId === null) return;
    const held = statxOfDescriptor(file.handle, file.path);
    if (held.ownerId !== ownerId || held.groupId !== groupId) {
      // Giving files away is root's privilege; the group may still be one of this user's.
      const given = resultOrErrno(() => libcFchown(file.handle, ownerId, groupId));
      if (given < 0) resultOrErrno(() => libcFchown(file.handle, -1, groupId));
    }
    // Where every file has the same permissions, setting them may be refused though nothing would change (FAT, FUSE).
    if ((held.mode & 0o777) === (permissions & 0o777)) return;
    this.#run("fchmod", basename(file.path), "Its permissions cannot be set", () =>
      libcFchmod(file.handle, permissions & 0o777),
    );
  }

  rename(from: string, to: string): void {
    this.#run("renameat", to, "It cannot be put in its place", () =>
      libcRenameat(this.#handle, from, this.#handle, to),
    );
  }

  link(from: string, to: string): boolean | null {
    const linked = resultOrErrno(() => libcLinkat(this.#handle, from, this.#handle, to, 0));
    if (linked === -EEXIST) return false;
    if (NO_LINKS.includes(-linked)) return null;
    if (linked < 0) throw fileCallFailed("linkat", -linked, join(this.path, to), "It cannot be put in its place");
    return true;
  }

  remove(file: OpenFile): boolean {
    const name = basename(file.path);
    const named = statxOfEntry(this.#handle, name, file.path);
    const held = statxOfDescriptor(file.handle, file.path);
    // As long as it is held open no other file gets its inode number.
    if (named?.inode !== held.inode || named.fileSystemNumber !== held.fileSystemNumber) return false;
    this.#run("unlinkat", name, "It cannot be removed", () => libcUnlinkat(this.#handle, name, 0));
    return true;
  }

  names(): readonly string[] {
    try {
      return readdirSync(`/proc/self/fd/${this.#handle}`);
    } catch {
      // A directory may be one to write into and not to look into.
      return [];
    }
  }

  flush(): void {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
    const handle = resultOrErrno(() => libcOpenat(this.#handle, ".", flags, 0));
    if (handle < 0) return;
    // Some file systems cannot sync directories; the file itself is safe all the same.
    libcFsync(handle);
    libcClose(handle);
  }

  whereabouts(file: OpenFile): string | null {
    try {
      const path = readlinkSync(`/proc/self/fd/${this.#named.get(file.handle) ?? file.handle}`);
      return path.endsWith(" (deleted)") ? null : path;
    } catch {
      return null;
    }
  }

  close(): void {
    for (const handle of this.#named.values()) libcClose(handle);
    libcClose(this.#handle);
  }
}
