// The ioengine of a fio job, with the options that belong to it -> method, depth, caching and completion.

import type { JobPoint, RingSettings } from "../../job/job.ts";
import { LIMITS } from "../../job/limits.ts";
import { DEFAULT_ENGINE, type Engine, FIO_ENGINES, OTHER_ENGINE, synchronous } from "./fio-engines.ts";
import type { FioJobOptions } from "./fio-job-options.ts";
import type { NoteCode } from "./import-notes.ts";

export type FioWay = RingSettings &
  Pick<JobPoint, "method" | "queueDepth" | "caching" | "writeThrough" | "completion" | "batch">;

function engineOf(options: FioJobOptions, blockSizeBytes: number): Engine {
  const name = options.text("ioengine");
  if (name === null) return DEFAULT_ENGINE;
  const engine = FIO_ENGINES.get(name) ?? OTHER_ENGINE;
  // Each page travels as a segment of its own there.
  if (engine.method === "pwritev" && blockSizeBytes % 4096 !== 0) {
    options.note("near-engine", "ioengine", "method pwrite is used, as the blocks are no whole pages");
    return synchronous("pwrite");
  }
  if (engine.note !== null) options.note(engine.note, "ioengine", `method ${engine.method} is used`);
  return engine;
}

function depthOf(options: FioJobOptions, isQueued: boolean, blockSizeBytes: number): number {
  const stated = options.count("iodepth", LIMITS.queueDepth) ?? 1;
  // vsync lets neighbouring I/Os wait for each other, up to iodepth of them.
  const joins = options.text("ioengine") === "vsync";
  if (!isQueued && stated > 1) options.note(joins ? "joined" : "one-at-a-time", joins ? "ioengine" : "iodepth");
  if (!isQueued) return 1;
  const most = Math.max(1, Math.floor(LIMITS.bufferBytesPerThread.maximum / blockSizeBytes));
  return options.limited("iodepth", stated, { minimum: 1, maximum: most });
}

/** A flag of the method's own; false, with a note, where the method does not have it. */
function methodFlag(options: FioJobOptions, name: string, isPossible: boolean, note: NoteCode): boolean {
  if (!options.flag(name)) return false;
  if (!isPossible) options.note(note, name);
  return isPossible;
}

function batchOf(options: FioJobOptions, queueDepth: number): number | null {
  const stated = options.count("iodepth_batch", { minimum: 0, maximum: LIMITS.queueDepth.maximum });
  if (stated === null || queueDepth === 1) return null;
  // 0 means as many as there are, and more than that the same (HOWTO, "iodepth_batch_submit").
  return stated === 0 ? queueDepth : Math.min(stated, queueDepth);
}

export function fioWay(options: FioJobOptions, blockSizeBytes: number): FioWay {
  const { method, isQueued } = engineOf(options, blockSizeBytes);
  const isMapped = method === "mmap";
  const isRing = method === "io_uring";
  const queueDepth = depthOf(options, isQueued, blockSizeBytes);
  const unbuffered = options.isUnbuffered();
  for (const name of ["direct", "buffered"]) options.noteVariable(name);
  if (isMapped && unbuffered) options.note("mapped-caching", options.lastOf(["direct", "buffered"]) ?? "direct");
  const writeThrough = methodFlag(options, "sync", !isMapped, "mapped-caching");
  if (writeThrough && options.text("sync") !== "dsync") options.note("near-sync", "sync");
  return {
    method,
    queueDepth,
    caching: isMapped ? null : unbuffered ? "unbuffered" : "buffered",
    writeThrough,
    // windowsaio is overlapped at depth 1 too, and a port brings its completions.
    completion: method === "WriteFile" ? "port" : null,
    batch: batchOf(options, queueDepth),
    polling: methodFlag(options, "hipri", isRing && unbuffered, "engine-option"),
    submitThread: methodFlag(options, "sqthread_poll", isRing, "engine-option"),
  };
}
