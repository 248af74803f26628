// A file with dirty or cached pages -> a quiet file: written back, and cold where that is wanted.

import { PLAIN_OPEN } from "../platform/plain-open.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "../platform/platform.ts";
import type { FromEngine, QuiesceRequest } from "./round-spec.ts";

/** After data was written back: time for the device to finish what it does of its own accord. */
export const SETTLE_MS = 200;

/** Carries out `request`. The engine does it, not the command: a device that hangs must not take the command along. */
export async function quiesce(
  platform: Platform,
  { path, writeBack, evictBytes }: QuiesceRequest,
): Promise<FromEngine> {
  const { files } = platform;
  const file = files.open(path, { ...PLAIN_OPEN, access: writeBack ? "read-write" : "read" });
  try {
    if (writeBack) {
      files.flush(file);
      await sleep(SETTLE_MS);
    }
    return { kind: "quiesced", eviction: evictBytes === null ? null : files.evict(file, evictBytes) };
  } finally {
    files.close(file);
  }
}
