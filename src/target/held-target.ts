// A target that is open, full and proved -> one from which I/O may start, watched and held until it is given up.

import type { Allocation, DirectIo, OpenFile } from "../platform/platform.ts";
import { exchangeableIdentity } from "./filled.ts";
import type { Preparation, ReadyTarget } from "./ready-target.ts";
import { refuseFileInUse } from "./take.ts";
import { watch } from "./watch.ts";

/** What was found out about the file while it was made ready. */
export interface Proved {
  readonly file: OpenFile;
  readonly directIo: DirectIo | null;
  readonly allocation: Allocation | null;
}

type Origin = Pick<ReadyTarget, "created" | "reused" | "mark" | "notices">;

/** `release` gives the file up, and is called once. */
export function heldTarget(
  preparation: Preparation,
  { file, directIo, allocation }: Proved,
  origin: Origin,
  release: (removes: boolean) => void,
): ReadyTarget {
  const { platform, planned } = preparation;
  let released = false;
  return {
    path: file.path,
    identity: exchangeableIdentity(preparation, file),
    sizeBytes: planned.sizeBytes,
    allocation,
    ...origin,
    unbufferedBasis: directIo?.basis ?? null,
    cold: platform.files.evict(file, planned.sizeBytes).complete,
    ...watch(preparation, file, allocation),
    refuseUse() {
      if (planned.written && planned.kind !== "device") refuseFileInUse(platform, file);
    },
    release({ remove }) {
      if (released) return;
      released = true;
      release(remove);
    },
  };
}
