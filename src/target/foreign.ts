// A planned file of somebody else's, or a device -> the same, held and proved, its size and owner never touched.

import type { OpenFile } from "../platform/platform.ts";
import { fillAndProve } from "./fill-and-prove.ts";
import { exchangeableIdentity } from "./filled.ts";
import { saysStalled } from "./left-behind.ts";
import type { FillTarget, Preparation, ReadyTarget } from "./ready-target.ts";
import { refuseFileInUse } from "./take.ts";
import { proveUnbuffered } from "./unbuffered.ts";
import { watch } from "./watch.ts";

async function makeReady(preparation: Preparation, file: OpenFile, fill: FillTarget): Promise<ReadyTarget> {
  const { platform, planned } = preparation;
  const directIo = proveUnbuffered(preparation, file);
  const unbuffered = directIo !== null || (platform.files.directIo(file).offsetAlignmentBytes ?? 0) > 0;
  const allocation = await fillAndProve(preparation, file, unbuffered, fill);
  let released = false;
  return {
    path: file.path,
    identity: exchangeableIdentity(preparation, file),
    sizeBytes: planned.sizeBytes,
    allocation,
    created: false,
    reused: false,
    unbufferedBasis: directIo?.basis ?? null,
    mark: null,
    cold: platform.files.evict(file, planned.sizeBytes).complete,
    notices: [],
    ...watch(preparation, file, allocation),
    refuseUse() {
      if (planned.written && planned.kind !== "device") refuseFileInUse(platform, file);
    },
    release() {
      // Whatever is asked for: what diskbench did not make it does not remove.
      if (released) return;
      released = true;
      platform.files.close(file);
    },
  };
}

/** Makes ready what `take` opens. */
export async function prepareForeign(
  preparation: Preparation,
  fill: FillTarget,
  take: (preparation: Preparation) => OpenFile,
): Promise<ReadyTarget> {
  const file = take(preparation);
  try {
    return await makeReady(preparation, file, fill);
  } catch (thrown) {
    if (!saysStalled(thrown)) preparation.platform.files.close(file);
    throw thrown;
  }
}
