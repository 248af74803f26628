// A target as it was when it became ready -> whether it is still the same.

import { sameIdentity } from "../platform/file-identity.ts";
import type { Allocation, FileStatus, OpenFile } from "../platform/platform.ts";
import { failuresOf, type Failure } from "../shared/errors.ts";
import { humanBytes } from "../shared/units.ts";
import { allocationOf, neverWrittenBytes } from "./filled.ts";
import type { Preparation } from "./ready-target.ts";

export interface Watch {
  /** What has changed since the target was made ready, or since the last call, by what can be seen now and was seen by `look`. */
  verifyUnchanged(): Failure | null;
  /** A quick look at the size. What was cut off grows again when it is written to: afterwards nothing shows it. */
  look(): void;
}

export function targetChanged(where: string, what: string): Failure {
  return {
    code: "TARGET_CHANGED",
    what,
    where,
    cause: "Another program worked on the target",
    next: "Keep other programs away from the target and run again",
  };
}

/**
 * Remembers size, identity and holes of an open target, to compare them with later ones. Holes may become fewer: that
 * is what writing does. Only a target with more of them than before has been changed.
 */
export function watch(preparation: Preparation, file: OpenFile, allocation: Allocation | null): Watch {
  const { files } = preparation.platform;
  const before = files.statusOf(file);
  let neverWritten = allocation === null ? 0 : neverWrittenBytes(allocation);
  let seen: string | null = null;

  function sizeChange({ sizeBytes }: FileStatus): string | null {
    return sizeBytes === before.sizeBytes ? null : `Its size went from ${before.sizeBytes} to ${sizeBytes} bytes`;
  }

  function change(): string | null {
    const status = files.statusOf(file);
    const size = seen ?? sizeChange(status);
    if (size !== null) return size;
    const named = files.status(file.path);
    if (named === null) return "It was removed or renamed";
    if (!sameIdentity(named.identity, before.identity)) return "Another file was put in its place";
    return holes(status);
  }

  function holes({ sizeBytes, allocatedBytes }: FileStatus): string | null {
    const now = allocationOf(preparation, file);
    if (now !== null && now.basis === null) {
      // Nobody tells where holes are, but what they leave is less than before and less than the file.
      const lost = Math.min(before.allocatedBytes, sizeBytes) - allocatedBytes;
      return lost > 0 ? `${humanBytes(lost)} of it are no longer allocated` : null;
    }
    const missing = now === null ? 0 : neverWrittenBytes(now);
    if (missing > neverWritten) return `Holes of ${humanBytes(missing - neverWritten)} have appeared in it`;
    neverWritten = missing;
    return null;
  }

  function verifyUnchanged(): Failure | null {
    try {
      const what = change();
      if (what === null) return null;
      return targetChanged(file.path, `${what} during the run`);
    } catch (thrown) {
      return { ...failuresOf(thrown)[0], code: "TARGET_CHANGED" };
    }
  }

  function look(): void {
    // Devices have one size for ever, and asking for it is not quick.
    if (before.kind !== "file" || seen !== null) return;
    try {
      seen = sizeChange(files.statusOf(file));
    } catch {
      // What makes it impossible is still there when the round is over, and is reported then.
    }
  }

  return { verifyUnchanged, look };
}
