// Files and directories of /proc and /sys -> what they hold; nothing where the kernel does not tell.

import { readdirSync, readFileSync } from "node:fs";

/** Empty too when the process it is about has gone, or belongs to somebody else. */
export function kernelText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The names in a directory, sorted. */
export function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

export function processIds(procRoot: string): string[] {
  return listDirectory(procRoot).filter((name) => /^\d+$/.test(name));
}
