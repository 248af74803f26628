// A target and a way to write it full -> a target proved to have nothing in it that was never written.

import { unusable } from "../machine/resolve-target.ts";
import type { Allocation, OpenFile } from "../platform/platform.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { humanBytes } from "../shared/units.ts";
import { allocationOf, exchangeableIdentity, fillKind, neverWrittenBytes } from "./filled.ts";
import type { FillTarget, Preparation } from "./ready-target.ts";
import { targetChanged, watch } from "./watch.ts";

/** Fills the target if the plan asks for it, flushes it, and proves it. Returns how it is allocated then. */
export async function fillAndProve(
  preparation: Preparation,
  file: OpenFile,
  unbuffered: boolean,
  fill: FillTarget,
): Promise<Allocation | null> {
  const { platform, planned } = preparation;
  const kind = fillKind(preparation);
  if (kind === null) return allocationOf(preparation, file);
  const { index: targetIndex, sizeBytes } = planned;
  const seen = watch(preparation, file, allocationOf(preparation, file));
  await fill({
    targetIndex,
    path: file.path,
    identity: exchangeableIdentity(preparation, file),
    sizeBytes,
    kind,
    unbuffered,
    look: () => seen.look(),
  });
  platform.files.flush(file);
  const changed = seen.verifyUnchanged();
  if (changed !== null) throw new DiskbenchError(changed);
  const allocation = allocationOf(preparation, file);
  const missing = allocation === null ? 0 : neverWrittenBytes(allocation);
  if (missing === 0) return allocation;
  const what = `After it was filled, ${humanBytes(missing)} of it are still not written`;
  // No file system makes holes of random bytes.
  if (kind === "random") throw new DiskbenchError(targetChanged(file.path, what));
  throw unusable(file.path, what, {
    cause: `${planned.facts.fileSystem ?? "The file system"} stores what was written as holes, or something else punches holes into the file`,
    next: "Use `fill: random`, or choose a target on another file system",
  });
}
