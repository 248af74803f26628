// A file with dirty or cached pages -> a file at rest: written back, and cold where that is wanted.

import { PLAIN_OPEN } from "../platform/plain-open.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "../platform/platform.ts";
import type { FromEngine, RestRequest } from "./round-spec.ts";

/** After data was written back: time for the device to finish what it does of its own accord. */
export const SETTLE_MS = 200;

/** Carries out `request`. The engine does it, not the command: a device that hangs must not take the command along. */
export async function rest(platform: Platform, { path, writeBack, evictBytes }: RestRequest): Promise<FromEngine> {
  const { files } = platform;
  const file = files.open(path, { ...PLAIN_OPEN, access: writeBack ? "read-write" : "read" });
  try {
    if (writeBack) {
      files.flush(file);
      await sleep(SETTLE_MS);
    }
    return { kind: "rested", eviction: evictBytes === null ? null : files.evict(file, evictBytes) };
  } finally {
    files.close(file);
  }
}
