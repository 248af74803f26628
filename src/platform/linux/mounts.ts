// /proc/*/mountinfo and /proc/swaps -> what is mounted where, from which device, and what is swapped to.

import { kernelText, processIds } from "./kernel-text.ts";

/** One line of mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly id: string;
  /** `major:minor` of the file system; 0:n where it has no single device below. */
  readonly deviceNumber: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** What was mounted, as it was named then: `/dev/sda1`, `tmpfs`, `server:/export`. */
  readonly source: string;
  /** Options of the mount, then those of the file system, comma-separated. */
  readonly options: string;
}

// Space, tab, newline and backslash stand in these files as \040, \011, \012, \134.
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

function parseMount(line: string): Mount[] {
  const fields = line.split(" ");
  // A varying number of optional fields ends with a lone hyphen.
  const separator = fields.indexOf("-", 6);
  const [id, , deviceNumber, , mountPoint, mountOptions] = fields;
  const [fileSystem, source, superOptions] = fields.slice(separator + 1);
  if (separator === -1 || id === undefined || deviceNumber === undefined || mountPoint === undefined) return [];
  const options = new Set([...(mountOptions ?? "").split(","), ...(superOptions ?? "").split(",")]);
  options.delete("");
  return [
    {
      id,
      deviceNumber,
      mountPoint: unescape(mountPoint),
      fileSystem: unescape(fileSystem ?? ""),
      source: unescape(source ?? ""),
      options: [...options].map(unescape).join(","),
    },
  ];
}

/** The mounts in a mountinfo text, in its order; lines that are none are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split("\n").flatMap(parseMount);
}

export function ownMounts(procRoot: string): Mount[] {
  return parseMountinfo(kernelText(`${procRoot}/self/mountinfo`));
}

/** The mounts of every mount namespace that this user may look into, each text read once. */
export function mountsOfAllNamespaces(procRoot: string): Mount[] {
  const processes = processIds(procRoot);
  const texts = new Set(["self", ...processes].map((name) => kernelText(`${procRoot}/${name}/mountinfo`)));
  return [...texts].flatMap(parseMountinfo);
}

/** The files and devices that are swapped to (proc_swaps(5)). */
export function readSwaps(procRoot: string): string[] {
  const lines = kernelText(`${procRoot}/swaps`).split("\n").slice(1);
  return lines.flatMap((line) => (line === "" ? [] : [unescape(line.split(/\s/)[0] ?? "")]));
}

const covers = (mountPoint: string, path: string): boolean =>
  mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`);

/**
 * The mount that `path` (absolute, links resolved) lies on: the one that the kernel names, where it does (Linux 5.8);
 * else the longest mount point of the right device, the last one where several lie over each other. The device does
 * not decide alone, because on btrfs stat(2) and mountinfo name different ones.
 */
export function mountOf(
  mounts: readonly Mount[],
  path: string,
  mountId: string | null,
  deviceNumber: string,
): Mount | null {
  const named = mounts.find((mount) => mount.id === mountId);
  if (named !== undefined) return named;
  const above = mounts.filter((mount) => covers(mount.mountPoint, path));
  const sameDevice = above.filter((mount) => mount.deviceNumber === deviceNumber);
  const candidates = sameDevice.length > 0 ? sameDevice : above;
  return candidates.reduce<Mount | null>(
    (best, mount) => (best === null || mount.mountPoint.length >= best.mountPoint.length ? mount : best),
    null,
  );
}
