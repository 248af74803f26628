// A file or device -> the processes that have it open, in words.

import { readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { statxOfPath } from "./statx.ts";
import { kernelText, listDirectory, processIds } from "./kernel-text.ts";

const MOST_NAMED = 3;
const COMMAND_CHARACTERS = 60;

/** How /proc/<pid>/fd writes `path`: as it is, or as a file that had no name when it was opened and got it later. */
function writtenAs(path: string): readonly string[] {
  const inode = statxOfPath(path)?.inode;
  return inode === undefined ? [path] : [path, `${join(dirname(path), `#${inode}`)} (deleted)`];
}

function leadsTo(link: string, names: readonly string[]): boolean {
  try {
    // Compared by name: asking for the status of what it leads to may wait for a device that hangs.
    return names.includes(readlinkSync(link));
  } catch {
    return false;
  }
}

function describe(processRoot: string, processId: string): string {
  const command = kernelText(`${processRoot}/cmdline`).replaceAll("\0", " ").trim();
  const name = command === "" ? kernelText(`${processRoot}/comm`).trim() : command;
  const short = name.length > COMMAND_CHARACTERS ? `${name.slice(0, COMMAND_CHARACTERS)}...` : name;
  return `process ${processId} (${short})`;
}

/** Fourth field of /proc/<pid>/stat; the second is a name in brackets that may hold anything (proc_pid_stat(5)). */
function parentOf(processRoot: string): string {
  const text = kernelText(`${processRoot}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[1] ?? "";
}

/**
 * The processes beside this one that have `path` (absolute, links resolved) open, a few of them, as far as this user
 * may look. Children of one that is named are left out: they have it from there.
 */
export function usersOf(path: string, procRoot: string): string[] {
  const names = writtenAs(path);
  const users = processIds(procRoot).filter((name) => {
    if (Number(name) === process.pid) return false;
    const descriptors = `${procRoot}/${name}/fd`;
    return listDirectory(descriptors).some((descriptor) => leadsTo(`${descriptors}/${descriptor}`, names));
  });
  return users
    .filter((name) => !users.includes(parentOf(`${procRoot}/${name}`)))
    .slice(0, MOST_NAMED)
    .map((name) => describe(`${procRoot}/${name}`, name));
}
