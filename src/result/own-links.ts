// A path with symbolic links in it -> the path without, or a refusal where somebody else laid one of them.

import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";
import { DiskbenchError } from "../shared/errors.ts";
import { systemErrorOf } from "./system-error.ts";

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

const failed = (path: string, what: string): DiskbenchError =>
  new DiskbenchError({
    code: "OUTPUT_FAILED",
    what,
    where: path,
    next: "Remove the link, or name another place with --output",
  });

/** What `read` says about `path`; null when nothing is there. */
export function statusOf(path: string, read: (path: string) => Stats): Stats | null {
  try {
    return read(path);
  } catch (thrown) {
    const name = systemErrorOf(thrown)?.name;
    if (name === "ENOENT" || name === "ENOTDIR") return null;
    throw thrown;
  }
}

function refuseForeign(link: string, { uid }: Stats, user: number): void {
  if (uid === user || uid === 0) return;
  throw failed(link, `this symbolic link belongs to another user (user id ${uid}) and is not written through`);
}

/**
 * `path`, absolute, with all its links followed as far as it exists. Links of this user and of root may be followed:
 * they need no tricks. Windows knows no user ids here; making links takes a privilege there. Throws OUTPUT_FAILED.
 */
export function followOwnLinks(path: string): string {
  const user = process.geteuid?.();
  const absolute = resolve(path);
  if (user === undefined) return absolute;
  const { root } = parse(absolute);
  const ahead = absolute.slice(root.length).split(sep);
  let reached = root;
  for (let links = 0; ahead.length > 0;) {
    const next = join(reached, ahead.shift() ?? "");
    const status = statusOf(next, lstatSync);
    if (status === null) return join(next, ...ahead);
    if (!status.isSymbolicLink()) {
      reached = next;
      continue;
    }
    refuseForeign(next, status, user);
    links += 1;
    if (links > MOST_LINKS) throw failed(path, "there are too many symbolic links on the way to it");
    const target = resolve(dirname(next), readlinkSync(next));
    ahead.unshift(...target.slice(root.length).split(sep));
    reached = root;
  }
  return reached;
}
