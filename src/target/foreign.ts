// A planned file of somebody else's, or a device -> the same, held and proved, its size and owner never touched.

import type { OpenFile } from "../platform/platform.ts";
import { fillAndProve } from "./fill-and-prove.ts";
import { heldTarget } from "./held-target.ts";
import { saysStalled } from "./left-behind.ts";
import type { FillTarget, Preparation, ReadyTarget } from "./ready-target.ts";
import { proveUnbuffered } from "./unbuffered.ts";

async function makeReady(preparation: Preparation, file: OpenFile, fill: FillTarget): Promise<ReadyTarget> {
  const { platform } = preparation;
  const directIo = proveUnbuffered(preparation, file);
  const unbuffered = directIo !== null || (platform.files.directIo(file).offsetAlignmentBytes ?? 0) > 0;
  const allocation = await fillAndProve(preparation, file, unbuffered, fill);
  const origin = { created: false, reused: false, mark: null, notices: [] };
  // Whatever is asked for: what diskbench did not make it does not remove.
  return heldTarget(preparation, { file, directIo, allocation }, origin, () => platform.files.close(file));
}

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
