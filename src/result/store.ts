// Text of a result or report -> a file that is there whole or not at all, and never through somebody else's link.

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { FileDetails, Files, HeldDirectory, OpenFile } from "../platform/platform.ts";
import { DiskbenchError, systemErrorOf } from "../shared/errors.ts";
import { beginningOfName } from "../shared/file-name.ts";

const NEXT = "Name another place with --output, or change the permissions of this one";

/** What to throw for `thrown`: a refusal is said in full, anything else passes as it is. */
function outputFailed(path: string, thrown: unknown): unknown {
  const failure = thrown instanceof DiskbenchError ? thrown.failures[0] : null;
  const system = systemErrorOf(thrown);
  if (system === undefined) {
    return failure === null ? thrown : new DiskbenchError({ next: NEXT, ...failure, code: "OUTPUT_FAILED" });
  }
  const cause = failure?.cause === undefined ? {} : { cause: failure.cause };
  const what = "the file cannot be written";
  return new DiskbenchError({ code: "OUTPUT_FAILED", what, where: path, system, ...cause, next: NEXT });
}

const refused = (path: string, what: string): DiskbenchError =>
  new DiskbenchError({ code: "OUTPUT_FAILED", what, where: path, next: NEXT });

/** So much of a file's name stands in the name of its draft, which has to leave room for the machine's. */
const draftStart = (name: string): string => `.${beginningOfName(name, 100)}`;
/** Drafts are named after the process that writes them, on the machine where it runs: others may share the folder. */
const draftMark = (processId: number | string): string => `.${hostname()}-${processId}.`;
const DRAFT_END = /-(\d+)\.[0-9a-f]{12}\.tmp$/;

/** Removes a draft that nobody writes any more: a writer holds its lock. Process ids differ between containers. */
function removeIfAbandoned(files: Files, directory: HeldDirectory, name: string): void {
  const { kind, ownerId } = directory.look(name) ?? {};
  if (kind !== "file" || (ownerId !== null && ownerId !== process.geteuid?.())) return;
  // For writing: NFS locks for others than its own machine only what is open so (flock(2)).
  const file = directory.open(name, "read-write");
  if (file === null) return;
  try {
    if (files.statusOf(file).kind === "file" && files.lock(file)) directory.remove(file);
  } finally {
    files.close(file);
  }
}

/** Removes the drafts, with names that begin with `start`, that runs which were killed have left behind. */
function removeAbandonedDrafts(files: Files, directory: HeldDirectory, start: string): void {
  for (const name of directory.names()) {
    const [end, processId = ""] = DRAFT_END.exec(name) ?? [];
    if (end === undefined || !name.startsWith(start) || !name.includes(draftMark(processId))) continue;
    try {
      removeIfAbandoned(files, directory, name);
    } catch {
      // It is in nobody's way, and may be gone by now.
    }
  }
}

/** One buffer for a result of tens of megabytes takes twenty times as long: the system has to find memory for it first. */
const SLICE_LENGTH = 2 ** 18;

function writeText(files: Files, file: OpenFile, text: string): void {
  for (let start = 0; start < text.length;) {
    const border = start + SLICE_LENGTH;
    // The two halves of a character beyond U+FFFF stay together.
    const end = (text.codePointAt(border - 1) ?? 0) > 0xffff ? border + 1 : border;
    files.write(file, Buffer.from(text.slice(start, end)));
    start = end;
  }
}

const TRIES = 10;

/** Where nothing can be locked (NFS without its lock service), drafts are not told from abandoned ones by anybody. */
function lockIfPossible(files: Files, file: OpenFile): boolean {
  try {
    return files.lock(file);
  } catch {
    return true;
  }
}

interface Draft {
  readonly file: OpenFile;
  readonly name: string;
}

/** A new file that is locked for as long as it is a draft. What it replaces it is no more open than. */
function createDraft(files: Files, directory: HeldDirectory, name: string, replaced: FileDetails | null): Draft {
  for (let attempt = 1; ; attempt++) {
    const random = randomBytes(6).toString("hex");
    const draft = `${draftStart(name)}${draftMark(process.pid)}${random}.tmp`;
    const file = directory.create(draft, replaced === null ? 0o666 : 0o600);
    // In the moment before it was locked somebody may have taken it for abandoned.
    if ((lockIfPossible(files, file) && directory.look(draft) !== null) || attempt === TRIES)
      return { file, name: draft };
    files.close(file);
  }
}

/** Writes `text` durably into a new file in `directory`, and has `publish` give it its name. */
function throughDraft(
  files: Files,
  directory: HeldDirectory,
  name: string,
  text: string,
  replaced: FileDetails | null,
  publish: (draft: string) => void,
): void {
  const draft = createDraft(files, directory, name, replaced);
  try {
    writeText(files, draft.file, text);
    if (replaced !== null) directory.takeAfter(draft.file, replaced);
    files.flush(draft.file);
    publish(draft.name);
  } finally {
    directory.remove(draft.file);
    files.close(draft.file);
  }
  directory.flush();
}

/** A pipe or a character device of this user or root. */
const mayBeWrittenInto = ({ kind, ownerId }: FileDetails): boolean =>
  kind === "other" && (ownerId === null || ownerId === 0 || ownerId === process.geteuid?.());

