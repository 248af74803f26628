// The mark on a file, in an attribute of it or in a sidecar -> whether the file is diskbench's own, and in what state.

import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { FileDetails, FileIdentity, Files, HeldDirectory, OpenFile } from "../platform/platform.ts";
import { beginningOfName, LONGEST_FILE_NAME_BYTES } from "../shared/file-name.ts";
import { FILLS, PREALLOCATES, type Fill, type Preallocate } from "../shared/vocabulary.ts";

/** What a file of diskbench's own says about itself, outside its data. */
export interface Mark {
  readonly tool: "diskbench";
  readonly version: 2;
  /** `filling` until its contents are complete and proved; a file that is left in this state is worth nothing. */
  readonly state: "filling" | "ready";
  readonly sizeBytes: number;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
  /** It was to be left behind on purpose. */
  readonly kept: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Of the very file that was marked: marks are copied along with files. */
  readonly identity: FileIdentity;
  /** Null where the system has no user numbers. */
  readonly ownerId: number | null;
  /** When its contents had last changed as diskbench let go of it; null: it was being written, or nobody can tell. */
  readonly changedAtNs: string | null;
}

export interface FoundMark {
  readonly mark: Mark;
  readonly place: "attribute" | "sidecar";
  /** Why the file is not diskbench's own all the same, a sentence without full stop; null: it is. */
  readonly objection: string | null;
}

const MARK_STATES = ["filling", "ready"] as const;

const SIDECAR_ENDING = ".diskbench";
/** Of a draft of the sidecar. */
export const DRAFT_ENDING = ".new";
const NAME_ROOM_BYTES = LONGEST_FILE_NAME_BYTES - `.${SIDECAR_ENDING}${DRAFT_ENDING}`.length;
const HASH_LENGTH = 16;

/** `x.dat` -> `.x.dat.diskbench`; of a name that leaves no room for that, its beginning and a hash of it. */
export function sidecarName(name: string): string {
  const fits = Buffer.byteLength(name) <= NAME_ROOM_BYTES;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  const known = fits ? name : `${beginningOfName(name, NAME_ROOM_BYTES - HASH_LENGTH - 1)}-${hash}`;
  return `.${known}${SIDECAR_ENDING}`;
}

function parseObject(text: string): Partial<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

const oneOf = <Word extends string>(words: readonly Word[], value: unknown): Word | undefined =>
  words.find((word) => word === value);

const isTextOrNull = (value: unknown): value is string | null => typeof value === "string" || value === null;

function toIdentity(stated: unknown): FileIdentity | null {
  if (typeof stated !== "object" || stated === null) return null;
  const { device, inode, birthTimeNs }: Partial<Record<string, unknown>> = { ...stated };
  if (typeof device !== "string" || typeof inode !== "string" || !isTextOrNull(birthTimeNs)) return null;
  return { device, inode, birthTimeNs };
}

/** The mark in `text`; null when it is none that this version understands. */
export function parseMark(text: string): Mark | null {
  const found = parseObject(text);
  if (found === null) return null;
  const { tool, version, sizeBytes, kept, createdAt, ownerId, changedAtNs } = found;
  const state = oneOf(MARK_STATES, found["state"]);
  const fill = oneOf(FILLS, found["fill"]);
  const preallocate = oneOf(PREALLOCATES, found["preallocate"]);
  const identity = toIdentity(found["identity"]);
  if (tool !== "diskbench" || version !== 2) return null;
  if (state === undefined || fill === undefined || preallocate === undefined || identity === null) return null;
  if (typeof sizeBytes !== "number" || typeof kept !== "boolean" || typeof createdAt !== "string") return null;
  if ((typeof ownerId !== "number" && ownerId !== null) || !isTextOrNull(changedAtNs)) return null;
  return { tool, version, state, sizeBytes, fill, preallocate, kept, createdAt, identity, ownerId, changedAtNs };
}

