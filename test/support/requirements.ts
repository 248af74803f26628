// What a test needs of the machine -> it runs; or it is skipped and says what to install; in CI it fails instead.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** Tools by the Debian package that brings them. */
export const PACKAGES = {
  gcc: "gcc libc6-dev",
  losetup: "mount",
  mount: "mount",
  swapon: "mount",
  mkswap: "util-linux",
  addpart: "util-linux",
  setpriv: "util-linux",
  prlimit: "util-linux",
  unshare: "util-linux",
  "mkfs.ext4": "e2fsprogs",
  e4crypt: "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
  "mkfs.btrfs": "btrfs-progs",
  nbdkit: "nbdkit",
  nbdfuse: "libnbd-bin fuse3",
  bindfs: "bindfs",
  strace: "strace",
  fio: "fio",
  jq: "jq",
  xmllint: "libxml2-utils",
  script: "bsdutils",
} as const;

export type Requirement = "root" | `/${string}` | keyof typeof PACKAGES;

function isThere(tool: string): boolean {
  const places = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return places.some((place) => existsSync(`${place}/${tool}`));
}

function complaint(requirement: Requirement): string[] {
  if (requirement === "root") return process.getuid?.() === 0 ? [] : ["run as root"];
  if (requirement.startsWith("/")) return existsSync(requirement) ? [] : [`needs ${requirement}`];
  if (isThere(requirement)) return [];
  const packages: Readonly<Record<string, string>> = PACKAGES;
  return [`apt-get install ${packages[requirement] ?? requirement}`];
}

/** What is missing here, in words that say what to do; empty: nothing. */
export function missing(requirements: readonly Requirement[]): string[] {
  return [...new Set(requirements.flatMap(complaint))];
}

/** `describe` for tests that need more of the machine than Node. */
export function describeWith(requirements: readonly Requirement[], name: string, body: () => void): void {
  const complaints = missing(requirements);
  if (complaints.length === 0) {
    describe(name, body);
  } else if (process.env["CI"] === undefined) {
    describe.skip(`${name} (to run these: ${complaints.join(", ")})`, body);
  } else {
    describe(name, () => test("has what it needs", () => expect(complaints).toEqual([])));
  }
}

/** Runs a tool and returns what it printed; its complaints become the error's text. */
export function runTool(tool: string, ...parameters: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
  return execFileSync(tool, parameters, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Words before a command that take from root what root may do beyond other users; files of root it still owns. */
export const POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--securebits=+noroot"] as const;
