// Paths that a command reads and paths that it is to write -> a refusal where two of them lead to the same file.

import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { identityAt, linkAt, STANDARD_INPUT } from "../platform/named-files.ts";
import { DiskbenchError } from "../shared/errors.ts";

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** Throws BAD_USAGE when one of `outputs` is one of `inputs`, which are `what` in the words of the person. */
export function requireSeparateFiles(outputs: readonly string[], inputs: readonly string[], what: string): void {
  const places = new Set(inputs.flatMap(placesOf));
  for (const path of outputs) {
    if (!placesOf(path).some((place) => places.has(place))) continue;
    throw new DiskbenchError({
      code: "BAD_USAGE",
      where: `--output ${path}`,
      what: `The report would replace what the command works with: it is ${what}`,
      next: "Name another file",
    });
  }
}

/**
 * What names the file at `path` in whatever way it is spelt: device and inode, and those of its directory with its name.
 * The second is all there is of a file that is not there yet. For standard input it is that of the file it comes from.
 */
function placesOf(path: string): readonly string[] {
  const file = identityAt(path === STANDARD_INPUT ? 0 : path);
  if (file !== null) return [`file ${file}`];
  const end = followLinks(path);
  const directory = identityAt(dirname(end));
  const name = sep === "\\" ? basename(end).toLowerCase() : basename(end);
  return directory === null ? [`path ${end}`] : [`name ${directory} ${name}`];
}

/** Where links that lead nowhere yet end: what is written through them is made there. Needs no working directory. */
function followLinks(path: string): string {
  let reached = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const next = linkAt(reached);
    if (next === null) return reached;
    reached = isAbsolute(next) ? next : join(dirname(reached), next);
  }
  return reached;
}
