// A planned target -> what is to be written into it first, what identifies it, and what of it was never written.

import type { Allocation, FileIdentity, OpenFile } from "../platform/platform.ts";
import type { Preparation } from "./ready-target.ts";

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
