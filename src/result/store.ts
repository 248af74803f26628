// Text of a result or report -> a file that is there whole or not at all, and never through somebody else's link.

import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { DiskbenchError } from "../shared/errors.ts";
import { beginningOfName } from "../shared/file-name.ts";
import { followOwnLinks, statusOf } from "./own-links.ts";
import { systemErrorOf } from "./system-error.ts";

const NEXT = "Name another place with --output, or change the permissions of this one";

/** What to throw for `thrown`: a refusal of the system's is said in full, anything else passes as it is. */
function outputFailed(where: string, thrown: unknown): unknown {
  const system = systemErrorOf(thrown);
  if (system === undefined) return thrown;
  return new DiskbenchError({ code: "OUTPUT_FAILED", what: "the file cannot be written", where, system, next: NEXT });
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

/** So much of a file's name stands in the name of its draft, which has to leave room for the machine's. */
const draftStart = (path: string): string => `.${beginningOfName(basename(path), 100)}`;
/** Drafts are named after the process that writes them, on the machine where it runs: others may share the folder. */
const draftMark = (processId: number | string): string => `.${hostname()}-${processId}.`;
const DRAFT_END = /-(\d+)\.[0-9a-f]{12}\.tmp$/;

function isGone(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return false;
  } catch (thrown) {
    return systemErrorOf(thrown)?.name === "ESRCH";
  }
}

/**
 * Makes a directory and those above it that are missing. Node's own `recursive` takes ENOENT for a missing parent, and
 * tries for ever where a file system says so of its own accord (/proc).
 */
function makeDirectory(path: string): void {
  if (statusOf(path, statSync) !== null) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (thrown) {
    // Another run may have been faster.
    if (systemErrorOf(thrown)?.name !== "EEXIST") throw thrown;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // A directory may be one to write into and not to look into.
    return [];
  }
}

/** Removes the drafts, with names that begin with `start`, that processes which were killed have left behind. */
function removeAbandonedDrafts(directory: string, start: string): void {
  for (const name of namesIn(directory)) {
    const [end, processId = ""] = DRAFT_END.exec(name) ?? [];
    if (end === undefined || !name.startsWith(start) || !name.includes(draftMark(processId))) continue;
    if (isGone(Number(processId)) && statusOf(join(directory, name), lstatSync)?.isFile() === true) {
      rmSync(join(directory, name), { force: true });
    }
  }
}

/** One buffer for a result of tens of megabytes takes twenty times as long: the system has to find memory for it first. */
const SLICE_LENGTH = 2 ** 18;

function writeText(handle: number, text: string): void {
  for (let start = 0; start < text.length;) {
    const border = start + SLICE_LENGTH;
    // The two halves of a character beyond U+FFFF stay together.
    const end = (text.codePointAt(border - 1) ?? 0) > 0xffff ? border + 1 : border;
    writeFileSync(handle, text.slice(start, end));
    start = end;
  }
}

/** Writes `text` durably into a new file beside `path`, and has `publish` give it its name. */
function throughDraft(path: string, text: string, mode: number | null, publish: (draft: string) => void): void {
  const random = randomBytes(6).toString("hex");
  const draft = join(dirname(path), `${draftStart(path)}${draftMark(process.pid)}${random}.tmp`);
  let handle: number | null = null;
  try {
    handle = openSync(draft, "wx");
    writeText(handle, text);
    if (mode !== null) fchmodSync(handle, mode);
    fsyncSync(handle);
    closeSync(handle);
    handle = null;
    publish(draft);
  } finally {
    if (handle !== null) closeSync(handle);
    rmSync(draft, { force: true });
  }
  syncDirectory(dirname(path));
}

/**
 * Writes `text` to `path` so that readers see the old file or the new one, also after a crash: a new file beside it,
 * fsync, rename. Pipes and character devices are written to as they are. Throws OUTPUT_FAILED.
 */
export function writeFileAtomically(path: string, text: string): void {
  try {
    const place = followOwnLinks(path);
    const status = statusOf(place, statSync);
    if (status?.isBlockDevice() === true) {
      throw new DiskbenchError({ code: "OUTPUT_FAILED", what: "this is a disk, not a file", where: path, next: NEXT });
    }
    if (status !== null && !status.isFile()) {
      writeFileSync(place, text);
      return;
    }
    const mode = status === null ? null : status.mode & 0o777;
    removeAbandonedDrafts(dirname(place), `${draftStart(place)}.`);
    throughDraft(place, text, mode, (draft) => renameSync(draft, place));
  } catch (thrown) {
    throw outputFailed(path, thrown);
  }
}

/** `2026-11-20T23-45-44Z`: sorts by time, and has no colon, which Windows forbids in names. */
function fileTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** With the time in front and a number behind it still is a file name. */
const LONGEST_PROFILE_NAME_BYTES = 200;

/** A profile's name reduced to what every file system takes in a file name. */
function fileNameOf(profileName: string): string {
  const safe = profileName
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "");
  return safe === "" ? "profile" : beginningOfName(Array.from(safe).slice(0, 60).join(""), LONGEST_PROFILE_NAME_BYTES);
}

/** Gives `draft` its name at `path`; false when something stands there. */
function publishNew(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name === "EEXIST") return false;
  }
  // File systems without links (FAT): the name is taken first, and what stands there for a moment is empty.
  try {
    closeSync(openSync(path, "wx"));
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name === "EEXIST") return false;
    throw thrown;
  }
  renameSync(draft, path);
  return true;
}

/**
 * Writes the first `text` of this run to `<directory>/<UTC time>-<profile>.json`, whole from its first moment; where
 * that exists already, to the first of `-2.json`, `-3.json`, ... that does not. Returns its path. Throws OUTPUT_FAILED.
 */
export function createResultFile(directory: string, startedAt: Date, profileName: string, text: string): string {
  const name = `${fileTime(startedAt)}-${fileNameOf(profileName)}`;
  try {
    const place = followOwnLinks(directory);
    makeDirectory(place);
    removeAbandonedDrafts(place, ".");
    let taken = "";
    throughDraft(join(place, name), text, null, (draft) => {
      for (let attempt = 1; taken === ""; attempt++) {
        const candidate = attempt === 1 ? `${name}.json` : `${name}-${attempt}.json`;
        if (publishNew(draft, join(place, candidate))) taken = candidate;
      }
    });
    return join(directory, taken);
  } catch (thrown) {
    throw outputFailed(join(directory, `${name}.json`), thrown);
  }
}
