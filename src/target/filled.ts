// A target and a way to write it full -> a target proved to have nothing in it that was never written.

import { unusable } from "../machine/resolve-target.ts";
import type { Allocation, FileIdentity, OpenFile } from "../platform/platform.ts";
import { humanBytes } from "../shared/units.ts";
import type { FillTarget, Preparation } from "./ready-target.ts";

/** What the plan asks to be written before measuring; null: nothing. */
export function fillKind({ planned }: Preparation): "random" | "zero" | null {
  if (planned.fillBytes === 0 || planned.preallocate !== "fill" || planned.fill === "none") return null;
  // What is not our own is opened read-only then.
  if (planned.kind !== "file" && !planned.written) return null;
  return planned.fill;
}

/** Bytes that the system would answer for by itself, without asking the device. */
export function neverWrittenBytes(allocation: Allocation): number {
  return allocation.basis === null ? 0 : allocation.holeBytes + allocation.unwrittenBytes;
}

/**
 * What tells the open target from anything that is given its name later. Null for raw devices on Windows: they keep
 * their names, they are locked, and the I/O to a volume goes through its disk, which is another device.
 */
export function exchangeableIdentity({ platform, planned }: Preparation, file: OpenFile): FileIdentity | null {
  if (planned.kind === "device" && platform.system === "windows") return null;
  return platform.files.statusOf(file).identity;
}

/** How the target is allocated; null for devices, which are all data. */
export function allocationOf({ platform, planned }: Preparation, file: OpenFile): Allocation | null {
  return planned.kind === "device" ? null : platform.files.allocation(file, planned.sizeBytes);
}

/**
 * Has the target written full, if the plan asks for it, makes that durable, and proves it. Returns how the target is
 * allocated then.
 */
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
  await fill({
    targetIndex,
    path: file.path,
    identity: exchangeableIdentity(preparation, file),
    sizeBytes,
    kind,
    unbuffered,
  });
  platform.files.flush(file);
  const allocation = allocationOf(preparation, file);
  const missing = allocation === null ? 0 : neverWrittenBytes(allocation);
  if (missing === 0) return allocation;
  throw unusable(file.path, `After it was filled, ${humanBytes(missing)} of it are still not written`, {
    cause: `${planned.facts.fileSystem ?? "The file system"} stores what was written as holes, or something else punches holes into the file`,
    next: "Use `fill: random`, or choose a target on another file system",
  });
}
