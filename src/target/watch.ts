// A target as it was when it became ready -> whether it is still the same.

import { sameIdentity } from "../machine/mark.ts";
import type { Allocation, OpenFile } from "../platform/platform.ts";
import { failuresOf, type Failure } from "../shared/errors.ts";
import { humanBytes } from "../shared/units.ts";
import { allocationOf, neverWrittenBytes } from "./filled.ts";
import type { Preparation } from "./ready-target.ts";

/**
 * Remembers size, identity and holes of an open target; the function that comes back compares and says what changed.
 * Holes may become fewer: that is what writing does. Only a target with more of them than before has been changed.
 */
export function watch(preparation: Preparation, file: OpenFile, allocation: Allocation | null): () => Failure | null {
  const { platform } = preparation;
  const before = platform.files.statusOf(file);
  let neverWritten = allocation === null ? 0 : neverWrittenBytes(allocation);

  function change(): string | null {
    const { sizeBytes } = platform.files.statusOf(file);
    if (sizeBytes !== before.sizeBytes) return `Its size went from ${before.sizeBytes} to ${sizeBytes} bytes`;
    const named = platform.files.status(file.path);
    if (named === null) return "It was removed or renamed";
    if (!sameIdentity(named.identity, before.identity)) return "Another file was put in its place";
    const now = allocationOf(preparation, file);
    const missing = now === null ? 0 : neverWrittenBytes(now);
    if (missing > neverWritten) return `Holes of ${humanBytes(missing - neverWritten)} have appeared in it`;
    neverWritten = missing;
    return null;
  }

  return () => {
    try {
      const what = change();
      if (what === null) return null;
      return {
        code: "TARGET_CHANGED",
        what: `${what} during the run`,
        where: file.path,
        cause: "Another program worked on the target",
        next: "Keep other programs away from the target and run again",
      };
    } catch (thrown) {
      return { ...failuresOf(thrown)[0], code: "TARGET_CHANGED" };
    }
  };
}
