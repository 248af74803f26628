// A child process: opens the parent's shared memory, writes into it, tells the time, and waits for its end.

import { createPlatform } from "../../src/platform/win32/platform.ts";

export interface ChildAnswer {
  readonly found: number;
  readonly nowNs: number;
}

const [path = "", sizeBytes = "0"] = process.argv.slice(2);
const platform = createPlatform();
const bytes = platform.openSharedMemory(path, Number(sizeBytes)).view(0, Number(sizeBytes));
const answer: ChildAnswer = { found: bytes.at(-1) ?? -1, nowNs: platform.clock.now() };
bytes[bytes.length - 1] = 42;
process.send?.(answer);
