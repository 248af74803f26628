// A size -> a raw loop device of the test's own, with the flags that let diskbench use it as it is.

import { loopDevice, type LoopDevice } from "../support/places.ts";
import type { Undo } from "../support/undo.ts";

const GRAIN_BYTES = 64 * 1024;

/** Loop devices are told apart by their size alone, and this machine may have others. */
let nextExtraBytes = GRAIN_BYTES * (1 + (process.pid % 997));

export interface OwnDevice extends LoopDevice {
  readonly sizeBytes: number;
  /** Flags of `diskbench run`. */
  readonly flags: readonly string[];
}

/** A device of at least `minimumBytes`, its bytes in memory. Needs root. */
export function ownDevice(undo: Undo, minimumBytes: number): OwnDevice {
  const sizeBytes = Math.ceil(minimumBytes / GRAIN_BYTES) * GRAIN_BYTES + nextExtraBytes;
  nextExtraBytes += GRAIN_BYTES;
  const device = loopDevice(undo, { sizeBytes });
  return { ...device, sizeBytes, flags: ["--confirm", `${device.name}:${sizeBytes}`] };
}
