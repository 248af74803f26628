// A round's specification -> compiled code: the loop, run on a device that stores nothing.

import { BlockStream } from "../plan/offsets.ts";
import type { ThreadRange } from "../plan/plan.ts";
import type { Platform } from "../platform/platform.ts";
import { BlockWriter } from "./block-content.ts";
import { MeasuredLoop } from "./measured-loop.ts";
import { Recorder } from "./recorder.ts";
import { KIND, scratchThreadMemory, THREAD_WORD, type ThreadMemory } from "./round-memory.ts";
import type { RoundSpec } from "./round-spec.ts";
import { backendOptions, loopOptions, openAtPath } from "./thread-options.ts";

const REHEARSAL_NS = 40e6;
/** Short, so that the first intervals end while the loop is still being watched by the compiler. */
const INTERVAL_NS = 1e6;
const SHORT_RUNS = 8;
const SHORT_RUN_IOS = 64;
const SHORT_RUN_NS = 20e3;
/** Enough for V8 to begin to note which branches are taken. */
const SAMPLES = 2048;
const REHEARSAL_FILE_BYTES = 64 * 1024 * 1024;

/** Latencies below and above a microsecond, ever new extremes on both sides, and intervals that a collector takes. */
function rehearseRecorder(recorder: Recorder, memory: ThreadMemory): void {
  recorder.open(0, INTERVAL_NS);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    recorder.record(KIND.read, 1.01 ** (SAMPLES - sample));
    recorder.record(KIND.write, 1.01 ** sample);
    recorder.rotate(sample * INTERVAL_NS);
    memory.words[THREAD_WORD.drained] = memory.words[THREAD_WORD.published] as number;
  }
}

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
    rehearseRecorder(recorder, memory);
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
    recorder.open(clock.now(), INTERVAL_NS);
    // What was never taken when the compiler looks is left out of the code, which is thrown away once it is taken:
    // so the ends of a stretch come first, ...
    for (let run = 0; run < SHORT_RUNS; run += 1) {
      loop.run({ ...all, untilNs: Infinity, ios: SHORT_RUN_IOS });
      loop.run({ ...all, untilNs: clock.now() + SHORT_RUN_NS, ios: Infinity });
    }
    // ... then twice: the first run is replaced by compiled code while it runs, the second begins in it.
    for (let run = 0; run < 2; run += 1) loop.run({ ...all, untilNs: clock.now() + REHEARSAL_NS, ios: Infinity });
    loop.run({ ...all, untilNs: Infinity, ios: 0 });
  } finally {
    backend.close();
    if (file.handle >= 0) platform.files.close(file);
  }
}
