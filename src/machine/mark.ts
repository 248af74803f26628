// The mark on a file, in an attribute of it or in a sidecar -> whether the file is diskbench's own, and in what state.

import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import { sameIdentity } from "../platform/file-identity.ts";
import type { FileIdentity, Files, OpenFile } from "../platform/platform.ts";
import { beginningOfName, LONGEST_FILE_NAME_BYTES } from "../shared/file-name.ts";
import { FILLS, PREALLOCATES, type Fill, type Preallocate } from "../shared/vocabulary.ts";

/** What a file of diskbench's own says about itself, outside its data. */
export interface Mark {
  readonly tool: "diskbench";
  readonly version: 1;
  /** `filling` until its contents are complete and proved; a file that is left in this state is worth nothing. */
  readonly state: "filling" | "ready";
  readonly sizeBytes: number;
  readonly fill: Fill;
  readonly preallocate: Preallocate;
  /** It was to be left behind on purpose. */
  readonly kept: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** The mark of a file that has no room for one: a file beside it, which must say whose mark it is. */
export interface SidecarMark extends Mark {
  readonly identity: FileIdentity;
}

export interface FoundMark {
  readonly mark: Mark;
  readonly place: "attribute" | "sidecar";
}

const MARK_STATES = ["filling", "ready"] as const;

const SIDECAR_ENDING = ".diskbench";
/** Of a draft of the sidecar. */
export const DRAFT_ENDING = ".new";
const NAME_ROOM_BYTES = LONGEST_FILE_NAME_BYTES - `.${SIDECAR_ENDING}${DRAFT_ENDING}`.length;
const HASH_LENGTH = 16;

/** `/data/x.dat` -> `/data/.x.dat.diskbench`; of a name that leaves no room for that, its beginning and a hash of it. */
export function sidecarPath(path: string): string {
  const name = basename(path);
  const fits = Buffer.byteLength(name) <= NAME_ROOM_BYTES;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  const known = fits ? name : `${beginningOfName(name, NAME_ROOM_BYTES - HASH_LENGTH - 1)}-${hash}`;
  return join(dirname(path), `.${known}${SIDECAR_ENDING}`);
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

function toMark(found: Partial<Record<string, unknown>>): Mark | null {
  const { tool, version, sizeBytes, kept, createdAt } = found;
  const state = oneOf(MARK_STATES, found["state"]);
  const fill = oneOf(FILLS, found["fill"]);
  const preallocate = oneOf(PREALLOCATES, found["preallocate"]);
  if (tool !== "diskbench" || version !== 1) return null;
  if (state === undefined || fill === undefined || preallocate === undefined) return null;
  if (typeof sizeBytes !== "number" || typeof kept !== "boolean" || typeof createdAt !== "string") return null;
  return { tool, version, state, sizeBytes, fill, preallocate, kept, createdAt };
}

/** The mark in `text`; null when it is none that this version understands. */
export function parseMark(text: string): Mark | null {
  const found = parseObject(text);
  return found === null ? null : toMark(found);
}

/** The sidecar in `text`; null when it is none that this version understands. */
export function parseSidecar(text: string): SidecarMark | null {
  const found = parseObject(text);
  const mark = found === null ? null : toMark(found);
  const stated = found?.["identity"];
  if (mark === null || typeof stated !== "object" || stated === null) return null;
  const { device, inode, birthTimeNs }: Partial<Record<string, unknown>> = { ...stated };
  if (typeof device !== "string" || typeof inode !== "string") return null;
  if (typeof birthTimeNs !== "string" && birthTimeNs !== null) return null;
  return { ...mark, identity: { device, inode, birthTimeNs } };
}

// Neither through a link nor waiting for somebody to write into a pipe. Windows has no such flags: undefined, which
// adds nothing.
const DIRECTLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Far more than a sidecar takes. */
const SIDECAR_LIMIT_BYTES = 65_536;

/** Whoever may make files in a directory could say of any file there that it is ours: only this user and root count. */
function isTrusted({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  return user === undefined || uid === user || uid === 0;
}

function readSidecar(path: string): SidecarMark | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(sidecarPath(path), DIRECTLY);
    const status = fstatSync(descriptor);
    if (!status.isFile() || !isTrusted(status) || status.size > SIDECAR_LIMIT_BYTES) return null;
    return parseSidecar(readFileSync(descriptor, "utf8"));
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** The mark that an open file carries, whatever has become of its size; null when it carries none. */
export function findMark(files: Files, file: OpenFile): FoundMark | null {
  const { kind, identity } = files.statusOf(file);
  if (kind !== "file") return null;
  const text = files.readMark(file);
  if (text !== null) {
    const mark = parseMark(text);
    return mark === null ? null : { mark, place: "attribute" };
  }
  const mark = readSidecar(file.path);
  return mark !== null && sameIdentity(mark.identity, identity) ? { mark, place: "sidecar" } : null;
}

/** The valid mark of an open file; null: the file is not diskbench's own, or no longer what it was. */
export function readMark(files: Files, file: OpenFile): FoundMark | null {
  const found = findMark(files, file);
  if (found === null) return null;
  const { sizeBytes, identity } = files.statusOf(file);
  // Copying something over the file leaves the mark, but hardly ever the size. While it is filled it still grows; but
  // inode numbers are used again, and where there is no birth time only the exact size tells a sidecar's file.
  const grows = found.mark.state === "filling" && (found.place === "attribute" || identity.birthTimeNs !== null);
  const fits = grows ? sizeBytes <= found.mark.sizeBytes : sizeBytes === found.mark.sizeBytes;
  return fits ? found : null;
}