/** Pipes and character devices, which only this user or root may have laid there, are written to as they are. */
function writeInto(files: Files, directory: HeldDirectory, name: string, text: string): void {
  const path = join(directory.path, name);
  const there = directory.look(name);
  if (there === null || !mayBeWrittenInto(there))
    throw refused(path, "this is not a file, and belongs to another user");
  const file = directory.open(name, "write");
  if (file === null) throw refused(path, "it was removed at this moment");
  try {
    if (!mayBeWrittenInto(files.detailsOf(file)))
      throw refused(path, "something else was put in its place at this moment");
    writeText(files, file, text);
  } finally {
    files.close(file);
  }
}

/** Replaces what stands under `name`, whatever that is: it is never opened. */
function replace(files: Files, directory: HeldDirectory, name: string, text: string): void {
  const there = directory.look(name);
  const replaced = there?.kind === "file" ? there : null;
  removeAbandonedDrafts(files, directory, `${draftStart(name)}.`);
  throughDraft(files, directory, name, text, replaced, (draft) => directory.rename(draft, name));
}

/** How Linux and Windows call a directory that is missing. */
const NOTHING_THERE: readonly string[] = ["ENOENT", "ERROR_FILE_NOT_FOUND", "ERROR_PATH_NOT_FOUND"];

/** Runs `use` where `path` leads, through links of this user and of root; says OUTPUT_FAILED for what it throws. */
function inDirectoryOf<Made>(
  files: Files,
  path: string,
  make: boolean,
  use: (directory: HeldDirectory, name: string) => Made,
): Made {
  try {
    const { directory, name } = files.locate(path, make);
    try {
      return use(directory, name);
    } finally {
      directory.close();
    }
  } catch (thrown) {
    throw outputFailed(path, thrown);
  }
}

/**
 * Writes `text` to `path` so that readers see the old file or the new one, also after a crash: a new file beside it,
 * fsync, rename. Pipes and character devices are written to as they are. With `make` a directory that has vanished is
 * made anew. Throws OUTPUT_FAILED.
 */
export function writeFileAtomically(files: Files, path: string, text: string, make: boolean = false): void {
  inDirectoryOf(files, path, make, (directory, name) => {
    const kind = directory.look(name)?.kind;
    if (kind === "block-device") throw refused(path, "this is a disk, not a file");
    if (kind === "other") writeInto(files, directory, name, text);
    else replace(files, directory, name, text);
  });
}

/** Brings a run's own result file up to date: as above, but whatever stands in its place is replaced and not opened. */
export function updateResultFile(files: Files, path: string, text: string): void {
  inDirectoryOf(files, path, true, (directory, name) => replace(files, directory, name, text));
}

/** Writes `text` to a new file at `path`; false when something stands there. Throws OUTPUT_FAILED. */
export function writeNewFile(files: Files, path: string, text: string): boolean {
  return inDirectoryOf(files, path, false, (directory, name) => {
    let isNew = false;
    throughDraft(files, directory, name, text, null, (draft) => (isNew = publishNew(files, directory, draft, name)));
    return isNew;
  });
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

/** Gives `draft` the name `name`; false when something stands there. */
function publishNew(files: Files, directory: HeldDirectory, draft: string, name: string): boolean {
  const linked = directory.link(draft, name);
  if (linked !== null) return linked;
  // File systems without links (FAT): the name is taken first, and what stands there for a moment is empty.
  if (directory.look(name) !== null) return false;
  files.close(directory.create(name, 0o666));
  directory.rename(draft, name);
  return true;
}

/**
 * Writes the first `text` of this run to `<path>/<UTC time>-<profile>.json`, whole from its first moment; where that
 * exists already, to the first of `-2.json`, `-3.json`, ... that does not. Returns its path. Throws OUTPUT_FAILED.
 */
export function createResultFile(
  files: Files,
  path: string,
  startedAt: Date,
  profileName: string,
  text: string,
): string {
  const name = `${fileTime(startedAt)}-${fileNameOf(profileName)}`;
  return inDirectoryOf(files, join(path, `${name}.json`), true, (directory) => {
    removeAbandonedDrafts(files, directory, ".");
    let taken = "";
    throughDraft(files, directory, name, text, null, (draft) => {
      for (let attempt = 1; taken === ""; attempt++) {
        const candidate = attempt === 1 ? `${name}.json` : `${name}-${attempt}.json`;
        if (publishNew(files, directory, draft, candidate)) taken = candidate;
      }
    });
    return join(path, taken);
  });
}

/**
 * The directory at `path` if it is there, else the one in which it would be made, links followed. Null: that one is
 * missing too, and the first save makes both. Throws OUTPUT_FAILED where `path` can be no directory.
 */
export function nearestDirectory(files: Files, path: string): string | null {
  try {
    const { directory, name } = files.locate(path);
    try {
      return directory.look(name) === null ? directory.path : join(directory.path, name);
    } finally {
      directory.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof DiskbenchError)) throw thrown;
    const [failure] = thrown.failures;
    if (NOTHING_THERE.includes(failure.system?.name ?? "")) return null;
    const next = "Rename or remove it, or work in another directory";
    throw new DiskbenchError({ next, ...failure, code: "OUTPUT_FAILED" });
  }
}
