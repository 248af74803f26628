// Text of a result or report -> a file that is there whole or not at all, and never through somebody else's link.

import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { DiskbenchError } from "../shared/errors.ts";
import { systemErrorOf } from "./system-error.ts";

const NEXT = "Name another place with --output, or change the permissions of this one";

/** What to throw for `thrown`: a refusal of the system's is said in full, anything else passes as it is. */
function outputFailed(where: string, thrown: unknown): unknown {
  const system = systemErrorOf(thrown);
  if (system === undefined) return thrown;
  return new DiskbenchError({ code: "OUTPUT_FAILED", what: "the file cannot be written", where, system, next: NEXT });
}

function statusOf(path: string, read: (path: string) => Stats): Stats | null {
  try {
    return read(path);
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name === "ENOENT") return null;
    throw thrown;
  }
}

/**
 * Links of this user and of root may be followed: they need no tricks. Windows knows no user ids here; making links
 * takes a privilege there.
 */
function refuseForeignLink(path: string): void {
  const status = statusOf(path, lstatSync);
  if (status === null || !status.isSymbolicLink()) return;
  const user = process.getuid?.() ?? 0;
  if (status.uid === user || status.uid === 0) return;
  throw new DiskbenchError({
    code: "OUTPUT_FAILED",
    what: `this symbolic link belongs to another user (user id ${status.uid}) and is not written through`,
    where: path,
    next: "Remove the link, or name another place with --output",
  });
}

function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, "r");
    fsyncSync(directory);
    closeSync(directory);
  } catch {
    // Windows cannot open directories and some file systems cannot sync them; the file itself is safe all the same.
  }
}

function replaceFile(path: string, text: string, mode: number | null): void {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`);
  let handle: number | null = null;
  try {
    handle = openSync(temporary, "wx");
    writeFileSync(handle, text);
    if (mode !== null) fchmodSync(handle, mode);
    fsyncSync(handle);
    closeSync(handle);
    handle = null;
    renameSync(temporary, path);
  } catch (thrown) {
    if (handle !== null) closeSync(handle);
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncDirectory(dirname(path));
}

/**
 * Writes `text` to `path` so that readers see the old file or the new one, also after a crash: a new file beside it,
 * fsync, rename. Devices and pipes such as /dev/stdout are written to as they are. Throws OUTPUT_FAILED.
 */
export function writeFileAtomically(path: string, text: string): void {
  try {
    refuseForeignLink(dirname(path));
    refuseForeignLink(path);
    const status = statusOf(path, statSync);
    if (status === null) replaceFile(path, text, null);
    else if (status.isFile()) replaceFile(realpathSync(path), text, status.mode & 0o777);
    else writeFileSync(path, text);
  } catch (thrown) {
    throw outputFailed(path, thrown);
  }
}

/** `2026-11-20T23-45-44Z`: sorts by time, and has no colon, which Windows forbids in names. */
function fileTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** A profile's name reduced to what every file system takes in a file name. */
function fileNameOf(profileName: string): string {
  const safe = profileName
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 60);
  return safe === "" ? "profile" : safe;
}

/**
 * Takes `<directory>/<UTC time>-<profile>.json` for this run by creating it empty; where it exists already, the first
 * of `-2.json`, `-3.json`, ... that does not. Returns its path. Throws OUTPUT_FAILED.
 */
export function claimResultPath(directory: string, startedAt: Date, profileName: string): string {
  const base = join(directory, `${fileTime(startedAt)}-${fileNameOf(profileName)}`);
  try {
    refuseForeignLink(directory);
    mkdirSync(directory, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const path = attempt === 1 ? `${base}.json` : `${base}-${attempt}.json`;
      try {
        closeSync(openSync(path, "wx"));
        return path;
      } catch (thrown) {
        if (systemErrorOf(thrown)?.name !== "EEXIST") throw thrown;
      }
    }
  } catch (thrown) {
    throw outputFailed(`${base}.json`, thrown);
  }
}
