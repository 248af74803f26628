// A round's specification -> compiled code: the loop, run on a device that stores nothing.

import { BlockStream } from "../plan/offsets.ts";
import type { ThreadRange } from "../plan/plan.ts";
import type { Platform } from "../platform/platform.ts";
import { BlockWriter } from "./block-content.ts";
import { MeasuredLoop } from "./measured-loop.ts";
import { Recorder } from "./recorder.ts";
import { scratchThreadMemory } from "./round-memory.ts";
import type { RoundSpec } from "./round-spec.ts";
import { backendOptions, loopOptions, openAtPath } from "./thread-options.ts";

const REHEARSAL_NS = 40e6;
const REHEARSAL_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Runs the loop on a device that takes everything and stores nothing, so that the compiler has seen all of it before
 * the first I/O on the target. The same classes as in the round, hence the same machine code.
 */
export function rehearse(platform: Platform, spec: RoundSpec, seed: string): void {
  const path = platform.rehearsalPath(spec.backend);
  if (path === null) return;
  const fileSizeBytes = Math.max(spec.blockSizeBytes, Math.min(spec.fileSizeBytes, REHEARSAL_FILE_BYTES));
  const file = openAtPath(platform, { ...spec, path, caching: "buffered", writeThrough: false });
  const options = backendOptions(platform, spec, file, fileSizeBytes, 1);
  // This device has nothing that could be polled.
  const backend = platform.openBackend(spec.backend, { ...options, polling: false });
  try {
    const memory = scratchThreadMemory();
    const recorder = new Recorder(memory);
    const writer = new BlockWriter(backend.buffers, spec.blockSizeBytes, spec.content, 0);
    const looping = { ...loopOptions(platform, spec, fileSizeBytes), flushEvery: 0, maxErrors: Infinity };
    const range: ThreadRange = {
      thread: 0,
      firstBlock: 0,
      blockCount: Math.floor(fileSizeBytes / spec.blockSizeBytes),
      ios: null,
    };
    const blocks = new BlockStream(seed, spec.pattern === "sequential", range, spec.readPercent);
    const clock = backend.clock ?? platform.clock;
    const loop = new MeasuredLoop(backend, clock, writer, new Int32Array(16), looping);
    const all = { blocks, recorder, memory };
    // Twice: the first run is replaced by compiled code while it runs, the second begins in it.
    for (let run = 0; run < 2; run += 1) loop.run({ ...all, untilNs: clock.now() + REHEARSAL_NS, ios: Infinity });
    loop.run({ ...all, untilNs: Infinity, ios: 0 });
  } finally {
    backend.close();
    if (file.handle >= 0) platform.files.close(file);
  }
}
