// A path that a person named -> a handle to what it leads to, looked at before it is opened; and what names alone tell.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorOf } from "../shared/errors.ts";

// Kept apart from `Files`, which needs native calls: whoever only reads a result does not wait for them to be loaded.

/** Not among node's constants: a handle that only tells what is there, and opens no device (open(2)). */
const O_PATH = 0o10000000;
/** Major numbers of terminals (devices.txt of the kernel): tty, console and the ends of pseudo-terminals. */
const isTerminal = (device: number): boolean => {
  const major = (device >> 8) & 0xfff;
  return major === 4 || major === 5 || (major >= 136 && major <= 143);
};

/** What a person names standard input by. */
export const STANDARD_INPUT = "-";

export interface ReadingRules {
  /** Whether a pipe is read, and waited for; a person may well name one, but nobody means those in a directory. */
  readonly pipes: boolean;
  /** The error for something that is not read, said in words. */
  readonly refuse: (what: string) => Error;
}

/** What may be read, by a handle to it; Windows has no handles that open nothing. Throws what the system says. */
function openKnown(path: string, { pipes, refuse }: ReadingRules, place: number | null): number {
  const handle = place === null ? openSync(path, "r") : place;
  const status = fstatSync(handle);
  const isRead = status.isFile() || status.isDirectory() || (status.isFIFO() && pipes);
  if (!isRead && !(status.isCharacterDevice() && isTerminal(status.rdev))) {
    if (place === null) closeSync(handle);
    throw refuse(status.isFIFO() ? "This is a pipe, not a file" : "This is a device, not a file");
  }
  if (place === null) return handle;
  // By way of the handle: what is opened is what was looked at, whatever the name leads to by now.
  return openSync(`/proc/self/fd/${place}`, status.isFile() ? constants.O_RDONLY | constants.O_NONBLOCK : "r");
}

/** Opens what `path` leads to for reading, unless it is a device, without opening that. Throws what the system says. */
export function openForReading(path: string, rules: ReadingRules): number {
  // Undefined on Windows.
  const place = (constants.O_NOFOLLOW as number | undefined) === undefined ? null : openSync(path, O_PATH);
  try {
    return openKnown(path, rules, place);
  } finally {
    if (place !== null) closeSync(place);
  }
}

/** Whether `source`, a path or an open handle, may keep its readers waiting: a pipe, a socket, a terminal. */
export function waitsForOthers(source: string | number): boolean {
  try {
    const status = typeof source === "number" ? fstatSync(source) : statSync(source);
    return status.isFIFO() || status.isSocket() || (status.isCharacterDevice() && isTerminal(status.rdev));
  } catch {
    // Whoever opens it is told what is wrong.
    return false;
  }
}

/**
 * Comes back once the file system of `path`, which need not be there, has answered, whatever it said. Meanwhile this
 * thread goes on. What is known of a file may be in a cache; how much room there is the server has to be asked for.
 */
export async function answerOf(path: string): Promise<void> {
  await statfs(path)
    .catch(() => statfs(dirname(path)))
    .catch(() => undefined);
}

/** Opens a file, which is made where it is missing, to add to its end; says how long it is. */
export function openForAppending(path: string, refuse: (what: string) => Error): { handle: number; sizeBytes: number } {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const handle = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
  const status = fstatSync(handle);
  if (status.isFile()) return { handle, sizeBytes: status.size };
  closeSync(handle);
  throw refuse("This is not a file");
}

/** All names in the directory at `path`, sorted; null: it is none. Throws what the system says. */
export function namesIn(path: string): readonly string[] | null {
  try {
    return readdirSync(path).sort();
  } catch (thrown) {
    if (systemErrorOf(thrown)?.name === "ENOTDIR") return null;
    throw thrown;
  }
}

/** What `path` leads to; null: nothing. Throws what the system says. */
export function kindAt(path: string): "directory" | "other" | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  return status.isDirectory() ? "directory" : "other";
}

export const isThere = (path: string): boolean => existsSync(path);

export const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** `path` with all its links followed. Throws what the system says. */
export const realPath = (path: string): string => realpathSync(path);

/** Throws what the system says unless files can be made in `directory`. */
export function requireWritable(directory: string): void {
  accessSync(directory, constants.W_OK | constants.X_OK);
}

/** Of what `path`, or a handle, leads to, however that is spelt; null: nothing is there, or nobody may look. */
export function identityAt(path: string | number): string | null {
  try {
    const { dev, ino } =
      typeof path === "number" ? fstatSync(path, { bigint: true }) : statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

export const linkAt = (path: string): string | null => (isLink(path) ? readlinkSync(path) : null);

/** Whether `path` leads to a file that is none of a device, a pipe or a directory. Throws what the system says. */
export const isFileAt = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