/** Far more than a sidecar takes. */
const SIDECAR_LIMIT_BYTES = 65_536;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Why what a file says, or what is said of it, does not count, a half-sentence; null: it does. Whoever may write to a
 * file, or owns it, could have it say what he likes: only this user and root count.
 */
export function whyUntrusted({ ownerId, permissions }: FileDetails): string | null {
  if (ownerId !== null && ownerId !== 0 && ownerId !== process.geteuid?.()) {
    return `it belongs to another user (user id ${ownerId})`;
  }
  if (permissions === null || (permissions & WRITABLE_BY_OTHERS) === 0) return null;
  return `others may write to it (mode ${permissions.toString(8).padStart(4, "0")})`;
}

/** Calls `use` for a small regular file of this user or root that others may not write to; null: it is none. */
export function withTrusted<Made>(
  files: Files,
  directory: HeldDirectory,
  name: string,
  use: (text: string, file: OpenFile) => Made,
): Made | null {
  // Looked at before it is opened, so that nothing but a file is; and once more by its handle.
  if (directory.look(name)?.kind !== "file") return null;
  const file = directory.open(name, "read");
  if (file === null) return null;
  try {
    const details = files.detailsOf(file);
    if (details.kind !== "file" || whyUntrusted(details) !== null || details.sizeBytes > SIDECAR_LIMIT_BYTES)
      return null;
    return use(Buffer.from(files.read(file, details.sizeBytes)).toString("utf8"), file);
  } finally {
    files.close(file);
  }
}

function readSidecar(files: Files, directory: HeldDirectory, name: string): string | null {
  try {
    return withTrusted(files, directory, sidecarName(name), (text) => text);
  } catch {
    // What cannot be read says nothing.
    return null;
  }
}

/** Device numbers may be others after a restart; where there is a birth time it says more than they do. */
function isItself(stated: FileIdentity, found: FileIdentity): boolean {
  if (stated.inode !== found.inode || stated.birthTimeNs !== found.birthTimeNs) return false;
  return found.birthTimeNs !== null || stated.device === found.device;
}

function objectionTo(mark: Mark, place: FoundMark["place"], details: FileDetails): string | null {
  const { identity, sizeBytes, ownerId } = details;
  const untrusted = whyUntrusted(details);
  if (untrusted !== null) return untrusted;
  if (!isItself(mark.identity, identity)) return "it is a copy of the file that was marked";
  if (ownerId !== mark.ownerId) return "its owner is another than it was";
  // While it is filled it still grows; but inode numbers are used again, and where there is no birth time only the
  // exact size tells a sidecar's file.
  const grows = mark.state === "filling" && (place === "attribute" || identity.birthTimeNs !== null);
  if (grows ? sizeBytes > mark.sizeBytes : sizeBytes !== mark.sizeBytes) return "its size is another than it was";
  if (mark.changedAtNs === null || details.changedAtNs === mark.changedAtNs) return null;
  return "it has been written to since diskbench let go of it";
}

/** The mark that the open file `file` of `directory` carries, whatever speaks against it; null when it carries none. */
export function findMark(files: Files, directory: HeldDirectory, file: OpenFile): FoundMark | null {
  const details = files.detailsOf(file);
  if (details.kind !== "file") return null;
  const attribute = files.readMark(file);
  const place = attribute === null ? "sidecar" : "attribute";
  const text = attribute ?? readSidecar(files, directory, basename(file.path));
  const mark = text === null ? null : parseMark(text);
  // A sidecar that names another file is that of one that stood here before, and says nothing about this one.
  if (mark === null || (place === "sidecar" && !isItself(mark.identity, details.identity))) return null;
  return { mark, place, objection: objectionTo(mark, place, details) };
}

/** The valid mark of an open file; null: the file is not diskbench's own, or no longer what it was. */
export function readMark(files: Files, directory: HeldDirectory, file: OpenFile): FoundMark | null {
  const found = findMark(files, directory, file);
  return found === null || found.objection !== null ? null : found;
}
